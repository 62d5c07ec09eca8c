/** TS013 vectors: a codec, named by the hash of its file, and what it must return. */

import { sandbox } from "../codecs/part.ts";
import { readMarked } from "../core/formats/codec-sandbox.ts";
import { Fault } from "../core/fault.ts";
import type { Vector } from "./run.ts";

/** Texts of codecs by the SHA-256 of their files, in hexadecimal digits. */
export type CodecTexts = ReadonlyMap<string, string>;

/** Arrival of the vectors' uplinks, in milliseconds: codecs may put it into what they return. */
const arrival = Date.UTC(2024, 0, 1);

/** The text of the codec that a vector names; null where it is not among those given. */
export const codecOf = ({ codec }: Vector, codecs: CodecTexts): string | null =>
  codecs.get(codec?.sha256 ?? "") ?? null;

/** `data`, `errors` and `warnings`, as far as the vector expects them. Throws a Fault where the codec has none of it. */
export function readTs013Vector(
  bytes: Uint8Array,
  { fPort = 1, expected }: Vector,
  code: string,
): Readonly<Record<string, unknown>> {
  const input = `[[${bytes.join()}],${fPort},${arrival}]`;
  const [outcome] = sandbox.run(code, [{ source: "vector", input }]);
  if (outcome?.kind !== "result") throw new Fault("codec-threw", `${outcome?.kind}: ${outcome?.text}`);
  const { data, errors, warnings } = readMarked(outcome.text);
  if ("error" in expected && Array.isArray(errors) && errors.length > 0)
    throw new Fault("codec-errors", errors.join("; "));
  const all: Record<string, unknown> = { data, errors, warnings };
  return Object.fromEntries(Object.keys(expected).map((key) => [key, all[key]]));
}
