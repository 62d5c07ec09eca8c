import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { createDecoder } from "../../functions/core/decoder.ts";
import { LogFileReader } from "../../functions/core/files/log-file.ts";
import { isoMicros } from "../../functions/core/instant.ts";
import type { Decoded, FrameRow, Message, Quarantined, Reading } from "../../functions/core/model.ts";
import { parseIsoTime } from "../../functions/core/normalise/iso-time.ts";
import { readable } from "../../functions/files/readable.ts";
import { FileRefusal } from "../../functions/core/files/refusal.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { fromHex, toHex } from "../../functions/core/text.ts";
import { nodePorts } from "../../functions/platform.ts";
import { shortDecoded } from "../../profiles/vectors.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import type { Terminal } from "../terminal.ts";
import { loadProfile } from "./profile-folder.ts";
import type { CommandContext } from "./context.ts";

export interface DecodeOptions {
  /** Name of a folder below profiles/, or the path of one. */
  readonly profile: string;
  /** Payload as hexadecimal digits. */
  readonly hex?: string;
  /** File with a payload, or a log file; `-` for standard input. */
  readonly file?: string;
  readonly device: string;
  readonly channel: string;
  /** RFC 3339; default now. */
  readonly received?: string;
  /** Most rows of a log file; the rest is only counted. */
  readonly limit: number;
  readonly json?: boolean;
  /** Print what a golden vector of the payload would be. */
  readonly vector?: boolean;
}

/** Decodes one payload, or a log file, by a profile, and prints rows, warnings and what would go to quarantine. */
export async function decode(
  options: DecodeOptions,
  { terminal }: Pick<CommandContext, "terminal">,
): Promise<void> {
  const profile = await loadProfile(options.profile);
  const bindings = [{ devices: "*", channel: "*", profile: profile.name }];
  const decoder = createDecoder([profile], bindings, nodePorts);
  const all: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };
  const payload = await payloadOf(options);
  let more = 0;
  if (payload !== null) add(all, decoder.decode([messageOfPayload(payload, options)]));
  else {
    for await (const { message, fault } of messagesOfFile(profile, options)) {
      const decoded = fault === null ? decoder.decode([message]) : refused(decoder.refuse(message, fault));
      const { readings, frames, quarantined } = decoded;
      if (all.readings.length + all.frames.length + all.quarantined.length < options.limit) add(all, decoded);
      else more += readings.length + frames.length + quarantined.length;
    }
  }
  if (options.vector === true) printVector(payload, all, options, terminal);
  else if (options.json === true) printJson(all, terminal);
  else printTables(all, terminal);
  if (more > 0)
    terminal.note(terminal.style("warning", `and ${more} more rows and entries: --limit takes more`));
}

const refused = (entry: Quarantined): Decoded => ({
  readings: [],
  frames: [],
  quarantined: [entry],
  warnings: [],
});

function add(to: Decoded, from: Decoded): void {
  to.readings.push(...from.readings);
  to.frames.push(...from.frames);
  to.quarantined.push(...from.quarantined);
  to.warnings.push(...from.warnings);
}

/** The one payload that is given; null where a log file is. */
async function payloadOf({ hex, file, vector }: DecodeOptions): Promise<Uint8Array | null> {
  if ((hex === undefined) === (file === undefined))
    throw new CommandError(
      "nothing to decode, or two things",
      exitCodes.usage,
      "give either --hex or --file",
    );
  if (hex !== undefined) {
    const bytes = fromHex(hex.replaceAll(/\s/g, ""));
    if (bytes === null) throw new CommandError(`"${hex}" is not hex digits, two a byte`, exitCodes.usage);
    return bytes;
  }
  if (file === "-") return buffer(process.stdin);
  if (vector === true) return readFile(file!);
  return null;
}

function messageOfPayload(payload: Uint8Array, options: DecodeOptions): Message {
  return {
    tenant: "decode",
    deviceId: options.device,
    channel: options.channel,
    payload,
    receivedAt: receivedAt(options),
    position: "decode:0",
    lane: "live",
  };
}

