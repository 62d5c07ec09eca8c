import { describe, expect, test } from "@jest/globals";
import avsc from "avsc";
import fc from "fast-check";
import { avroFingerprint } from "../../functions/core/formats/avro-fingerprint.ts";
import { avroReader } from "../../functions/core/formats/avro-read.ts";
import { parseAvroSchema } from "../../functions/core/formats/avro-schema.ts";
import { Fault } from "../../functions/core/fault.ts";
import { prepareProfile } from "../../functions/core/profiles/prepare.ts";
import type { AvroProfile } from "../../functions/core/profiles/profile.ts";
import { TreeTime } from "../../functions/core/tree.ts";
import { bytesOf, decodeWith, hexOf, message, received } from "./support.ts";

const read = (schema: unknown, hex: string): unknown =>
  avroReader(parseAvroSchema(schema, "schema"))(bytesOf(hex));
const faultOf = (schema: unknown, hex: string): string => {
  try {
    read(schema, hex);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.detail;
    throw thrown;
  }
  return "was read";
};
const record = (...fields: [string, unknown][]) => ({
  type: "record",
  name: "acme.Reading",
  fields: fields.map(([name, type]) => ({ name, type })),
});

describe("values", () => {
  test.each<[unknown, string, unknown]>([
    // Worked examples of the specification, "Primitive Types" and "Complex Types".
    ["long", "00", 0],
    ["long", "01", -1],
    ["long", "02", 1],
    ["long", "7f", -64],
    ["long", "8001", 64],
    ["string", "06666f6f", "foo"],
    [record(["a", "long"], ["b", "string"]), "3606666f6f", { a: 27, b: "foo" }],
    [{ type: "array", items: "long" }, "04063600", [3, 27]],
    [["null", "string"], "00", null],
    [["null", "string"], "020261", "a"],
    // And of others.
    ["long", "ffffffffffffffffff01", -(2n ** 63n)],
    ["long", "feffffffffffffffff01", 2n ** 63n - 1n],
    ["long", "feffffffffffff1f", 2 ** 53 - 1],
    ["int", "feffffff0f", 2 ** 31 - 1],
    ["boolean", "01", true],
    ["float", "0000c03f", 1.5],
    ["double", "000000000000f83f", 1.5],
    ["bytes", "040102", bytesOf("0102")],
    [{ type: "fixed", name: "f", size: 2 }, "0102", bytesOf("0102")],
    [{ type: "enum", name: "e", symbols: ["OFF", "ON"] }, "02", "ON"],
    [{ type: "map", values: "int" }, "0202610400", { a: 2 }],
  ])("%j of %s", (schema, hex, expected) => expect(read(schema, hex)).toEqual(expected));

  test.each<[string, unknown, string, unknown]>([
    ["date", "int", "02", new TreeTime(86_400_000_000, null)],
    ["timestamp-millis", "long", "02", new TreeTime(1_000, null)],
    ["timestamp-micros", "long", "01", new TreeTime(-1, null)],
    ["timestamp-nanos", "long", "01", new TreeTime(-1, 999)],
    ["local-timestamp-millis", "long", "02", new TreeTime(1_000, null)],
    ["something else", "long", "02", 1],
    // One of another type than it annotates is none.
    ["date", "long", "02", 1],
    ["timestamp-millis", "int", "02", 1],
    ["decimal", "string", "0261", "a"],
    ["constructor", "long", "02", 1],
  ])("logical type %s", (logicalType, type, hex, expected) =>
    expect(read({ type, logicalType }, hex)).toEqual(expected),
  );

  test("a decimal of more digits behind the point than it has is none", () => {
    const decimal = { type: "bytes", logicalType: "decimal", precision: 2, scale: 3 };
    expect(read(decimal, "0400d7")).toEqual(bytesOf("00d7"));
  });

  test("decimals, rounded once", () => {
    expect(read({ type: "bytes", logicalType: "decimal", precision: 9, scale: 1 }, "0400d7")).toBe(21.5);
    expect(read({ type: "fixed", name: "d", size: 2, logicalType: "decimal", scale: 2 }, "ff85")).toBe(-1.23);
  });

  test("a block with its size; a record that holds itself", () => {
    expect(read({ type: "array", items: "int" }, "0304020400")).toEqual([1, 2]);
    const list = record(["v", "int"], ["next", ["null", "Reading"]]);
    expect(read(list, "020204" + "00")).toEqual({ v: 1, next: { v: 2, next: null } });
  });
});

