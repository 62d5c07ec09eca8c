/** SenML in CBOR (RFC 8428 section 6): `application/senml+cbor`. Read in place, without objects in between. */

import { CborReader, CborTag, indefinite, major } from "../cbor.ts";
import { Fault, shown } from "../fault.ts";
import type { RawRecord, SenmlPack } from "./senml-resolve.ts";
import { PackResolver } from "./senml-resolve.ts";

/** Labels of table 4, and `vlo`, which has a text label (OMA LwM2M). */
const labels = ["n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"] as const;
const baseLabels = ["bver", "bn", "bt", "bu", "bv", "bs"] as const;
type Label = (typeof labels)[number] | (typeof baseLabels)[number] | "vlo";
const bits: Record<Label, number> = Object.fromEntries(
  [...labels, ...baseLabels, "vlo"].map((label, index) => [label, 1 << index]),
) as Record<Label, number>;

/** Resolve a pack. Throws a {@link Fault} where it must be refused as a whole. */
export function readSenmlCbor(bytes: Uint8Array): SenmlPack {
  const reader = new CborReader(bytes);
  const resolver = new PackResolver();
  reader.head();
  if (reader.type !== major.array) throw new Fault("schema", "the top level of a SenML pack is an array");
  const count = reader.count();
  for (let index = 0; count === indefinite ? !reader.takeBreak() : index < count; index++) {
    readRecord(reader, resolver.raw, index);
    resolver.add();
  }
  reader.finish();
  return resolver.pack();
}

function readRecord(reader: CborReader, raw: RawRecord, index: number): void {
  raw.clear();
  reader.head();
  if (reader.type !== major.map) {
    reader.valueOfHead(1);
    raw.problem = "not a map";
    return;
  }
  const count = reader.count();
  let seen = 0;
  for (let field = 0; count === indefinite ? !reader.takeBreak() : field < count; field++) {
    const label = readLabel(reader, index);
    if (label === null) {
      reader.value(2);
      continue;
    }
    if (seen & bits[label]) throw new Fault("not-well-formed", `record ${index}: ${label} twice`);
    seen |= bits[label];
    takeField(reader, raw, label, index);
  }
}

/** The label of the next field; null for one that may be ignored. */
function readLabel(reader: CborReader, index: number): Label | null {
  reader.head();
  switch (reader.type) {
    case major.unsigned:
      return labels[reader.argument] ?? null;
    case major.negative:
      return baseLabels[reader.argument] ?? null;
    case major.text: {
      const label = reader.text();
      if (label === "vlo") return label;
      if (label.endsWith("_")) {
        throw new Fault("schema", `record ${index}: field ${shown(label)} must be understood and is not`);
      }
      return null;
    }
    default:
      throw new Fault("schema", `record ${index}: a label is an integer or text`);
  }
}

function takeField(reader: CborReader, raw: RawRecord, label: Label, index: number): void {
  reader.head();
  switch (label) {
    case "n":
    case "u":
    case "vs":
    case "vlo":
      if (reader.type === major.text) raw[label] = reader.text();
      else skip(reader, raw, `${label} is no text`);
      return;
    case "v":
      raw.v = numeric(reader) ?? unusable(raw, "v is no number");
      return;
    case "t":
    case "s":
    case "ut": {
      const value = numeric(reader);
      raw[label] = value === null ? unusable(raw, `${label} is no number`) : Number(value);
      return;
    }
    case "vb": {
      const value = reader.valueOfHead(2);
      if (typeof value === "boolean") raw.vb = value;
      else raw.problem ??= "vb is no boolean";
      return;
    }
    case "vd":
      if (reader.type === major.bytes) raw.vd = reader.byteString();
      else skip(reader, raw, "vd is no byte string");
      return;
    // A bad base field spoils every record behind it: the pack is refused.
    case "bn":
    case "bu":
      if (reader.type !== major.text) throw new Fault("schema", `record ${index}: ${label} is no text`);
      raw[label] = reader.text();
      return;
    case "bver":
      if (reader.type !== major.unsigned)
        throw new Fault("schema", `record ${index}: bver is no positive integer`);
      raw.bver = reader.argument;
      return;
    default: {
      const value = numeric(reader);
      if (value === null) throw new Fault("schema", `record ${index}: ${label} is no number`);
      if (label === "bv") raw.bv = value;
      else raw[label] = Number(value);
    }
  }
}

/** A number by the head just read: integer, float or decimal fraction. Null for anything else, which is consumed. */
function numeric(reader: CborReader): number | bigint | null {
  if (reader.type <= major.negative) return reader.integer();
  if (reader.type === major.simple && reader.info >= 25 && reader.info <= 27) return reader.float();
  const value = reader.valueOfHead(2);
  if (typeof value === "number" || typeof value === "bigint") return value;
  return value instanceof CborTag && value.tag === 4 ? decimalFraction(value) : null;
}

/** Tag 4 (RFC 8949 section 3.4.4): [exponent, mantissa] to the base 10, rounded once. */
function decimalFraction(tag: CborTag): number | null {
  if (!Array.isArray(tag.value) || tag.value.length !== 2) return null;
  const [exponent, mantissa] = tag.value as readonly unknown[];
  if (typeof exponent !== "number" || !Number.isInteger(exponent)) return null;
  if (typeof mantissa !== "bigint" && !(typeof mantissa === "number" && Number.isInteger(mantissa)))
    return null;
  // By way of decimal text: multiplying by a power of ten would round twice.
  return Number(`${mantissa}e${exponent}`);
}

function skip(reader: CborReader, raw: RawRecord, problem: string): void {
  reader.valueOfHead(2);
  raw.problem ??= problem;
}

function unusable(raw: RawRecord, problem: string): undefined {
  raw.problem ??= problem;
  return undefined;
}
