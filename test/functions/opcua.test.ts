import { describe, expect, test } from "@jest/globals";
import { readOpcUaJson } from "../../functions/core/formats/opcua-json-read.ts";
import * as Flag from "../../functions/core/flags.ts";
import type { OpcUaProfile } from "../../functions/core/profiles/profile.ts";
import { decodeWith, json, message, received, utf8 } from "./support.ts";

const read = (value: unknown) =>
  readOpcUaJson(utf8(typeof value === "string" ? value : JSON.stringify(value)));
const fieldsOf = (payload: unknown, over: object = {}) =>
  read({ MessageType: "ua-data", Messages: [{ DataSetWriterId: 1, Payload: payload, ...over }] })[0]!
    .dataSets[0]!.fields;

describe("fields of a data set", () => {
  test("a bare value, one with its type, one with status and times", () => {
    expect(fieldsOf({ a: 1.5 })).toMatchObject([{ name: "a", value: 1.5, statusCode: 0, type: null }]);
    expect(fieldsOf({ a: { Type: 8, Body: "9007199254740993" } })).toMatchObject([
      { value: "9007199254740993", type: 8 },
    ]);
    const given = {
      Value: { Type: 11, Body: 2 },
      StatusCode: { Code: 0x40000000, Symbol: "Uncertain" },
      SourceTimestamp: "2023-03-18T12:55:21.3423234Z",
      SourcePicoseconds: 9_999,
      ServerTimestamp: "0001-01-01T00:00:00Z",
    };
    expect(fieldsOf({ a: given })).toMatchObject([
      {
        value: 2,
        type: 11,
        statusCode: 0x40000000,
        sourceTime: { micros: Date.parse("2023-03-18T12:55:21Z") * 1_000 + 342_323, nanoseconds: 499 },
        serverTime: null,
      },
    ]);
    expect(fieldsOf({ a: { StatusCode: 2150694912 } })).toMatchObject([
      { value: undefined, statusCode: 2150694912 },
    ]);
    expect(fieldsOf({ a: { x: 1 } })).toMatchObject([{ value: { x: 1 } }]);
    expect(fieldsOf({ a: null, b: [1, 2] })).toMatchObject([{ value: null }, { value: [1, 2] }]);
  });

  test("take the status of their data set where they have none", () => {
    expect(fieldsOf({ a: 1, b: { Value: 2, StatusCode: 0 } }, { Status: 0x80000000 })).toMatchObject([
      { statusCode: 0x80000000 },
      { statusCode: 0 },
    ]);
  });
});

describe("messages", () => {
  test("network messages, data sets without one, and monitored items, alone and in arrays", () => {
    const set = {
      DataSetWriterName: "w",
      MessageType: "ua-deltaframe",
      SequenceNumber: 5,
      Payload: { a: 1 },
    };
    const item = { NodeId: "ns=2;s=a", ApplicationUri: "urn:x", Value: { Value: 1 }, SequenceNumber: 3 };
    const network = { MessageType: "ua-data", PublisherId: 7, Messages: set };
    expect(read(network)).toMatchObject([
      { publisherId: "7", dataSets: [{ writer: "w", sequence: 5, messageType: "ua-deltaframe" }] },
    ]);
    expect(read(set)).toMatchObject([{ publisherId: null, isSamples: false, dataSets: [{ writer: "w" }] }]);
    expect(read([item, item, network, set])).toMatchObject([
      {
        isSamples: true,
        dataSets: [{ source: "urn:x", sequence: 3, fields: [{ name: "ns=2;s=a", value: 1 }] }, {}],
      },
      { publisherId: "7" },
      { isSamples: false },
    ]);
    expect(
      read({ NodeId: "i=1", DisplayName: "Pump", Value: 5, SourceTimestamp: "2023-03-18T12:55:21Z" }),
    ).toMatchObject([
      { dataSets: [{ fields: [{ name: "Pump", value: 5, sourceTime: { nanoseconds: null } }] }] },
    ]);
  });

  test("of metadata and without data have no data sets", () => {
    expect(read({ MessageType: "ua-metadata", PublisherId: "p", MetaData: {} })).toMatchObject([
      { dataSets: [] },
    ]);
    expect(read([])).toEqual([]);
  });

  test("integers keep their digits", () => {
    expect(read('{"Payload":{"a":18446744073709551615}}')[0]!.dataSets[0]!.fields[0]!.value).toBe(
      2n ** 64n - 1n,
    );
  });

  test.each<[string, unknown, RegExp]>([
    ["no JSON", "{", /JSON/],
    ["a number", 5, /no object/],
    ["an object of something else", { temperature: 5 }, /no OPC UA message/],
    ["a payload that is no object", { Payload: 5 }, /Payload is no object/],
    ["a time that is none", { Payload: {}, Timestamp: "yesterday" }, /time "yesterday"/],
    ["a status beyond 32 bits", { Payload: { a: { StatusCode: 2 ** 32 } } }, /32 bits/],
    ["a writer that is a list", { Payload: {}, DataSetWriterId: [] }, /DataSetWriterId/],
    ["a name twice", '{"Payload":{"a":1,"a":2}}', /"a" comes twice/],
  ])("%s is refused", (_, value, complaint) =>
    expect(() => read(value)).toThrow(expect.objectContaining({ detail: expect.stringMatching(complaint) })),
  );
});

