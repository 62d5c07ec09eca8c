/** SenML in CBOR (RFC 8428 section 6): `application/senml+cbor`. Read in place, without objects in between. */

import { CborTag, readItem, readItemOfHead } from "../cbor.ts";
import * as major from "../cbor-major.ts";
import { CborReader, indefinite } from "../cbor-reader.ts";
import { Fault, shown } from "../fault.ts";
import type { RawRecord, SenmlPack } from "./senml-resolve.ts";
import { PackResolver } from "./senml-resolve.ts";

/** Labels of table 4: base fields are negative, the others are not. */
const label = {
  n: 0,
  u: 1,
  v: 2,
  vs: 3,
  vb: 4,
  s: 5,
  t: 6,
  ut: 7,
  vd: 8,
  bver: -1,
  bn: -2,
  bt: -3,
  bu: -4,
  bv: -5,
  bs: -6,
};
const lastLabel = 8;
const lastBaseLabel = -6;
/** LwM2M's object link has a text label (OMA LwM2M Core 1.1 section 7.4.5); its number here is no one else's. */
const objectLink = 9;
/** A field that may be ignored. */
const ignored = 10;

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
    readItemOfHead(reader, 1);
    raw.problem = "not a map";
    return;
  }
  const count = reader.count();
  let seen = 0;
  for (let field = 0; count === indefinite ? !reader.takeBreak() : field < count; field++) {
    const code = readLabel(reader, index);
    if (code === ignored) {
      readItem(reader, 2);
      continue;
    }
    const bit = 1 << (code - lastBaseLabel);
    if (seen & bit) throw new Fault("not-well-formed", `record ${index}: label ${code} twice`);
    seen |= bit;
    reader.head();
    if (code >= 0) takeField(reader, raw, code);
    else takeBaseField(reader, raw, code, index);
  }
}

/** The label of the next field. */
function readLabel(reader: CborReader, index: number): number {
  reader.head();
  const { type, argument } = reader;
  if (type === major.unsigned) return argument <= lastLabel ? argument : ignored;
  if (type === major.negative) return -1 - argument >= lastBaseLabel ? -1 - argument : ignored;
  if (type !== major.text) throw new Fault("schema", `record ${index}: a label is an integer or text`);
  const name = reader.text();
  if (name === "vlo") return objectLink;
  if (name.endsWith("_")) {
    throw new Fault("schema", `record ${index}: field ${shown(name)} must be understood and is not`);
  }
  return ignored;
}

function takeField(reader: CborReader, raw: RawRecord, code: number): void {
  switch (code) {
    case label.n:
      raw.n = text(reader, raw, "n", true);
      return;
    case label.u:
      raw.u = text(reader, raw, "u", true);
      return;
    case label.v:
      raw.v = numeric(reader) ?? unusable(raw, "v is no number");
      return;
    case label.t:
      raw.t = real(reader, raw, "t");
      return;
    case label.vs:
      raw.vs = text(reader, raw, "vs");
      return;
    case label.vb: {
      const value = readItemOfHead(reader, 2);
      raw.vb = typeof value === "boolean" ? value : unusable(raw, "vb is no boolean");
      return;
    }
    case label.vd: {
      const value = readItemOfHead(reader, 2);
      raw.vd = value instanceof Uint8Array ? value : unusable(raw, "vd is no byte string");
      return;
    }
    case label.s:
      raw.s = real(reader, raw, "s");
      return;
    case label.ut:
      raw.ut = real(reader, raw, "ut");
      return;
    default:
      raw.vlo = text(reader, raw, "vlo");
  }
}

/** A bad base field spoils every record behind it: the pack is refused. */
function takeBaseField(reader: CborReader, raw: RawRecord, code: number, index: number): void {
  if (code === label.bn || code === label.bu) {
    if (reader.type !== major.text) throw new Fault("schema", `record ${index}: label ${code} is no text`);
    if (code === label.bn) raw.bn = reader.name();
    else raw.bu = reader.name();
    return;
  }
  if (code === label.bver) {
    if (reader.type !== major.unsigned)
      throw new Fault("schema", `record ${index}: bver is no positive integer`);
    raw.bver = reader.argument;
    return;
  }
  const value = numeric(reader);
  if (value === null) throw new Fault("schema", `record ${index}: label ${code} is no number`);
  if (code === label.bt) raw.bt = Number(value);
  else if (code === label.bv) raw.bv = value;
  else raw.bs = Number(value);
}

function text(reader: CborReader, raw: RawRecord, name: string, isName = false): string | undefined {
  if (reader.type === major.text) return isName ? reader.name() : reader.text();
  readItemOfHead(reader, 2);
  return unusable(raw, `${name} is no text`);
}

function real(reader: CborReader, raw: RawRecord, name: string): number | undefined {
  const value = numeric(reader);
  return value === null ? unusable(raw, `${name} is no number`) : Number(value);
}

/** A number by the head just read: integer, float or decimal fraction. Null for anything else, which is consumed. */
function numeric(reader: CborReader): number | bigint | null {
  if (reader.type <= major.negative) return reader.integer();
  if (reader.type === major.simple && reader.info >= 25 && reader.info <= 27) return reader.float();
  const value = readItemOfHead(reader, 2);
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

function unusable(raw: RawRecord, problem: string): undefined {
  raw.problem ??= problem;
  return undefined;
}
