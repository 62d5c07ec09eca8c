/** Records with names to rows, by a declared mapping from paths to metrics; the same for every format that has names. */

import { Fault, shown } from "../fault.ts";
import type { Message } from "../model.ts";
import type { Instant } from "../normalise/iso-time.ts";
import type { Mapping } from "../profiles/mapping.ts";
import type { MessageRows } from "../rows.ts";
import { planField, writeField, type TextReader } from "./mapping-field.ts";
import { flattened } from "./mapping-others.ts";
import { parseTreePath, valueAt } from "./mapping-path.ts";
import { timeReader } from "./mapping-time.ts";

/** What is known about a record from around it; the record's own word counts more. */
export interface Around {
  readonly time: Instant | null;
  readonly subDevice: string | null;
  readonly sequence: number | null;
}

/** Writes the rows of one record; `isFirst` is the record of a message that gives it its identity. */
export type RecordWriter = (
  record: unknown,
  message: Message,
  rows: MessageRows,
  isFirst: boolean,
  around?: Around,
) => void;

/**
 * @param texts how texts become values, for formats that have nothing else
 * Throws an Error for a mapping that makes no sense.
 */
export function recordWriter(mapping: Mapping, texts: TextReader | null = null): RecordWriter {
  const fields = mapping.fields.map(planField);
  const readTime = mapping.time ? timeReader(mapping.time) : null;
  const sequencePath = mapping.sequence ? parseTreePath(mapping.sequence.path) : null;
  const devicePath = mapping.device ? parseTreePath(mapping.device.path) : null;
  const refuseOthers = mapping.device?.other === "quarantine";
  const samplesPath = mapping.samples === undefined ? null : parseTreePath(mapping.samples);
  const numberOf = texts && ((text: string) => (texts(text, "double") as number | undefined) ?? null);
  const others = mapping.others === "readings" ? flattened(claimedPaths(mapping), numberOf) : null;
  const integerOf = (value: unknown): unknown =>
    texts !== null && typeof value === "string" ? texts(value, "int") : value;

  const timeOf = (sample: unknown, rows: MessageRows, around: Around | undefined): Instant | null => {
    const time = (readTime === null ? null : readTime(sample)) ?? around?.time ?? null;
    if (time !== "unreadable") return time;
    rows.warn(
      "unreadable-time",
      `${mapping.time?.path} is no time in ${mapping.time?.unit}; rows lie at arrival`,
    );
    return null;
  };
  const writeSample = (
    sample: unknown,
    time: Instant | null,
    subDevice: string | null,
    rows: MessageRows,
  ): void => {
    if (time !== null) rows.time.device(time.micros, time.nanoseconds);
    else rows.time.arrival(0);
    for (let index = 0; index < fields.length; index++)
      writeField(fields[index]!, sample, subDevice, rows, texts);
    if (others) others(sample, subDevice, rows);
  };

  return (root, message, rows, isFirst, around) => {
    // A list or bytes have no names either.
    if (typeof root !== "object" || root === null || Symbol.iterator in root)
      throw new Fault("schema", "the top level is no object");
    const own = sequencePath === null ? null : asSequence(integerOf(valueAt(root, sequencePath)));
    const sequence = own ?? around?.sequence ?? null;
    const claimed = devicePath === null ? undefined : valueAt(root, devicePath);
    const subDevice = otherDevice(claimed, message, refuseOthers) ?? around?.subDevice ?? null;
    const samples = samplesPath === null ? null : valueAt(root, samplesPath);
    if (samplesPath !== null && !Array.isArray(samples))
      throw new Fault("schema", `${mapping.samples} is no array`);
    const list = (samples as readonly unknown[] | null) ?? [root];
    const first = list.length === 0 ? null : timeOf(list[0], rows, around);
    if (isFirst) rows.identify(sequence, first?.micros ?? null);
    else rows.sequence(sequence);
    for (let index = 0; index < list.length; index++) {
      const sample = list[index];
      writeSample(sample, index === 0 ? first : timeOf(sample, rows, around), subDevice, rows);
    }
  };
}

/** Paths that the mapping reads itself, and which therefore are no "others". */
function claimedPaths(mapping: Mapping): ReadonlySet<string> {
  const named = [mapping.time?.path, mapping.time?.and, mapping.sequence?.path, mapping.device?.path];
  const paths = [...named.filter((path) => path !== undefined), ...mapping.fields.map(({ path }) => path)];
  return new Set(paths.map((path) => parseTreePath(path).join("\n")));
}

function asSequence(value: unknown): number | bigint | null {
  return typeof value === "bigint" || Number.isSafeInteger(value) ? (value as number | bigint) : null;
}

/** The sub-device where the payload names one that isn't the sender. */
function otherDevice(claimed: unknown, message: Message, refuse: boolean): string | null {
  if (claimed === undefined || claimed === null || claimed === message.deviceId) return null;
  const name =
    typeof claimed === "string" || typeof claimed === "number" || typeof claimed === "bigint"
      ? String(claimed)
      : null;
  if (refuse || name === null || name.length > 255) {
    throw new Fault(
      "id-mismatch",
      `the payload says device ${shown(claimed)}, the sender is "${message.deviceId}"`,
    );
  }
  return name === message.deviceId ? null : name;
}