function receivedAt({ received }: DecodeOptions): number {
  if (received === undefined) return Date.now() * 1_000;
  const time = parseIsoTime(received, null);
  if (time === null)
    throw new CommandError(
      `--received ${received} is no RFC 3339 time`,
      exitCodes.usage,
      "for example 2026-11-21T07:00:00Z",
    );
  return time.micros;
}

async function* messagesOfFile(profile: Profile, options: DecodeOptions) {
  const { file = "", device, channel } = options;
  try {
    await stat(file);
  } catch (error) {
    throw new CommandError(`${file} can't be read: ${messageOf(error)}`, exitCodes.usage);
  }
  const reader = new LogFileReader(profile, {
    tenant: "decode",
    deviceId: device,
    channel,
    receivedAt: receivedAt(options),
    name: file,
  });
  const content = readable(createReadStream(file) as AsyncIterable<Buffer>, profile);
  try {
    for await (const chunk of content) yield* reader.push(chunk);
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    throw new CommandError(`${file} is not taken: ${error.message}`, exitCodes.failed);
  }
  yield* reader.end();
}

const valueOf = (row: Reading): string => {
  const value = row.valueDouble ?? row.valueInt ?? row.valueBool ?? row.valueText;
  return value === null ? (row.valueBytes === null ? "" : `0x${toHex(row.valueBytes)}`) : String(value);
};
const qualities = ["good", "uncertain", "bad", "stale"] as const;

function printTables({ readings, frames, quarantined, warnings }: Decoded, terminal: Terminal): void {
  const columns = ["ts", "sub_device", "metric", "value", "unit", "quality", "flags", "seq"] as const;
  if (readings.length > 0) {
    const rows = readings.map((row) => [
      isoMicros(row.ts),
      row.subDevice ?? "",
      row.metric,
      valueOf(row),
      row.unit ?? "",
      qualities[row.quality],
      String(row.flags),
      String(row.seq ?? ""),
    ]);
    terminal.print(
      renderTable(
        columns.map((title) => ({ title })),
        rows,
        terminal,
      ),
    );
  }
  for (const [table, rows] of Map.groupBy(frames, (row: FrameRow) => row.table)) {
    terminal.print(terminal.style("heading", table.name));
    const titles = [
      "ts",
      ...table.columns.map(({ name, unit }) => (unit === null ? name : `${name} [${unit}]`)),
      "flags",
    ];
    const cells = rows.map((row) => [
      isoMicros(row.ts),
      ...row.values.map((value) => (value === null ? "" : String(value))),
      String(row.flags),
    ]);
    terminal.print(
      renderTable(
        titles.map((title) => ({ title })),
        cells,
        terminal,
      ),
    );
  }
  for (const { code, detail } of warnings)
    terminal.note(terminal.style("warning", `warning ${code}: ${detail}`));
  for (const { reason, detail } of quarantined)
    terminal.note(terminal.style("bad", `quarantine ${reason}: ${detail}`));
  if (readings.length + frames.length + quarantined.length === 0) terminal.note("nothing to be kept");
}

function printJson({ readings, frames, quarantined, warnings }: Decoded, terminal: Terminal): void {
  const plain = {
    readings,
    frames: frames.map(({ table, values, ...row }) => ({
      table: table.name,
      ...row,
      values: Object.fromEntries(table.columns.map(({ name }, index) => [name, values[index]])),
    })),
    quarantined: quarantined.map(({ message: { payload, position }, reason, detail, msgId }) => ({
      reason,
      detail,
      position,
      payload,
      msgId,
    })),
    warnings: warnings.map(({ code, detail }) => ({ code, detail })),
  };
  // 64-bit integers are texts: JSON's numbers don't hold them.
  const text = JSON.stringify(
    plain,
    (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? toHex(value) : value,
    2,
  );
  terminal.write(`${text}\n`);
}

function printVector(
  payload: Uint8Array | null,
  all: Decoded,
  options: DecodeOptions,
  terminal: Terminal,
): void {
  const vector = {
    name: "what it is",
    note: "where the payload comes from, and why the values are right",
    payloadHex: toHex(payload ?? new Uint8Array(0)),
    ...(options.channel === "telemetry" ? {} : { channel: options.channel }),
    receivedAt: isoMicros(receivedAt(options)),
    expected: shortDecoded(all),
  };
  terminal.write(`${JSON.stringify(vector, null, 2)}\n`);
}