describe("what is refused", () => {
  const deep = record(["next", ["null", "Reading"]]);
  test.each<[string, unknown, string, RegExp]>([
    ["nothing", "long", "", /ends inside/],
    ["bytes behind the value", "int", "0202", /1 bytes behind/],
    ["a boolean of 2", "boolean", "02", /boolean of 2/],
    ["an int beyond 32 bits", "int", "feffffffffffffffff01", /no int/],
    ["a long of eleven bytes", "long", "8080808080808080808000", /ten bytes/],
    ["a negative length", "bytes", "01", /length of -1/],
    ["a length beyond the input", "string", "fefffff0", /ends inside/],
    ["text of ill-formed UTF-8", "string", "02ff", /UTF-8/],
    ["a branch that there is not", ["null"], "02", /no branch 1/],
    ["a symbol that there is not", { type: "enum", name: "e", symbols: ["A"] }, "02", /no symbol 1/],
    ["a name twice", { type: "map", values: "null" }, "040261026100", /"a" comes twice/],
    [
      "items of no bytes without end",
      { type: "array", items: "null" },
      "feffffff0f",
      /more than 100000 items/,
    ],
    ["endless nesting", deep, "02".repeat(100), /nested deeper than 64/],
    [
      "a decimal of a hundred bytes",
      { type: "bytes", logicalType: "decimal" },
      "c801" + "00".repeat(100),
      /decimal of 100/,
    ],
  ])("%s", (_, schema, hex, complaint) => expect(faultOf(schema, hex)).toMatch(complaint));

  test.each<[string, unknown, RegExp]>([
    ["a name of no type", "Strange", /s: there is no type "Strange"/],
    ["a union in a union", [["null"]], /none of them a union/],
    ["no union at all", [], /one or more branches/],
    ["a name twice", record(["a", record()]), /"acme.Reading" comes twice/],
    ["no fields", { type: "record", name: "r" }, /no fields/],
    ["no name", { type: "record", fields: [] }, /has a name/],
    ["a size that is none", { type: "fixed", name: "f", size: -1 }, /number of bytes/],
    ["symbols that are none", { type: "enum", name: "e", symbols: [1] }, /symbols of "e"/],
    ["a number", 5, /a type is/],
  ])("a schema of %s", (_, schema, complaint) =>
    expect(() => parseAvroSchema(schema, "s")).toThrow(complaint),
  );
});

test("reads what avsc writes, of any schema", () => {
  const leaf = fc.constantFrom("null", "boolean", "int", "long", "float", "double", "bytes", "string");
  const schema = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ type: fc.constant("array"), items: tie("any") }),
      fc.record({ type: fc.constant("map"), values: tie("any") }),
      fc.array(tie("any"), { maxLength: 3 }).map((types) => ({ type: "record", name: "R", types })),
    ),
  })).any;
  let names = 0;
  const named = (given: unknown): unknown => {
    if (typeof given !== "object" || given === null) return given;
    const { type, items, values, types } = given as Record<string, unknown>;
    if (type === "array") return { type, items: named(items) };
    if (type === "map") return { type, values: named(values) };
    const fields = (types as unknown[]).map((of, index) => ({ name: `f${index}`, type: named(of) }));
    return { type, name: `R${names++}`, fields };
  };
  const plain = (value: unknown): unknown =>
    value instanceof Uint8Array
      ? hexOf(value)
      : Array.isArray(value)
        ? value.map(plain)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
          : value;
  fc.assert(
    fc.property(schema, (given) => {
      const made = named(given);
      const type = avsc.Type.forSchema(made as avsc.Schema);
      const value: unknown = type.random();
      expect(plain(avroReader(parseAvroSchema(made, "s"))(type.toBuffer(value)))).toEqual(
        plain(type.clone(value)),
      );
    }),
    { numRuns: 200 },
  );
});

