/** SenML in JSON (RFC 8428 section 5): `application/senml+json`. Read in place, without objects in between. */

import { Fault, shown } from "../fault.ts";
import * as character from "../json-characters.ts";
import { JsonScanner } from "../json-scanner.ts";
import { decodeBase64url, decodeUtf8 } from "../text.ts";
import type { RawRecord, SenmlPack } from "./senml-resolve.ts";
import { PackResolver } from "./senml-resolve.ts";

// Labels as JsonScanner.shortName gives them: their characters, a byte each.
const n = 0x6e;
const u = 0x75;
const v = 0x76;
const t = 0x74;
const s = 0x73;
const vs = 0x7673;
const vb = 0x7662;
const vd = 0x7664;
const ut = 0x7574;
const bn = 0x626e;
const bt = 0x6274;
const bu = 0x6275;
const bv = 0x6276;
const bs = 0x6273;
const vlo = 0x766c6f;
const bver = 0x62766572;

/** Resolve a pack. Throws a {@link Fault} where it must be refused as a whole. */
export function readSenmlJson(bytes: Uint8Array): SenmlPack {
  const scanner = new JsonScanner(decodeUtf8(bytes));
  if (scanner.peek() !== character.openArray) {
    scanner.skip();
    throw new Fault("schema", "the top level of a SenML pack is an array");
  }
  const resolver = new PackResolver();
  scanner.position++;
  if (scanner.begins(character.closeArray)) {
    let index = 0;
    do {
      readRecord(scanner, resolver.raw, index++);
      resolver.add();
    } while (scanner.more(character.closeArray));
  }
  scanner.finish();
  return resolver.pack();
}

function readRecord(scanner: JsonScanner, raw: RawRecord, index: number): void {
  raw.clear();
  if (scanner.peek() !== character.openObject) {
    scanner.skip();
    raw.problem = "not an object";
    return;
  }
  scanner.position++;
  if (!scanner.begins(character.closeObject)) return;
  do {
    const start = scanner.position;
    const name = scanner.shortName();
    if (name === 0 || !(takeField(scanner, raw, name, index) || takeBaseField(scanner, raw, name, index))) {
      scanner.position = start;
      takeOtherField(scanner, raw, index);
    }
  } while (scanner.more(character.closeObject));
}

/**
 * Take a regular field; false if it is none. Every field is named outright: a store through a variable name costs
 * several times as much.
 */
function takeField(scanner: JsonScanner, raw: RawRecord, name: number, index: number): boolean {
  switch (name) {
    case v:
      raw.v = exact(scanner, number(scanner, raw.v, raw, "v", index));
      return true;
    case n:
      raw.n = text(scanner, raw.n, raw, "n", index);
      return true;
    case u:
      raw.u = text(scanner, raw.u, raw, "u", index);
      return true;
    case t:
      raw.t = number(scanner, raw.t, raw, "t", index);
      return true;
    case vs:
      raw.vs = text(scanner, raw.vs, raw, "vs", index);
      return true;
    case vb:
      begin(scanner, raw.vb, "vb", index);
      raw.vb = scanner.boolean() ?? unusable(scanner, raw, "vb is no boolean", index);
      return true;
    case vd: {
      const data = text(scanner, raw.vd, raw, "vd", index);
      raw.vd = data === undefined ? undefined : (decodeBase64url(data) ?? undefined);
      if (raw.vd === undefined) raw.problem ??= "vd is no base64url text";
      return true;
    }
    case vlo:
      raw.vlo = text(scanner, raw.vlo, raw, "vlo", index);
      return true;
    case s:
      raw.s = number(scanner, raw.s, raw, "s", index);
      return true;
    case ut:
      raw.ut = number(scanner, raw.ut, raw, "ut", index);
      return true;
    default:
      return false;
  }
}

/** Take a base field; false if it is none. A bad one spoils every record behind it: the pack is refused. */
function takeBaseField(scanner: JsonScanner, raw: RawRecord, name: number, index: number): boolean {
  switch (name) {
    case bn:
      raw.bn = text(scanner, raw.bn, null, "bn", index);
      return true;
    case bu:
      raw.bu = text(scanner, raw.bu, null, "bu", index);
      return true;
    case bt:
      raw.bt = number(scanner, raw.bt, null, "bt", index);
      return true;
    case bv:
      raw.bv = exact(scanner, number(scanner, raw.bv, null, "bv", index));
      return true;
    case bs:
      raw.bs = number(scanner, raw.bs, null, "bs", index);
      return true;
    case bver:
      raw.bver = number(scanner, raw.bver, null, "bver", index);
      return true;
    default:
      return false;
  }
}

/** A field with a name that is not known as it is written. */
function takeOtherField(scanner: JsonScanner, raw: RawRecord, index: number): void {
  const name = scanner.string();
  // JSON may write any character of a name as an escape.
  const code =
    name.length > 4 ? 0 : [...name].reduce((packed, letter) => packed * 256 + letter.charCodeAt(0), 0);
  if (takeField(scanner, raw, code, index) || takeBaseField(scanner, raw, code, index)) return;
  // Section 4.4: unknown fields are ignored, unless their name says that they must be understood.
  if (name.endsWith("_")) {
    throw new Fault("schema", `record ${index}: field ${shown(name)} must be understood and is not`);
  }
  scanner.expect(character.colon);
  scanner.skip();
}

/**
 * Before the value of a field. JSON leaves the meaning of a name that comes twice open (RFC 8259 section 4); RFC 8428 wants
 * exactly one value.
 */
function begin(scanner: JsonScanner, known: unknown, label: string, index: number): void {
  if (known !== undefined) throw new Fault("schema", `record ${index}: ${label} twice`);
  scanner.expect(character.colon);
}

/** The text behind a label. What is none is the record's problem, or without a record the pack's. */
function text(
  scanner: JsonScanner,
  known: unknown,
  raw: RawRecord | null,
  label: string,
  index: number,
): string | undefined {
  begin(scanner, known, label, index);
  if (scanner.peek() === character.quote) return scanner.string();
  return unusable(scanner, raw, `${label} is no text`, index);
}

/** The number behind a label, likewise. */
function number(
  scanner: JsonScanner,
  known: unknown,
  raw: RawRecord | null,
  label: string,
  index: number,
): number | undefined {
  begin(scanner, known, label, index);
  if (scanner.atNumber()) return scanner.number();
  return unusable(scanner, raw, `${label} is no number`, index);
}

/** The number just read, digit by digit where it is an integer that a double rounds. */
function exact({ text, position }: JsonScanner, value: number | undefined): number | bigint | undefined {
  if (value === undefined || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  const [digits] = /[-+.\w]+$/.exec(text.slice(Math.max(0, position - 64), position)) ?? [""];
  return /^-?\d{16,40}$/.test(digits) ? BigInt(digits) : value;
}

function unusable(scanner: JsonScanner, raw: RawRecord | null, problem: string, index: number): undefined {
  if (raw === null) throw new Fault("schema", `record ${index}: ${problem}`);
  scanner.skip();
  raw.problem ??= problem;
  return undefined;
}
