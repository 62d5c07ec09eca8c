/** Messages of the benches: every one different, all of a kind equally long. */
export type PayloadKind = "json75" | "frame62";

export const payloadKinds: readonly PayloadKind[] = ["json75", "frame62"];

/** 2026-11-01T00:00:00Z, milliseconds; a message every 100 ms from there on. */
const firstTime = 1_793_491_200_000;
const period = 100;

/** Message `index` of a device: what profiles/machine-json or profiles/wearable-imu decode. */
export function payload(kind: PayloadKind, index: number): Buffer {
  return kind === "json75" ? json(index) : frame(index);
}

function json(index: number): Buffer {
  const time = firstTime + index * period;
  const sequence = String(index).padStart(7, " ");
  const temperature = (20 + (index % 997) / 100).toFixed(3);
  const vibration = (0.1 + (index % 89) / 100).toFixed(5);
  return Buffer.from(
    `{"ts":${time},"seq":${sequence},"temperature":${temperature},"vibration":${vibration}}`,
  );
}

function frame(index: number): Buffer {
  const bytes = Buffer.alloc(62);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(1 + (index % 4), 1);
  bytes.writeUInt32LE(index, 2);
  bytes.writeUIntLE(firstTime + index * 4 * period, 6, 6);
  bytes.writeUInt16LE(period, 12);
  for (let value = 0; value < 24; value += 1)
    bytes.writeInt16LE(((index * 31 + value * 7) % 4001) - 2000, 14 + 2 * value);
  return bytes;
}
