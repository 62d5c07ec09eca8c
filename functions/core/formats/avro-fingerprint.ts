/**
 * Which schema a single-object encoding was written by: the CRC-64-AVRO of its parsing canonical form
 * (Apache Avro 1.12 specification, "Parsing Canonical Form for Schemas", "Schema Fingerprints").
 */

const empty = 0xc15d213aa4d7a795n;

const table = (() => {
  const entries: bigint[] = [];
  for (let byte = 0n; byte < 256n; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? empty : 0n);
    entries.push(value);
  }
  return entries;
})();

const utf8 = new TextEncoder();

/** The fingerprint as eight bytes in hexadecimal digits, in the order in which they travel: little-endian. */
export function avroFingerprint(schema: unknown): string {
  let value = empty;
  for (const byte of utf8.encode(canonical(schema, "")))
    value = (value >> 8n) ^ table[Number((value ^ BigInt(byte)) & 0xffn)]!;
  const digits = value.toString(16).padStart(16, "0");
  return digits.match(/../g)!.reverse().join("");
}

type Json = Readonly<Record<string, unknown>>;

/** Order and selection of what the canonical form keeps. */
const kept = ["name", "type", "fields", "symbols", "items", "values", "size"] as const;
const primitive = /^(null|boolean|int|long|float|double|bytes|string)$/;

/** A schema that `parseAvroSchema` has taken, in canonical form. */
function canonical(schema: unknown, namespace: string): string {
  if (typeof schema === "string") {
    const isFull = primitive.test(schema) || schema.includes(".") || namespace === "";
    return JSON.stringify(isFull ? schema : `${namespace}.${schema}`);
  }
  if (Array.isArray(schema)) return `[${schema.map((branch) => canonical(branch, namespace)).join(",")}]`;
  const object = schema as Json;
  const { type, name } = object;
  if (typeof type === "string" && primitive.test(type)) return JSON.stringify(type);
  if (typeof name !== "string" && type !== "array" && type !== "map") return canonical(type, namespace);
  const stated = object["namespace"];
  const outer = typeof stated === "string" ? stated : namespace;
  const full = typeof name !== "string" || name.includes(".") || outer === "" ? name : `${outer}.${name}`;
  const inside = typeof full === "string" && full.includes(".") ? full.slice(0, full.lastIndexOf(".")) : "";
  const parts = kept.flatMap((key) => {
    const value = object[key];
    if (value === undefined) return [];
    if (key === "name") return [`"name":${JSON.stringify(full)}`];
    if (key === "type" || key === "symbols" || key === "size") return [`"${key}":${JSON.stringify(value)}`];
    if (key !== "fields") return [`"${key}":${canonical(value, namespace)}`];
    const fields = (value as readonly Json[]).map(
      (field) => `{"name":${JSON.stringify(field["name"])},"type":${canonical(field["type"], inside)}}`,
    );
    return [`"fields":[${fields.join(",")}]`];
  });
  return `{${parts.join(",")}}`;
}
