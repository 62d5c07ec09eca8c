/** OPC UA PubSub messages in JSON to rows: a field of a data set or a monitored item is a reading. */

import { Fault, shown, toFault } from "../fault.ts";
import type { JsonValue } from "../json.ts";
import * as Flag from "../flags.ts";
import type { Quality } from "../model.ts";
import { partMetric, toMetric } from "../normalise/metric.ts";
import type { OpcUaProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import { decodeBase64 } from "../text.ts";
import type { MessageDecoder } from "./format.ts";
import { Namer } from "./namer.ts";
import { readOpcUaJson, type OpcUaDataSet, type OpcUaField } from "./opcua-json-read.ts";

/** Readings of one message; arrays and structures have one a cell. */
const maximumReadings = 20_000;

// Built-in types (OPC 10000-6 section 5.1.2).
const sByte = 2;
const uint64 = 9;
const float = 10;
const double = 11;
const byteString = 15;
const statusCode = 19;
const localizedText = 21;

/** By the two bits of severity (OPC 10000-4 section 7.39): good, uncertain, bad, and the reserved one as bad. */
const qualities: readonly Quality[] = [0, 1, 2, 2];

/** The value is at a limit of its sensor: info type "data value", limit bits low or high. */
function isLimited(code: number): boolean {
  const limit = (code >>> 8) & 3;
  return (code & 0x0c00) === 0x0400 && (limit === 1 || limit === 2);
}

export function opcUaDecoder(profile: OpcUaProfile): MessageDecoder {
  const writer = new FieldWriter(profile);
  return (message, rows) => {
    const sets = readOpcUaJson(message.payload).flatMap(({ dataSets }) => dataSets);
    const first = sets[0];
    const time = first?.time ?? first?.fields[0]?.sourceTime ?? null;
    rows.identify(first?.sequence ?? null, time?.micros ?? null);
    writer.begin();
    for (const set of sets) {
      rows.sequence(set.sequence);
      for (const field of set.fields) {
        try {
          writer.write(set, field, rows);
        } catch (thrown) {
          rows.problems.add(toFault(thrown));
        }
      }
    }
  };
}

/** A node id is named by its identifier: `nsu=…;s=StepUp` is `step_up`, `i=2258` is `node_2258`. */
function plainName(name: string): string {
  const identifier = /(?:^|;)[isgb]=(.+)$/.exec(name)?.[1] ?? name;
  return /^\d/.test(identifier) ? `node_${identifier}` : identifier;
}

class FieldWriter {
  readonly #names: Namer;
  #left = 0;

  constructor(profile: OpcUaProfile) {
    this.#names = new Namer(profile, plainName);
  }

  begin(): void {
    this.#left = maximumReadings;
  }

  write(set: OpcUaDataSet, field: OpcUaField, rows: MessageRows): void {
    const { name, statusCode: code, type } = field;
    const { metric, unit } = this.#names.of(name);
    const time = field.sourceTime ?? set.time ?? field.serverTime;
    if (time === null) rows.time.arrival(0);
    else rows.time.device(time.micros, time.nanoseconds);
    const quality = qualities[code >>> 30]!;
    const flags = isLimited(code) ? Flag.saturated : 0;
    const subDevice = set.writer ?? set.source;
    const put = (path: string, value: JsonValue | undefined): void => {
      if (typeof value === "object" && value !== null) {
        for (const key of Object.keys(value)) {
          const part = toMetric(key) ?? (/^\d+$/.test(key) ? key : null);
          if (part === null)
            rows.warn("unnamed-value", `parts of ${path} whose name makes no metric are left out`);
          else put(partMetric(path, part), (value as Readonly<Record<string, JsonValue>>)[key]);
        }
        return;
      }
      if (this.#left-- <= 0)
        throw new Fault("too-large", `more than ${maximumReadings} readings in one message`);
      const { typed, isReal } = typedValue(value ?? null, type);
      if (typed === undefined)
        rows.problems.add(new Fault("schema", `${name} is ${shown(value)}, its type is ${type}`));
      else rows.value(subDevice, path, unit, typed, isReal, quality, flags);
    };
    // A bad value may be anything, and is none.
    if (quality === 2) rows.value(subDevice, metric, unit, null, false, 2, flags);
    else put(metric, textOfLocalized(field.value, type));
  }
}

/** A localized text is its text. */
function textOfLocalized(value: JsonValue | undefined, type: number | null): JsonValue | undefined {
  if (type !== localizedText || typeof value !== "object" || value === null || Array.isArray(value))
    return value;
  return (value as Readonly<Record<string, JsonValue>>)["Text"] ?? null;
}

type Scalar = number | bigint | string | boolean | null;

/**
 * A value by its type. Where the message has none, a number is a real one, lest it changed its kind with its digits.
 * `typed` is undefined where the value is none of its type.
 */
function typedValue(
  value: Scalar,
  type: number | null,
): { typed: Scalar | Uint8Array | undefined; isReal: boolean } {
  const isInteger = type !== null && ((type >= sByte && type <= uint64) || type === statusCode);
  if (value === null || typeof value === "boolean") return { typed: value, isReal: false };
  if (isInteger) {
    // 64 bits are written as text (OPC 10000-6 section 5.4.2.3).
    const digits = typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : value;
    const number = Number(digits);
    if (typeof digits === "string" || (typeof digits === "number" && !Number.isSafeInteger(digits)))
      return { typed: undefined, isReal: false };
    return { typed: Number.isSafeInteger(number) ? number : digits, isReal: false };
  }
  if (type === float || type === double) {
    const special = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity } as const;
    const number =
      typeof value === "string" ? (special as Readonly<Record<string, number>>)[value] : Number(value);
    return { typed: number, isReal: true };
  }
  if (type === byteString)
    return {
      typed: typeof value === "string" ? (decodeBase64(value) ?? undefined) : undefined,
      isReal: false,
    };
  return { typed: value, isReal: typeof value === "number" };
}
