/** The messages of a segment as the decoder had them: the same places in the stream, and so the same ids. */
import { readFile } from "node:fs/promises";
import type { ClockRepair } from "../../functions/core/files/clock-repair.ts";
import type { Message } from "../../functions/core/model.ts";
import { LogKeyError } from "../log/errors.ts";
import { logPurpose } from "../log/raw-zone.ts";
import { receivedAtOf, recordAt, uploadedFrom } from "../log/record.ts";
import { sourceNames } from "../log/record-source.ts";
import { identifySegment } from "../log/segment-format.ts";
import { scanFrames } from "../log/segment-scan.ts";
import type { Keyring } from "../seal.ts";
import { UploadPlaces } from "../uploads/upload-place.ts";

export interface RawMessage {
  readonly message: Message;
  /** How the clock of its file was put right; null where it was not. */
  readonly clock: ClockRepair | null;
}

/**
 * Records of what does not open are stepped over; `onDamage` hears how many. Throws {@link LogKeyError} where nothing opens.
 * Payloads are views of what was read.
 */
export async function* rawMessages(
  file: string,
  keyring: Keyring,
  tenant: string,
  onDamage: (records: number) => void,
): AsyncGenerator<RawMessage> {
  const bytes = await readFile(file);
  const identity = identifySegment(bytes, keyring, logPurpose);
  if (identity === null) {
    throw new LogKeyError(
      `${file}: nothing in it opens: the file is damaged from its start, or was sealed under another key file`,
    );
  }
  const names = sourceNames();
  const places = new UploadPlaces();
  for (const item of scanFrames(bytes, identity.seal)) {
    if (item.kind === "damage") {
      onDamage(item.records);
      continue;
    }
    const { body } = item;
    let record = item.header.firstRecord;
    for (let at = 0; at < body.length; record++) {
      const place = recordAt(body, at);
      const { deviceId, channel } = names.get(body, at, place);
      at = place.end;
      const from = places.read(uploadedFrom(body, place));
      const message: Message = {
        ...{ tenant, deviceId, channel },
        payload: body.subarray(place.payloadStart, place.end),
        receivedAt: receivedAtOf(body, place),
        position: from?.position ?? `${identity.seal.segment}:${record}`,
        lane: from === null ? "live" : "offline",
      };
      yield { message, clock: from?.clock ?? null };
    }
  }
}
