import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readCsvRecords } from "../../functions/core/formats/csv-read.ts";
import * as Flag from "../../functions/core/flags.ts";
import type { CsvProfile } from "../../functions/core/profiles/profile.ts";
import { decodeWith, message, received } from "./support.ts";

const cells = (text: string, delimiter = ",", comment: string | null = null) =>
  [...readCsvRecords(text, delimiter, comment)].map((record) => record.cells);

describe("records (RFC 4180)", () => {
  test.each<[string, string, string[][]]>([
    [
      "lines of either end, the last without one",
      "a,b\r\n1,2\n3,4",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    [
      "empty cells",
      ",\n,,",
      [
        ["", ""],
        ["", "", ""],
      ],
    ],
    ["quotes, with all that may be in them", '"a,""b""\r\nc",d\n', [['a,"b"\r\nc', "d"]]],
    ["quotes inside a bare cell", 'a"b,c\n', [['a"b', "c"]]],
    ["empty lines are no records, an empty quoted cell is no record either", '\n\r\n""\n', []],
    ["nothing", "", []],
  ])("%s", (_, text, expected) => expect(cells(text)).toEqual(expected));

  test("comments, other delimiters, and the line of each record", () => {
    expect(cells("#x\n1;2\n# y,z\n", ";", "#")).toEqual([["1", "2"]]);
    expect([...readCsvRecords('"a\nb",1\nc,2', ",", null)].map(({ line }) => line)).toEqual([1, 3]);
  });

  test.each([
    ["a quote that is not closed", 'a,"b\nc', /line 1: a quoted cell is not closed/],
    ["a cell that goes on behind its quote", 'a\n"b"c,d', /line 2: .*behind its closing quote/],
  ])("%s is refused", (_, text, complaint) => {
    expect(() => cells(text)).toThrow(expect.objectContaining({ detail: expect.stringMatching(complaint) }));
  });

  test("what is written is read back", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é") });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 4 }), (rows) => {
        expect(cells(rows.map((row) => row.map(quoted).join(",")).join("\r\n"))).toEqual(rows);
      }),
    );
  });
});

const profile: CsvProfile = {
  name: "p",
  version: "1",
  description: "d",
  format: "csv",
  time: { path: "time", unit: "iso" },
  fields: [
    { path: "temp", unit: "Cel", none: -999 },
    { path: "count", type: "int" },
    { path: "on", type: "bool" },
    { path: "state", type: "text" },
  ],
};
const decode = (text: string | Uint8Array, over: Partial<CsvProfile> = {}) =>
  decodeWith({ ...profile, ...over }, [message(text)]);

describe("rows", () => {
  test("by the names in the first line, in any order, with a byte order mark", () => {
    const { readings, quarantined } = decode(
      "\uFEFFstate,temp,time,count,on,more\nrun,21.5,2023-11-14T22:13:20Z,7,TRUE,x\nidle,-1e1,2023-11-14T22:13:21.5Z,9007199254740993,0,\n",
    );
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      { metric: "temp", valueDouble: 21.5, unit: "Cel", ts: received },
      { metric: "count", valueInt: 7 },
      { metric: "on", valueBool: true },
      { metric: "state", valueText: "run" },
      { metric: "temp", valueDouble: -10, ts: received + 1_500_000 },
      { metric: "count", valueInt: 9_007_199_254_740_993n },
      { metric: "on", valueBool: false },
      { metric: "state", valueText: "idle" },
    ]);
  });

  test("by stated names, with decimal commas, dates in pieces and a zone", () => {
    const given: Partial<CsvProfile> = {
      columns: ["date", "clock", "temp"],
      delimiter: ";",
      decimal: ",",
      time: { path: "date", and: "clock", unit: "pattern", pattern: "DD.MM.YYYY HH:mm:ss,S", zone: "+01:00" },
      fields: [{ path: "temp" }],
    };
    const { readings } = decode("14.11.2023;23:13:20,25;-0,5", given);
    expect(readings).toMatchObject([{ valueDouble: -0.5, ts: received + 250_000 }]);
  });

  test("with decimal commas, a dot between thousands makes no number: it is not a thousandth of it", () => {
    const given: Partial<CsvProfile> = { delimiter: ";", decimal: ",", time: { path: "time", unit: "s" } };
    const { readings, quarantined } = decode("time;temp\n1700000000,25;1.234\n1700000000,25;1234,5\n", given);
    expect(readings).toMatchObject([{ valueDouble: 1234.5, ts: received + 250_000 }]);
    expect(quarantined).toMatchObject([{ detail: expect.stringContaining('temp is "1.234"') }]);
  });

  test("an empty cell is absent, the pattern of no reading and NaN are bad readings", () => {
    const { readings } = decode("time,temp\n,-999\n,nan\n,\n");
    expect(readings).toMatchObject([
      { metric: "temp", quality: 2, flags: Flag.tsFromIngest },
      { metric: "temp", quality: 2, flags: Flag.tsFromIngest | Flag.notANumber },
    ]);
    expect(readings).toHaveLength(2);
  });

  test("a record that does not fit costs no other one", () => {
    const { readings, quarantined } = decode(
      "time,temp\n2023-11-14T22:13:20Z,1,2\n2023-11-14T22:13:20Z,warm\n,3\n",
    );
    expect(readings).toMatchObject([{ valueDouble: 3 }]);
    expect(quarantined).toMatchObject([
      { reason: "schema", detail: expect.stringMatching(/line 2: 3 cells.*2 columns; .*temp is "warm"/) },
    ]);
  });

  test("what no field names, where the profile says so; Windows' characters, where it says so", () => {
    const bytes = Uint8Array.from([...Buffer.from("T\u00fcr,x\n1,2", "latin1")]);
    expect(decode(bytes).quarantined).toMatchObject([{ reason: "not-well-formed" }]);
    const { readings } = decode(bytes, { fields: [], others: "readings", encoding: "windows-1252" });
    expect(readings.map(({ metric, valueDouble }) => [metric, valueDouble])).toEqual([
      ["t_r", 1],
      ["x", 2],
    ]);
  });

  test.each([
    ["a column twice", "a,a\n1,2", /"a" comes twice/],
    ["not even a header", "\n", /not even a line/],
    [
      "a header without any of the fields",
      "sep=;\ntemp;time\n1;2\n",
      /names none of the profile's columns: "sep=;"/,
    ],
  ])("%s: refused", (_, text, complaint) =>
    expect(decode(text).quarantined).toMatchObject([{ detail: expect.stringMatching(complaint) }]),
  );

  test("a field of no column, a pattern and a zone that are none, are told when the profile is compiled", () => {
    expect(() => decode("", { columns: ["a"] })).toThrow(/field "temp": there is no such column/);
    const time = { path: "time", unit: "pattern" as const };
    expect(() => decode("", { time: { ...time, pattern: "HH:mm" } })).toThrow(/pattern "HH:mm": allowed/);
    expect(() => decode("", { time: { ...time, pattern: "YYYYMMDD", zone: "Paris" } })).toThrow(
      /zone "Paris"/,
    );
  });
});
