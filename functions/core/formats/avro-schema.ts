/** Avro schemas (Apache Avro 1.12 specification, "Schema Declaration") as data, checked and with their names resolved. */

import type { AvroField, AvroLogical, AvroPrimitive, AvroType } from "./avro-types.ts";

const primitives: readonly string[] = [
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
];

type Names = Map<string, AvroType>;
type Json = Readonly<Record<string, unknown>>;
type Logical = { readonly logical?: AvroLogical };

const maximumTypes = 2_000;

/** Throws an Error that says where in the schema something is wrong. */
export function parseAvroSchema(schema: unknown, where: string): AvroType {
  return parse(schema, "", new Map(), where);
}

function parse(schema: unknown, namespace: string, names: Names, where: string): AvroType {
  if (names.size > maximumTypes) throw new Error(`${where}: more than ${maximumTypes} named types`);
  if (typeof schema === "string") {
    if (primitives.includes(schema)) return { kind: schema as AvroPrimitive };
    const known = names.get(fullName(schema, namespace)) ?? names.get(schema);
    if (known === undefined) throw new Error(`${where}: there is no type "${schema}"`);
    return known.kind === "record" ? { kind: "named", name: known.name } : known;
  }
  if (Array.isArray(schema)) {
    const branches = schema.map((branch, index) => parse(branch, namespace, names, `${where}[${index}]`));
    if (branches.length === 0 || branches.some(({ kind }) => kind === "union"))
      throw new Error(`${where}: a union has one or more branches, none of them a union`);
    return { kind: "union", branches };
  }
  if (typeof schema !== "object" || schema === null)
    throw new Error(`${where}: a type is a name, object or array`);
  return parseObject(schema as Json, namespace, names, where);
}

function parseObject(schema: Json, namespace: string, names: Names, where: string): AvroType {
  const { type } = schema;
  if (type === "array")
    return { kind: "array", items: parse(schema["items"], namespace, names, `${where}.items`) };
  if (type === "map")
    return { kind: "map", values: parse(schema["values"], namespace, names, `${where}.values`) };
  if (type === "record" || type === "error" || type === "enum" || type === "fixed")
    return parseNamed(schema, type, namespace, names, where);
  const inner = parse(type, namespace, names, `${where}.type`);
  return primitives.includes(inner.kind)
    ? ({ ...inner, ...logicalOf(schema, inner.kind) } as AvroType)
    : inner;
}

function parseNamed(
  schema: Json,
  type: "record" | "error" | "enum" | "fixed",
  namespace: string,
  names: Names,
  where: string,
): AvroType {
  const { name } = schema;
  if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name))
    throw new Error(`${where}: a ${type} has a name of letters, digits and _`);
  const stated = schema["namespace"];
  const full = fullName(name, typeof stated === "string" ? stated : namespace);
  const inside = full.includes(".") ? full.slice(0, full.lastIndexOf(".")) : "";
  if (names.has(full)) throw new Error(`${where}: the name "${full}" comes twice`);
  const known = (made: AvroType): AvroType => {
    names.set(full, made);
    return made;
  };
  if (type === "fixed") {
    const { size } = schema;
    if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > 65_536)
      throw new Error(`${where}: size of "${full}" is a number of bytes`);
    return known({ kind: "fixed", name: full, size: size as number, ...logicalOf(schema, type) });
  }
  if (type === "enum") {
    const { symbols } = schema;
    if (!Array.isArray(symbols) || !symbols.every((symbol) => typeof symbol === "string"))
      throw new Error(`${where}: symbols of "${full}" are texts`);
    return known({ kind: "enum", name: full, symbols: symbols as string[] });
  }
  const fields: AvroField[] = [];
  const record = known({ kind: "record", name: full, fields });
  if (!Array.isArray(schema["fields"])) throw new Error(`${where}: "${full}" has no fields`);
  for (const field of schema["fields"] as readonly Json[]) {
    const label = field["name"];
    if (typeof label !== "string") throw new Error(`${where}: a field of "${full}" has no name`);
    fields.push({ name: label, type: parse(field["type"], inside, names, `${where}.${label}`) });
  }
  return record;
}

const fullName = (name: string, namespace: string): string =>
  name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;

/** Logical types of times: the type that they annotate, and the microseconds that they count in. */
const times: Readonly<Record<string, readonly [kind: string, micros: number]>> = {
  date: ["int", 86_400_000_000],
  "timestamp-millis": ["long", 1_000],
  "timestamp-micros": ["long", 1],
  "timestamp-nanos": ["long", 0.001],
  "local-timestamp-millis": ["long", 1_000],
  "local-timestamp-micros": ["long", 1],
  "local-timestamp-nanos": ["long", 0.001],
};

/** Logical types that are not known, and those that are not as the specification has them, are ignored, as they must be. */
function logicalOf({ logicalType, scale = 0, precision }: Json, kind: string): Logical {
  if (typeof logicalType !== "string") return {};
  const [of, micros] = (Object.hasOwn(times, logicalType) && times[logicalType]) || [];
  if (of === kind) return { logical: { type: "time", scale: micros! } };
  if (logicalType !== "decimal" || (kind !== "bytes" && kind !== "fixed")) return {};
  // Reading needs no precision: a schema that lacks it is understood all the same.
  const [digits, most] = [scale, precision ?? scale] as const;
  const isDecimal = Number.isInteger(digits) && (digits as number) >= 0 && (digits as number) <= Number(most);
  return isDecimal ? { logical: { type: "decimal", scale: digits as number } } : {};
}
