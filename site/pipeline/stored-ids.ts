/** Message ids as the lake hands them back: DuckDB's UUIDs, which are {@link IdColumn}'s bytes. */
import type { RecentMessages } from "./recent-messages.ts";

export const storedIdBytes = 16;

/** Little endian 128-bit number with the highest bit flipped → the id's own 16 bytes. */
export function rememberStored(recent: RecentMessages, ids: ArrayBuffer): void {
  const stored = new Uint8Array(ids);
  const id = new Uint8Array(storedIdBytes);
  for (let at = 0; at + storedIdBytes <= stored.length; at += storedIdBytes) {
    for (let index = 0; index < storedIdBytes; index++) {
      id[index] = stored[at + storedIdBytes - 1 - index] as number;
    }
    id[0] = (id[0] as number) ^ 0x80;
    recent.add(id);
  }
}