describe("rows", () => {
  const profile: OpcUaProfile = {
    name: "plc",
    version: "1",
    description: "d",
    format: "opcua-json",
    rename: { "nsu=x;s=T1": "oven_temperature" },
    units: { "nsu=x;s=T1": "Cel" },
  };
  const decode = (value: unknown) => decodeWith(profile, [message(json(value))]);
  const set = (payload: object, over: object = {}) =>
    decode({ Messages: [{ DataSetWriterName: "press", SequenceNumber: 5, Payload: payload, ...over }] });

  test("of a data set: writer, sequence, 100 ns, units and names of the profile", () => {
    const time = "2023-11-14T22:13:20.0000014Z";
    const { readings, quarantined } = set(
      { "nsu=x;s=T1": { Value: 21.5, SourceTimestamp: time }, "i=2258": { Value: 3 } },
      { Timestamp: "2023-11-14T22:13:20Z" },
    );
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      {
        metric: "oven_temperature",
        valueDouble: 21.5,
        unit: "Cel",
        ts: received + 1,
        tsNs: 400,
        subDevice: "press",
        seq: 5,
        flags: 0,
      },
      { metric: "node_2258", valueDouble: 3, ts: received, tsNs: null },
    ]);
  });

  test("quality by status; a bad value is none, a limited one is flagged", () => {
    const { readings } = set({
      good: { Value: 1 },
      uncertain: { Value: 2, StatusCode: 0x40000000 },
      bad: { Value: 3, StatusCode: 0x80000000 },
      limited: { Value: 4, StatusCode: 0x00000600 },
    });
    expect(
      readings.map(({ quality, valueDouble, flags }) => [quality, valueDouble, flags & ~Flag.tsFromIngest]),
    ).toEqual([
      [0, 1, 0],
      [1, 2, 0],
      [2, null, 0],
      [0, 4, Flag.saturated],
    ]);
  });

  test("values by their type", () => {
    const typed = (Type: number, Body: unknown) => ({ Type, Body });
    const { readings, quarantined } = set({
      a: typed(8, "9223372036854775807"),
      b: typed(6, 5),
      c: typed(11, "NaN"),
      d: typed(15, "AQI="),
      e: typed(12, "x"),
      f: typed(1, true),
      g: typed(21, { Locale: "en", Text: "hello" }),
      h: typed(6, [1, 2]),
      i: { x: { y: 1.5 } },
      j: null,
    });
    expect(quarantined).toEqual([]);
    expect(
      readings.map((row) => [
        row.metric,
        row.valueInt ?? row.valueDouble ?? row.valueBool ?? row.valueText ?? row.valueBytes,
      ]),
    ).toEqual([
      ["a", 2n ** 63n - 1n],
      ["b", 5],
      ["c", null],
      ["d", Uint8Array.of(1, 2)],
      ["e", "x"],
      ["f", true],
      ["g", "hello"],
      ["h_0", 1],
      ["h_1", 2],
      ["i_x_y", 1.5],
      ["j", null],
    ]);
    expect(readings[2]).toMatchObject({ quality: 2, flags: Flag.notANumber | Flag.tsFromIngest });
  });

  test("values by the name of their type, as OPC Publisher writes them", () => {
    const typed = (Type: string, Body: unknown) => ({ Type, Body });
    const { readings, quarantined } = set({
      a: typed("Int64", "9223372036854775807"),
      b: typed("Float", "Infinity"),
      c: typed("ByteString", "AQI="),
      d: typed("LocalizedText", { Locale: "en", Text: "hello" }),
      e: typed("DateTime", "2022-03-18T13:06:30Z"),
      f: typed("UInt16", 7),
      g: typed("Enumeration", 1),
    });
    expect(quarantined).toEqual([]);
    expect(
      readings.map(
        (row) => row.valueInt ?? row.valueDouble ?? row.valueText ?? row.valueBytes ?? row.quality,
      ),
    ).toEqual([2n ** 63n - 1n, 2, Uint8Array.of(1, 2), "hello", "2022-03-18T13:06:30Z", 7, 1]);
    expect(set({ a: typed("Int32", "x") }).quarantined).toMatchObject([{ reason: "schema" }]);
  });

  test("a value that its type does not have costs no other one; nor does a name that makes no metric", () => {
    const { readings, quarantined } = set({ a: { Type: 6, Body: "x" }, 温: 1, good: 1 });
    expect(readings).toMatchObject([{ metric: "good" }]);
    expect(quarantined).toMatchObject([
      { reason: "schema", detail: expect.stringMatching(/a is "x", its type is 6; .*makes no metric/) },
    ]);
  });

  test("keep-alives are nothing to be kept, and no fault", () => {
    expect(decode({ Messages: [{ MessageType: "ua-keepalive", SequenceNumber: 1 }] })).toMatchObject({
      readings: [],
      quarantined: [],
    });
  });

  test("monitored items are of their server", () => {
    const item = {
      NodeId: "nsu=x;s=T1",
      EndpointUrl: "opc.tcp://plc:50000/",
      Value: { Value: 1, SourceTimestamp: "2023-11-14T22:13:20Z" },
    };
    expect(decode([item]).readings).toMatchObject([
      { metric: "oven_temperature", subDevice: "opc.tcp://plc:50000/", ts: received },
    ]);
  });
});
