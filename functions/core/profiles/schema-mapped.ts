/** Schemas of profiles whose messages have names, and are mapped to metrics by them. */

import { z } from "zod";
import { protobufScalars } from "../formats/protobuf-types.ts";
import { fPorts } from "../formats/ts013-uplink.ts";
import { common, metric, number, path, timeUnit, unit } from "./schema-common.ts";

const mappedField = z.strictObject({
  path,
  metric: metric.optional(),
  unit: unit.optional(),
  type: z.enum(["double", "int", "bool", "text", "bytes"]).optional(),
  scale: number.optional(),
  offset: number.optional(),
  none: z.union([number, z.string(), z.array(z.union([number, z.string()])).max(16)]).optional(),
  required: z.boolean().optional(),
});

const mapping = {
  time: z
    .strictObject({
      path,
      and: path.optional(),
      unit: z.union([timeUnit, z.literal("iso"), z.literal("pattern")]),
      pattern: z.string().max(100).optional(),
      zone: z.string().max(6).optional(),
    })
    .optional(),
  sequence: z.strictObject({ path }).optional(),
  device: z.strictObject({ path, other: z.enum(["sub-device", "quarantine"]) }).optional(),
  samples: path.optional(),
  fields: z.array(mappedField).max(1_000),
  others: z.enum(["ignore", "readings"]).optional(),
};

const decimal = z.enum([".", ","]);
const encoding = z.enum(["utf-8", "windows-1252"]);

const fileRule = z
  .discriminatedUnion("format", [
    z.strictObject({ format: z.literal("xml"), record: path.optional(), decimal: decimal.optional() }),
    z.strictObject({
      format: z.literal("ini"),
      record: z.string().min(1).max(255).optional(),
      ...{ decimal: decimal.optional(), encoding: encoding.optional() },
    }),
  ])
  .describe("What the device's files are, where they are not what it sends");

export const texts = z
  .strictObject({
    ...common,
    format: z.enum(["json", "ndjson"]),
    ...mapping,
    file: fileRule.optional(),
  })
  .refine(({ file, samples }) => file === undefined || !samples?.startsWith("above."), {
    path: ["samples"],
    message: "allowed: a path within the record; what precedes the records of a file is no array",
  })
  .refine(
    ({ file, fields }) => file === undefined || !fields.some(({ path: of }) => /^above\..*\[/.test(of)),
    {
      path: ["fields"],
      message:
        "allowed: paths that begin with `above.` without places; of what precedes the records one value is kept",
    },
  );

export const documents = z.strictObject({
  ...common,
  format: z.enum(["cbor", "messagepack"]),
  ...mapping,
});

export const csv = z.strictObject({
  ...common,
  format: z.literal("csv"),
  ...mapping,
  delimiter: z.enum([",", ";", "\t", "|"]).optional(),
  columns: z.array(z.string().min(1).max(255)).min(1).max(4_096).optional(),
  header: z.boolean().optional(),
  skip: z.int().min(0).max(1_000).optional(),
  comment: z.string().min(1).max(8).optional(),
  decimal: decimal.optional(),
  encoding: encoding.optional(),
});

export const avro = z.strictObject({
  ...common,
  format: z.literal("avro"),
  ...mapping,
  framing: z.enum(["none", "single-object", "confluent"]).optional(),
  schemas: z
    .array(
      z.union([
        z.strictObject({ id: z.int().min(0).max(0xffff_ffff).optional(), schema: z.json() }),
        // As `prepareProfile` makes it of the former.
        z.strictObject({
          key: z.string().regex(/^[0-9a-f]{0,16}$/),
          type: z.looseObject({ kind: z.string() }),
        }),
      ]),
    )
    .min(1)
    .max(64),
});

export const ts013 = z.strictObject({
  ...common,
  format: z.literal("ts013"),
  ...mapping,
  codec: z
    .union([
      z.string().min(1).max(255),
      // As reading the profile's folder makes it of the former.
      z.strictObject({ code: z.string().min(1).max(524_288), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    ])
    .describe("The codec's file, beside profile.json"),
  fPort: z.int().min(fPorts.least).max(fPorts.most).optional(),
  uplink: z
    .strictObject({
      bytes: path,
      encoding: z.enum(["base64", "hex"]).optional(),
      fPort: path.optional(),
      time: path.optional(),
      device: path.optional(),
      sequence: path.optional(),
    })
    .optional(),
});

const typeName = z
  .string()
  .max(500)
  .regex(/^\w+(\.\w+)*$/, "allowed: the full name of a type, for example acme.Reading");
const protobufField = z.strictObject({
  number: z.int().min(1).max(536_870_911),
  name: z.string().regex(/^\w{1,255}$/),
  type: z.enum([...protobufScalars, "message", "group", "enum"]),
  of: typeName.optional(),
  label: z.enum(["optional", "required", "repeated", "map"]).optional(),
  oneof: z.int().min(0).optional(),
});
export const protobuf = z.strictObject({
  ...common,
  format: z.literal("protobuf"),
  ...mapping,
  descriptor: z.union([
    z.strictObject({ file: z.string().min(1).max(255), message: typeName }),
    z.strictObject({
      message: typeName,
      messages: z.record(typeName, z.array(protobufField).max(1_000)),
      enums: z.record(typeName, z.record(z.string().regex(/^-?\d{1,10}$/), z.string())),
    }),
  ]),
});
