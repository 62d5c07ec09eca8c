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
      if (raw.v !== undefined) twice("v", index);
      raw.v = number(scanner, raw, "v");
      return true;
    case n:
      if (raw.n !== undefined) twice("n", index);
      raw.n = text(scanner, raw, "n");
      return true;
    case u:
      if (raw.u !== undefined) twice("u", index);
      raw.u = text(scanner, raw, "u");
      return true;
    case t:
      if (raw.t !== undefined) twice("t", index);
      raw.t = number(scanner, raw, "t");
      return true;
    case vs:
      if (raw.vs !== undefined) twice("vs", index);
      raw.vs = text(scanner, raw, "vs");
      return true;
    case vb:
      if (raw.vb !== undefined) twice("vb", index);
      scanner.expect(character.colon);
      raw.vb = scanner.boolean() ?? unusable(scanner, raw, "vb is no boolean");
      return true;
    case vd: {
      if (raw.vd !== undefined) twice("vd", index);
      const data = text(scanner, raw, "vd");
      raw.vd = data === undefined ? undefined : (decodeBase64url(data) ?? undefined);
      if (raw.vd === undefined) raw.problem ??= "vd is no base64url text";
      return true;
    }
    case vlo:
      if (raw.vlo !== undefined) twice("vlo", index);
      raw.vlo = text(scanner, raw, "vlo");
      return true;
    case s:
      if (raw.s !== undefined) twice("s", index);
      raw.s = number(scanner, raw, "s");
      return true;
    case ut:
      if (raw.ut !== undefined) twice("ut", index);
      raw.ut = number(scanner, raw, "ut");
      return true;
    default:
      return false;
  }
}

/** Take a base field; false if it is none. A bad one spoils every record behind it: the pack is refused. */
function takeBaseField(scanner: JsonScanner, raw: RawRecord, name: number, index: number): boolean {
  switch (name) {
    case bn:
      if (raw.bn !== undefined) twice("bn", index);
      raw.bn = text(scanner, null, "bn", index);
      return true;
    case bu:
      if (raw.bu !== undefined) twice("bu", index);
      raw.bu = text(scanner, null, "bu", index);
      return true;
    case bt:
      if (raw.bt !== undefined) twice("bt", index);
      raw.bt = number(scanner, null, "bt", index);
      return true;
    case bv:
      if (raw.bv !== undefined) twice("bv", index);
      raw.bv = number(scanner, null, "bv", index);
      return true;
    case bs:
      if (raw.bs !== undefined) twice("bs", index);
      raw.bs = number(scanner, null, "bs", index);
      return true;
    case bver:
      if (raw.bver !== undefined) twice("bver", index);
      raw.bver = number(scanner, null, "bver", index);
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

/** JSON leaves the meaning of a name that comes twice open (RFC 8259 section 4); RFC 8428 wants exactly one value. */
function twice(label: string, index: number): never {
  throw new Fault("schema", `record ${index}: ${label} twice`);
}

/** The text behind a label. What is none is the record's problem, or without a record the pack's. */
function text(scanner: JsonScanner, raw: RawRecord | null, label: string, index = 0): string | undefined {
  scanner.expect(character.colon);
  if (scanner.peek() === character.quote) return scanner.string();
  if (raw === null) throw new Fault("schema", `record ${index}: ${label} is no text`);
  return unusable(scanner, raw, `${label} is no text`);
}

/** The number behind a label, likewise. */
function number(scanner: JsonScanner, raw: RawRecord | null, label: string, index = 0): number | undefined {
  scanner.expect(character.colon);
  if (scanner.atNumber()) return scanner.number();
  if (raw === null) throw new Fault("schema", `record ${index}: ${label} is no number`);
  return unusable(scanner, raw, `${label} is no number`);
}

function unusable(scanner: JsonScanner, raw: RawRecord, problem: string): undefined {
  scanner.skip();
  raw.problem ??= problem;
  return undefined;
}
