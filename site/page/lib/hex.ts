/** Bytes for people: some a line, with their printable characters beside them. Pure: no document. */

/**
 * `00000000  7b 22 74 73 22 3a 20 31  37 39 35 34 39 30 30 30  {"ts": 179549000`
 *
 * @param bytesALine even
 */
export function hexDump(hex: string, bytesALine = 16): string {
  const bytes = bytesOf(hex);
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += bytesALine) {
    lines.push(line(offset, bytes.subarray(offset, offset + bytesALine), bytesALine / 2));
  }
  return lines.join("\n");
}

export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

function line(offset: number, bytes: Uint8Array, half: number): string {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const column = (from: number): string =>
    pairs
      .slice(from, from + half)
      .join(" ")
      .padEnd(half * 3 - 1);
  const characters = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·",
  );
  return `${offset.toString(16).padStart(8, "0")}  ${column(0)}  ${column(half)}  ${characters.join("")}`;
}
