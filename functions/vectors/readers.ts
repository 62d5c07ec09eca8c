/** What a vector's bytes are by our decoders, in the form of `expected`. */

import { CborMap, CborSimple, CborTag, readCbor, type CborValue } from "../core/cbor.ts";
import { readCayenneLpp } from "../core/formats/cayenne-lpp.ts";
import { readMessagePack } from "../core/formats/messagepack.ts";
import { readRegisterRun, type RegisterRun } from "../core/formats/modbus-registers.ts";
import { readFrame } from "../core/formats/raw-binary-read.ts";
import type { FrameLayout } from "../core/formats/raw-binary-layout.ts";
import { readSenmlCbor } from "../core/formats/senml-cbor.ts";
import { readSenmlJson } from "../core/formats/senml-json.ts";
import type { SenmlPack } from "../core/formats/senml-resolve.ts";
import { readEnvelopeVector } from "./envelope.ts";
import { readOpcUaVector } from "./opcua-json.ts";
import { readSparkplugVector } from "./sparkplug-b.ts";
import type { Vector } from "./run.ts";

type Decoded = Readonly<Record<string, unknown>>;

export const readers: Readonly<Record<string, (bytes: Uint8Array, vector: Vector) => Decoded>> = {
  "senml-json": (bytes) => ({ records: senml(readSenmlJson(bytes)) }),
  "senml-cbor": (bytes) => ({ records: senml(readSenmlCbor(bytes)) }),
  "cayenne-lpp": (bytes) => ({ values: readCayenneLpp(bytes) }),
  "raw-binary": (bytes, { layout }) => ({
    fields: Object.fromEntries(readFrame(layout as FrameLayout, bytes)),
  }),
  "modbus-registers": (bytes, { layout }) => ({ value: readRegisterRun(layout as RegisterRun, bytes) }),
  "sparkplug-b": (bytes) => readSparkplugVector(bytes),
  "opcua-json": (bytes) => readOpcUaVector(bytes),
  envelope: (bytes, { expected }) => readEnvelopeVector(bytes, expected),
  cbor: (bytes) => ({ value: jsonOfCbor(readCbor(bytes)) }),
  messagepack: (bytes) => ({ value: readMessagePack(bytes) }),
};

/** Resolved records in the vectors' form. A record that had to be left out counts as a refusal. */
function senml({ records, problems }: SenmlPack): Record<string, unknown>[] {
  if (problems.length > 0) throw problems[0];
  return records.map(({ name, unit, kind, value, sum, time, relative, updateTime }) => ({
    n: name,
    ...(unit === null ? {} : { u: unit }),
    ...(relative ? { tRelative: time } : { t: time }),
    ...(kind === "none" ? {} : { [kind]: value }),
    ...(sum === null ? {} : { s: sum }),
    ...(updateTime === null ? {} : { ut: updateTime }),
  }));
}

function jsonOfCbor(value: CborValue): unknown {
  if (value === undefined) return { $undefined: true };
  if (Array.isArray(value)) return value.map(jsonOfCbor);
  if (value instanceof CborSimple) return { $simple: value.number };
  if (value instanceof CborTag) return { $tag: value.tag, value: jsonOfCbor(value.value) };
  if (!(value instanceof CborMap)) return value;
  const entries = value.entries.map(([key, item]): [unknown, unknown] => [jsonOfCbor(key), jsonOfCbor(item)]);
  return entries.every(([key]) => typeof key === "string")
    ? Object.fromEntries(entries as [string, unknown][])
    : { $map: entries };
}
