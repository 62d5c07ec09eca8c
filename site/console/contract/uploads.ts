/** Files of devices: what is asked for with them, and what is said of them. */
import { z } from "zod";
export { mostPartBytes } from "../../uploads/upload-limits.ts";
import { bytes, count, microseconds } from "./schema.ts";

/** Bytes of the longest file that the API takes; it is sent in parts. */
export const mostFileBytes = 16 * 2 ** 30;
const wholeNumber = (most: number) =>
  z.coerce
    .number({ error: `allowed: a whole number from 0 to ${most}` })
    .int(`allowed: a whole number from 0 to ${most}`)
    .min(0, `allowed: a whole number from 0 to ${most}`)
    .max(most, `allowed: a whole number from 0 to ${most}`);

const device = z.string().min(1, "allowed: the id of a device").max(64, "allowed: at most 64 characters");

const file = {
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "allowed: 64 hexadecimal digits")
    .describe("Of the whole file."),
  bytes: wholeNumber(mostFileBytes).describe("Of the whole file."),
  name: z
    .string()
    .regex(/^[^\p{C}/\\]{1,255}$/u, "allowed: 1 to 255 printable characters, no path")
    .describe("As its owner calls it; only ever shown."),
  device: device.describe("Whose log it is."),
  channel: z
    .string()
    .max(256, "allowed: at most 256 characters")
    .default("telemetry")
    .describe("That its records would have come on live; it chooses the profile."),
  clock: z
    .string()
    .max(200, "allowed: at most 200 characters")
    .optional()
    .describe("How the device's clock is put right: `device=real` in microseconds, one or two of them."),
};

export const lanesParameters = z.object({ device });
export const uploadParameters = z.object(file);
export const partParameters = z.object({
  ...file,
  offset: wholeNumber(mostFileBytes).describe("Where the part begins: `received` of the state."),
});
export const takeBody = z.strictObject(file);
export type UploadParameters = z.infer<typeof uploadParameters>;

export const lanes = z.object({
  device: z.string(),
  lanes: z
    .array(z.object({ channel: z.string(), profile: z.string(), format: z.string() }))
    .describe("Channels on which a profile is bound to the device."),
});

export const uploadReport = z
  .object({
    sha256: z.string(),
    bytes,
    name: z.string(),
    deviceId: z.string(),
    channel: z.string(),
    clock: z.string().nullable(),
    profile: z.string(),
    container: z.enum(["gzip", "zstd", "parquet"]).nullable().describe("Null: records as they are."),
    messages: count,
    known: count
      .nullable()
      .describe(
        "Messages that the lake had already; null where they are told apart only when somebody asks.",
      ),
    rows: count.nullable().describe("Of the new messages; null in old reports."),
    quarantined: count.nullable().describe("New messages that no decoder takes."),
    firstQuarantined: z.string().nullable().describe("Reason and detail of the first of them."),
    undated: count
      .nullable()
      .describe("New messages without a time that can be read: their rows lie at the time of the upload."),
    firstUndated: z.string().nullable().describe("Place and reason of the first of them."),
    span: z
      .object({ from: microseconds, to: microseconds })
      .nullable()
      .describe("First and last time of the new rows."),
    unreadable: count.describe("Stretches that are no record; the file in the raw zone has them."),
    firstUnreadable: z.string().nullable(),
    clockJumps: count.nullable().describe("Null where they are looked for only with a correction."),
    firstClockJump: z.string().nullable(),
    takenAt: z.string().describe("RFC 3339."),
  })
  .describe("What became of a file: its manifest.");

export const uploadState = z.object({
  received: bytes.describe("Safe on disk: the next part begins there."),
  report: uploadReport.nullable().describe("Null until the file was taken; while that lasts, ask again."),
});