describe("fingerprints", () => {
  test.each<[unknown, string]>([
    // Apache Avro, share/test/data/schema-tests.txt: CRC-64-AVRO of each schema, as a signed number.
    ["null", "7195948357588979594"],
    ["boolean", "-6970731678124411036"],
  ])("%j", (schema, number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(number));
    expect(avroFingerprint(schema)).toBe(bytes.toString("hex"));
  });

  test("do not depend on how the schema is written", () => {
    const short = {
      type: "record",
      name: "acme.Reading",
      fields: [
        { name: "a", type: "long" },
        { name: "b", type: ["null", "acme.E"] },
      ],
    };
    const long = {
      doc: "x",
      fields: [
        { doc: "y", name: "a", type: { type: "long", logicalType: "timestamp-millis" } },
        { name: "b", default: null, type: [{ type: "null" }, { type: "E" }] },
      ],
      namespace: "acme",
      name: "Reading",
      type: "record",
    };
    expect(avroFingerprint(long)).toBe(avroFingerprint(short));
    expect(avroFingerprint({ ...short, name: "acme.Other" })).not.toBe(avroFingerprint(short));
  });
});

describe("rows", () => {
  const one = record(
    ["at", { type: "long", logicalType: "timestamp-millis" }],
    ["t", "double"],
    ["n", "long"],
  );
  const two = { ...record(["t", "double"]), name: "acme.Other" };
  const profile = (over: Partial<AvroProfile>): AvroProfile =>
    prepareProfile({
      name: "p",
      version: "1",
      description: "d",
      format: "avro",
      time: { path: "at", unit: "ms" },
      sequence: { path: "n" },
      fields: [{ path: "t", unit: "Cel" }],
      schemas: [{ schema: one }],
      ...over,
    }) as AvroProfile;
  const body = avsc.Type.forSchema(one as avsc.Schema).toBuffer({ at: received / 1_000, t: 21.5, n: 7 });
  const expected = [{ metric: "t", valueDouble: 21.5, unit: "Cel", ts: received, seq: 7 }];
  const decode = (given: AvroProfile, ...parts: readonly (string | Uint8Array)[]) =>
    decodeWith(given, [
      message(
        Uint8Array.from(
          Buffer.concat(parts.map((part) => (typeof part === "string" ? bytesOf(part) : part))),
        ),
      ),
    ]);

  test("of a message without framing, by fingerprint, by the id in a registry", () => {
    expect(decode(profile({}), body).readings).toMatchObject(expected);
    const bySchema = profile({ framing: "single-object", schemas: [{ schema: two }, { schema: one }] });
    expect(decode(bySchema, "c301", avroFingerprint(one), body).readings).toMatchObject(expected);
    const byId = profile({
      framing: "confluent",
      schemas: [
        { schema: two, id: 1 },
        { schema: one, id: 258 },
      ],
    });
    expect(decode(byId, "0000000102", body).readings).toMatchObject(expected);
    expect(decode(byId, "0000000103", body).quarantined).toMatchObject([{ reason: "unknown-type" }]);
    expect(decode(byId, "01").quarantined).toMatchObject([{ reason: "not-well-formed" }]);
  });

  test("a prepared profile is prepared, and holds nothing but data", () => {
    const prepared = profile({});
    expect(prepareProfile(JSON.parse(JSON.stringify(prepared)) as AvroProfile)).toEqual(prepared);
  });

  test.each<[string, Partial<AvroProfile>, RegExp]>([
    ["no record", { schemas: [{ schema: "int" }] }, /a message is a record, not int/],
    [
      "two without framing",
      { schemas: [{ schema: one }, { schema: two }] },
      /schemas\[1\]: nothing in a message/,
    ],
    ["no id", { framing: "confluent" }, /id is missing/],
    ["a schema that is none", { schemas: [{ schema: {} }] }, /profile "p": schemas\[0\]/],
  ])("%s: refused when the profile is checked", (_, over, complaint) =>
    expect(() => profile(over)).toThrow(complaint),
  );
});
