/** What `fieldlake profile new` starts with: a profile of each format, with payloads that it reads and one that it refuses. */

import type { Profile } from "../functions/core/profiles/profile.ts";
import { ts013Template } from "./template-ts013.ts";

type Format = Profile["format"];

export interface TemplateVector {
  readonly name: string;
  readonly payloadText?: string;
  readonly payloadHex?: string;
  readonly channel?: string;
  readonly before?: readonly { readonly channel?: string; readonly payloadHex: string }[];
}

export interface ProfileTemplate {
  /** What the format is for, in one line. */
  readonly about: string;
  /** The profile without name, version, description and format. */
  readonly profile: Readonly<Record<string, unknown>>;
  /** Files beside profile.json. */
  readonly files?: Readonly<Record<string, string>>;
  readonly vectors: readonly TemplateVector[];
}

const mapping = {
  time: { path: "ts", unit: "ms" },
  sequence: { path: "seq" },
  fields: [
    { path: "temperature", unit: "Cel" },
    { path: "running", type: "bool" },
  ],
};
const record = '{"ts":1732530000000,"seq":1,"temperature":21.5,"running":true}';
export const profileTemplates: Readonly<Record<Format, ProfileTemplate>> = {
  json: {
    about: "one JSON object a message",
    profile: mapping,
    vectors: [
      { name: "a running machine", payloadText: record },
      { name: "without a clock: at arrival", payloadText: '{"temperature":21.5}' },
      { name: "no JSON", payloadText: "temperature=21.5" },
    ],
  },
  ndjson: {
    about: "several JSON objects a message, one a line",
    profile: mapping,
    vectors: [
      { name: "two lines", payloadText: `${record}\n${record.replace('"seq":1', '"seq":2')}` },
      { name: "one of them broken: the other one is kept", payloadText: `${record}\n{` },
      { name: "no JSON", payloadText: "temperature=21.5" },
    ],
  },
  cbor: {
    about: "one CBOR map a message (RFC 8949)",
    profile: mapping,
    vectors: [
      {
        name: "a running machine",
        payloadHex: "a46274731b0000019362d5d08063736571016b74656d7065726174757265f94d606772756e6e696e67f5",
      },
      { name: "a map with the same name twice", payloadHex: "a2617401617402" },
      { name: "cut short", payloadHex: "a46274731b00" },
    ],
  },
  messagepack: {
    about: "one MessagePack map a message",
    profile: mapping,
    vectors: [
      {
        name: "a running machine",
        payloadHex:
          "de0004a27473cb4279362d5d080000a373657101ab74656d7065726174757265cb4035800000000000a772756e6e696e67c3",
      },
      { name: "without a clock: at arrival", payloadHex: "81ab74656d7065726174757265ca41ac0000" },
      { name: "cut short", payloadHex: "84a27473cf00" },
    ],
  },
  csv: {
    about: "comma-separated values: log files, or lines in messages",
    profile: {
      time: { path: "time", unit: "iso" },
      fields: [
        { path: "temperature", unit: "Cel", none: -999 },
        { path: "running", type: "bool" },
      ],
    },
    vectors: [
      {
        name: "two lines",
        payloadText: "time,temperature,running\n2024-11-25T10:20:00Z,21.5,1\n2024-11-25T10:21:00Z,-999,0\n",
      },
      {
        name: "a line that does not fit: the other one is kept",
        payloadText: "time,temperature,running\n2024-11-25T10:20:00Z,21.5,1\n1,2\n",
      },
      { name: "not even a line of names", payloadText: "\n" },
    ],
  },
  avro: {
    about: "Avro records by the schema of their writer",
    profile: {
      time: { path: "ts", unit: "ms" },
      fields: [{ path: "temperature", unit: "Cel" }],
      schemas: [{ schema: { file: "reading.avsc" } }],
    },
    files: {
      "reading.avsc": `${JSON.stringify(
        {
          type: "record",
          name: "Reading",
          namespace: "acme",
          fields: [
            { name: "ts", type: { type: "long", logicalType: "timestamp-millis" } },
            { name: "temperature", type: "double" },
          ],
        },
        null,
        2,
      )}\n`,
    },
    vectors: [
      { name: "a reading", payloadHex: "80c2aeadec640000000000803540" },
      { name: "cut short", payloadHex: "80c2aeadec64" },
      { name: "bytes behind the record", payloadHex: "80c2aeadec64000000000080354000" },
    ],
  },
  protobuf: {
    about: "protobuf messages of a type of your own",
    profile: {
      time: { path: "time", unit: "ms" },
      fields: [{ path: "temperature", unit: "Cel" }],
      descriptor: { file: "reading.proto", message: "acme.Reading" },
    },
    files: {
      "reading.proto": `syntax = "proto3";
package acme;

message Reading {
  // Milliseconds since 1970.
  uint64 time = 1;
  double temperature = 2;
}
`,
    },
    vectors: [
      { name: "a reading", payloadHex: "0880a1d796b632110000000000803540" },
      { name: "nothing sent is zero, at arrival: the clock is unset", payloadHex: "1802" },
      { name: "cut short", payloadHex: "0880a1d796b6321100" },
    ],
  },
  "senml-json": {
    about: "SenML in JSON (RFC 8428)",
    profile: {},
    vectors: [
      {
        name: "two quantities",
        payloadText:
          '[{"bt":1732530000,"n":"temperature","u":"Cel","v":21.5},{"n":"humidity","u":"%RH","v":40}]',
      },
      { name: "ten seconds before sending", payloadText: '[{"n":"temperature","u":"Cel","v":21.5,"t":-10}]' },
      { name: "a version that is not understood", payloadText: '[{"bver":11,"n":"temperature","v":1}]' },
    ],
  },
  "senml-cbor": {
    about: "SenML in CBOR (RFC 8428)",
    profile: {},
    vectors: [
      { name: "a quantity", payloadHex: "81a4221a67444f50006b74656d7065726174757265016343656c02f94d60" },
      { name: "without a name", payloadHex: "81a10201" },
      { name: "cut short", payloadHex: "81a4" },
    ],
  },
  "cayenne-lpp": {
    about: "Cayenne Low Power Payload",
    profile: { rename: { "3": "soil_temperature" } },
    vectors: [
      { name: "two temperatures", payloadHex: "03670110056700ff" },
      { name: "below zero", payloadHex: "0167ffd7" },
      { name: "an unknown type", payloadHex: "03ff00" },
    ],
  },
  "sparkplug-b": {
    about: "Sparkplug B of an edge node; births, data and deaths on telemetry/NBIRTH, telemetry/NDATA, …",
    profile: { rename: { "Motor/Speed": "speed" }, units: { "Motor/Speed": "1/min" } },
    vectors: [
      {
        name: "a birth",
        channel: "telemetry/NBIRTH",
        payloadHex:
          "0880a1d796b632120b0a05626453657120085803121a0a0b4d6f746f722f53706565641007200a690000000000408f401800",
      },
      {
        name: "data by alias, behind the birth",
        channel: "telemetry/NDATA",
        before: [
          {
            channel: "telemetry/NBIRTH",
            payloadHex:
              "0880a1d796b632120b0a05626453657120085803121a0a0b4d6f746f722f53706565641007200a690000000000408f401800",
          },
        ],
        payloadHex: "08e8a8d796b632120b1007690000000000c08e401801",
      },
      {
        name: "data without a birth",
        channel: "telemetry/NDATA",
        payloadHex: "08e8a8d796b632120b1007690000000000c08e401801",
      },
    ],
  },
  "opcua-json": {
    about: "OPC UA PubSub in JSON",
    profile: {
      rename: { "nsu=urn:acme;s=Oven.T1": "oven_temperature" },
      units: { "nsu=urn:acme;s=Oven.T1": "Cel" },
    },
    vectors: [
      {
        name: "a data set, one of its values bad",
        payloadText:
          '{"MessageType":"ua-data","PublisherId":"p","Messages":[{"DataSetWriterName":"press","SequenceNumber":5,"Timestamp":"2024-11-25T10:20:00.1234567Z","Payload":{"nsu=urn:acme;s=Oven.T1":{"Value":21.5},"Speed":{"StatusCode":{"Code":2150694912,"Symbol":"BadNoCommunication"}}}}]}',
      },
      {
        name: "a keep-alive is nothing to be kept",
        payloadText:
          '{"MessageType":"ua-data","Messages":[{"MessageType":"ua-keepalive","SequenceNumber":6}]}',
      },
      { name: "an object of something else", payloadText: '{"temperature":21.5}' },
    ],
  },
  kura: {
    about: "Eclipse Kura payloads, compressed or not",
    profile: { units: { temperature: "Cel" } },
    vectors: [
      {
        name: "a metric",
        payloadHex: "0880a1d796b632c2b802180a0b74656d70657261747572651000190000000000803540",
      },
      { name: "a metric of no known type", payloadHex: "c2b802050a01781009" },
      { name: "no gzip", payloadHex: "1f8b00" },
    ],
  },
  "modbus-registers": {
    about: "blocks of Modbus registers that a gateway forwards",
    profile: {
      firstRegister: 40001,
      registerCount: 4,
      wordOrder: "little",
      registers: [
        { name: "voltage", register: 40001, type: "uint16", scale: 0.1, unit: "V" },
        { name: "state", register: 40002, type: "uint16", enum: { "0": "stopped", "1": "running" } },
        { name: "power", register: 40003, type: "float32", unit: "W" },
      ],
    },
    vectors: [
      { name: "a running machine", payloadHex: "08fd0001000041ac" },
      { name: "a state without a label: the other values are kept", payloadHex: "08fd0007000041ac" },
      { name: "a block of another length", payloadHex: "08fd" },
    ],
  },
  "raw-binary": {
    about: "frames of bytes by a layout of your own",
    profile: {
      layout: {
        endian: "big",
        length: 8,
        match: [{ at: 0, hex: "a1" }],
        fields: [
          { name: "battery_low", at: 1, type: "u8", bits: [7, 1] },
          { name: "sequence", at: 1, type: "u8", bits: [0, 7], role: "sequence" },
          { name: "time", at: 2, type: "u32", role: "time", timeUnit: "s" },
          { name: "temperature", at: 6, type: "i16", scale: 0.1, unit: "Cel", none: -32768 },
        ],
      },
    },
    vectors: [
      { name: "a reading", payloadHex: "a10167444f5000d7" },
      { name: "no reading, and the battery low", payloadHex: "a18267444f508000" },
      { name: "another first byte", payloadHex: "a20167444f5000d7" },
    ],
  },
  ts013: ts013Template,
};
