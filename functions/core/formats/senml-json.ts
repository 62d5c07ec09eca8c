/** SenML in JSON (RFC 8428 section 5): `application/senml+json`. */

import { Fault, shown } from "../fault.ts";
import { decodeBase64url, decodeUtf8 } from "../text.ts";
import { parseJson } from "../json.ts";
import type { RawRecord, SenmlPack } from "./senml-resolve.ts";
import { PackResolver } from "./senml-resolve.ts";

/** Resolve a pack. Throws a {@link Fault} where it must be refused as a whole. */
export function readSenmlJson(bytes: Uint8Array): SenmlPack {
  const pack = parseJson(decodeUtf8(bytes));
  if (!Array.isArray(pack)) throw new Fault("schema", "the top level of a SenML pack is an array");
  const resolver = new PackResolver();
  const { raw } = resolver;
  const records: unknown[] = pack;
  for (let index = 0; index < records.length; index++) {
    const record = records[index];
    raw.clear();
    if (typeof record !== "object" || record === null || Array.isArray(record)) raw.problem = "not an object";
    else for (const label in record) takeField(raw, label, (record as Record<string, unknown>)[label], index);
    resolver.add();
  }
  return resolver.pack();
}

function takeField(raw: RawRecord, label: string, value: unknown, index: number): void {
  // Every field is named outright: a store through a variable name costs several times as much.
  switch (label) {
    case "n":
      if (typeof value === "string") raw.n = value;
      else raw.problem ??= "n is no text";
      return;
    case "u":
      if (typeof value === "string") raw.u = value;
      else raw.problem ??= "u is no text";
      return;
    case "v":
      if (typeof value === "number") raw.v = value;
      else raw.problem ??= "v is no number";
      return;
    case "t":
      if (typeof value === "number") raw.t = value;
      else raw.problem ??= "t is no number";
      return;
    case "vs":
      if (typeof value === "string") raw.vs = value;
      else raw.problem ??= "vs is no text";
      return;
    case "vb":
      if (typeof value === "boolean") raw.vb = value;
      else raw.problem ??= "vb is no boolean";
      return;
    case "vd":
      raw.vd = (typeof value === "string" ? decodeBase64url(value) : null) ?? undefined;
      if (raw.vd === undefined) raw.problem ??= "vd is no base64url text";
      return;
    case "vlo":
      if (typeof value === "string") raw.vlo = value;
      else raw.problem ??= "vlo is no text";
      return;
    case "s":
      if (typeof value === "number") raw.s = value;
      else raw.problem ??= "s is no number";
      return;
    case "ut":
      if (typeof value === "number") raw.ut = value;
      else raw.problem ??= "ut is no number";
      return;
    default:
      takeBaseField(raw, label, value, index);
  }
}

/** A bad base field spoils every record behind it: the pack is refused. */
function takeBaseField(raw: RawRecord, label: string, value: unknown, index: number): void {
  switch (label) {
    case "bn":
    case "bu":
      if (typeof value !== "string") throw new Fault("schema", `record ${index}: ${label} is no text`);
      raw[label] = value;
      return;
    case "bt":
    case "bv":
    case "bs":
    case "bver":
      if (typeof value !== "number") throw new Fault("schema", `record ${index}: ${label} is no number`);
      raw[label] = value;
      return;
    default:
      // Section 4.4: unknown fields are ignored, unless their name says that they must be understood.
      if (label.endsWith("_")) {
        throw new Fault("schema", `record ${index}: field ${shown(label)} must be understood and is not`);
      }
  }
}
