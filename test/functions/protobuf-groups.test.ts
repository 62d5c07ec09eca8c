/** Groups: messages between two tags, of proto2 and of editions; what protobufjs writes, and what nobody should. */

import { describe, expect, test } from "@jest/globals";
import protobuf from "protobufjs";
import { toFault } from "../../functions/core/fault.ts";
import { protobufReader } from "../../functions/core/formats/protobuf-read.ts";
import { typesOfProto } from "../../profiles/descriptor.ts";
import { bytesOf } from "./support.ts";

const proto = `syntax = "proto2"; package acme;
  message Reading {
    required double t = 1;
    optional group Place = 2 { optional int32 x = 1; optional int32 y = 2; optional group Inner = 536870911 { required bool on = 1; } }
    repeated group Part = 3 { required string name = 1; }
    required group Code = 5 { required uint32 number = 1; }
    optional int32 last = 6;
  }`;
const read = protobufReader(typesOfProto(proto, "acme.Reading", () => undefined));
const type = protobuf.parse(proto, { keepCase: true }).root.resolveAll().lookupType("acme.Reading");
const encode = (value: object): Uint8Array => type.encode(type.fromObject(value)).finish();
const faultOf = (bytes: Uint8Array): string => {
  try {
    read(bytes);
  } catch (thrown) {
    return toFault(thrown).detail;
  }
  return "";
};

describe("groups", () => {
  test("are read as messages are: alone, within one another, many", () => {
    const value = {
      t: 21.5,
      place: { x: 3, y: -1, inner: { on: true } },
      part: [{ name: "a" }, { name: "b" }],
      code: { number: 7 },
      last: 5,
    };
    const bytes = encode(value);
    // Field 2 begins with wire type 3 and ends with 4: these are groups, not messages.
    expect(bytes[9]).toBe((2 << 3) | 3);
    expect(read(bytes)).toMatchObject(value);
  });

  test("in pieces are the sum of them", () => {
    const one = encode({ t: 1, place: { x: 3 }, code: { number: 7 } });
    const other = encode({ t: 2, place: { y: 4 }, code: { number: 7 } });
    expect(read(Uint8Array.of(...one, ...other))).toMatchObject({ t: 2, place: { x: 3, y: 4 } });
  });

  test.each<[string, string, RegExp]>([
    ["without an end", "13 0803", /varint|ends inside/],
    ["that ends as another one", "13 0803 1c", /wire type 4/],
    ["that lacks what is required", "1b 1c", /acme.Reading.Part has no name/],
    ["within one another without end", "13".repeat(100), /ends inside|varint|nested/],
  ])("%s are refused", (_, hex, complaint) =>
    expect(faultOf(bytesOf(`090000000000000000 ${hex}`))).toMatch(complaint),
  );

  test("sent as messages are not known", () => {
    const { place } = read(bytesOf("090000000000000000 12020803 2b08072c")) as { place?: unknown };
    expect(place).toBeUndefined();
  });
});
