import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import { protobufReader } from "../../functions/core/formats/protobuf-read.ts";
import { typesOfDescriptorSet, typesOfProto } from "../../profiles/descriptor.ts";
import { readProfiles } from "../../profiles/read.ts";
import { encode, more, proto, read, root } from "./protobuf-support.ts";
import { bytesOf, decodeWith, message, received } from "./support.ts";

describe("descriptors", () => {
  test("a descriptor set says the same as the text it was made of", () => {
    const set = (root as unknown as { toDescriptor(edition: string): protobuf.Message }).toDescriptor(
      "proto3",
    );
    const bytes = descriptor.FileDescriptorSet.encode(set).finish();
    const ofSet = typesOfDescriptorSet(bytes, "acme.Reading");
    const value = encode({
      at: { seconds: 5 },
      parts: { a: { v: 3 } },
      list: [1],
      state: 1,
      maybe: 0,
      wide: -3,
    });
    expect(protobufReader(ofSet)(value)).toEqual(read(value));
    expect(protobufReader(ofSet)(new Uint8Array(0))).toMatchObject({ t: 0, list: [], state: "OFF" });
    const both = Uint8Array.of(...encode({ id: "5" }), ...encode({ name: "x" }));
    expect(protobufReader(ofSet)(both)).toMatchObject({ name: "x", id: undefined });
  });

  test("of several names of a number, the first", () => {
    const aliases = "enum E { option allow_alias = true; OFF = 0; ON = 1; STARTED = 1; }";
    const text = `syntax = "proto3"; ${aliases} message M { E e = 1; }`;
    expect(typesOfProto(text, "M", () => undefined).enums).toEqual({ E: { 0: "OFF", 1: "ON" } });
  });

  test("a message that an edition has as a group is one", () => {
    // A set of one file of edition 2023: message M { M m = 1 [features.message_encoding = DELIMITED]; }
    const field = "0a016d 1801 2001 280b 32022e4d 4205 aa01 02 2802".replaceAll(" ", "");
    const lengthOf = (hex: string): string => (hex.length / 2).toString(16).padStart(2, "0");
    const type = `0a014d12${lengthOf(field)}${field}`;
    const file = `22${lengthOf(type)}${type}620865646974696f6e73`;
    const fieldsOf = (edited: string): unknown =>
      typesOfDescriptorSet(bytesOf(`0a${lengthOf(edited)}${edited}`), "M").messages["M"];
    expect(fieldsOf(file)).toMatchObject([{ name: "m", type: "group", of: "M" }]);
    expect(fieldsOf(file.replace("aa01022802", "aa01022801"))).toMatchObject([
      { name: "m", type: "message", of: "M" },
    ]);
  });

  test("maps are never groups, nor what is in them", () => {
    const text = `edition = "2023"; option features.message_encoding = DELIMITED;
      message M { map<string, M> of = 1; M m = 2; double t = 3; }`;
    const edition = protobuf.parse(text, { keepCase: true }).root.resolveAll();
    const types = typesOfProto(text, "M", () => undefined);
    const set = (edition as unknown as { toDescriptor(edition: string): protobuf.Message }).toDescriptor(
      "2023",
    );
    const ofSet = typesOfDescriptorSet(descriptor.FileDescriptorSet.encode(set).finish(), "M");
    for (const { messages } of [types, ofSet]) {
      const typeOf = (message: string, field: string) =>
        messages[message]!.find(({ name }) => name === field)?.type;
      expect([typeOf("M", "of"), typeOf("M", "m"), typeOf("M", "t")]).toEqual(["message", "group", "double"]);
      expect(typeOf(messages["M"]!.find(({ name }) => name === "of")!.of!, "value")).toBe("message");
    }
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "an import that is not there",
      () => typesOfProto('import "x.proto";', "M", () => undefined),
      /imports "x.proto"/,
    ],
    ["no proto", () => typesOfProto("<xml/>", "M", () => undefined), /illegal/],
    [
      "a type that there is not",
      () => typesOfProto('syntax = "proto3"; message A {}', "B", () => undefined),
      /B/,
    ],
    [
      "a set without the type",
      () => protobufReader(typesOfDescriptorSet(new Uint8Array(0), "B")),
      /no message "B"/,
    ],
  ])("%s is refused", (_, make, complaint) => expect(make).toThrow(complaint));
});

describe("profiles with files beside them", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "profiles-"));
    const put = async (family: string, files: Readonly<Record<string, string>>) => {
      await mkdir(join(folder, family));
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, family, name), text);
    };
    const common = { version: "1", description: "d", fields: [{ path: "t", unit: "Cel" }] };
    const proto3 = (file: string) =>
      JSON.stringify({
        ...common,
        name: "proto",
        format: "protobuf",
        time: { path: "at", unit: "s" },
        descriptor: { file, message: "acme.Reading" },
      });
    await put("proto", {
      "profile.json": proto3("reading.proto"),
      "reading.proto": proto,
      "more.proto": more,
    });
    await put("outside", { "profile.json": proto3("../proto/reading.proto") });
    await put("missing", { "profile.json": proto3("no.proto") });
    const schema = { type: "record", name: "R", fields: [{ name: "t", type: "double" }] };
    await put("avro", {
      "profile.json": JSON.stringify({
        ...common,
        name: "avro",
        format: "avro",
        schemas: [{ schema: { file: "r.avsc" } }],
      }),
      "r.avsc": JSON.stringify(schema),
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("are whole once they are read", async () => {
    const [withProto, withAvro] = await readProfiles(["proto", "avro"], [], folder);
    const sent = message(encode({ at: { seconds: received / 1e6 }, t: 21.5 }));
    expect(decodeWith(withProto!, [sent]).readings).toMatchObject([
      { metric: "t", valueDouble: 21.5, ts: received, flags: 0 },
    ]);
    const { readings } = decodeWith(withAvro!, [message(bytesOf("0000000000803540"))]);
    expect(readings).toMatchObject([{ metric: "t", valueDouble: 21.5 }]);
  });

  test("name files of their own folder that are there", async () => {
    await expect(readProfiles(["outside"], [], folder)).rejects.toThrow(/lies outside the profile's folder/);
    await expect(readProfiles(["missing"], [], folder)).rejects.toThrow(/no.proto can't be read/);
  });
});
