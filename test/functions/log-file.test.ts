import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LogFileReader, type LogFileSource } from "../../functions/core/files/log-file.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import * as Flag from "../../functions/core/flags.ts";
import type { Opened } from "../../functions/core/envelopes/opened.ts";
import type {
  CsvProfile,
  DocumentProfile,
  Profile,
  RawBinaryProfile,
} from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import { LiveMemory } from "../support/live-memory.ts";
import { bytesOf, decodeWith, message, received, utf8 } from "./support.ts";

const source: LogFileSource = {
  tenant: "acme",
  deviceId: "dev-1",
  channel: "telemetry",
  receivedAt: received,
  name: "abc",
};
const common = { name: "p", version: "1", description: "d" };
const json: DocumentProfile = {
  ...common,
  format: "json",
  time: { path: "ts", unit: "ms" },
  sequence: { path: "n" },
  fields: [{ path: "v" }],
};
const csv: CsvProfile = {
  ...common,
  format: "csv",
  time: { path: "ts", unit: "ms" },
  fields: [{ path: "v" }],
};
const frames: RawBinaryProfile = {
  ...common,
  format: "raw-binary",
  layout: {
    endian: "little",
    length: 3,
    match: [{ at: 0, hex: "aa" }],
    fields: [{ name: "v", at: 1, type: "u16" }],
  },
  stream: { sync: "aa" },
};

/** The pieces of a file that comes in chunks of a size. */
function read(profile: Profile, bytes: Uint8Array, chunk = bytes.length): Opened[] {
  const reader = new LogFileReader(profile, source);
  const opened: Opened[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, chunk))
    opened.push(...reader.push(bytes.subarray(at, at + Math.max(1, chunk))));
  return [...opened, ...reader.end()];
}
const shown = (opened: readonly Opened[]) =>
  opened.map(({ message: { payload, position }, fault }) => [
    position,
    fault === null ? Buffer.from(payload).toString("utf8") : fault.reason,
  ]);

describe("lines", () => {
  test("are messages, numbered, without their ends and a byte order mark", () => {
    expect(shown(read(json, utf8('\uFEFF{"v":1}\r\n\n{"v":2}\n{"v":3}')))).toEqual([
      ["abc:1", '{"v":1}'],
      ["abc:3", '{"v":2}'],
      ["abc:4", '{"v":3}'],
    ]);
  });

  test("what was logged has the identity and the values of what was sent, and its own time", () => {
    const line = `{"v":1,"n":7,"ts":${received / 1_000 - 86_400_000 * 365}}`;
    const [opened] = read(json, utf8(`${line}\n`));
    const [live] = decodeWith(json, [message(line)]).readings;
    const [logged] = decodeWith(json, [opened!.message]).readings;
    expect(logged).toEqual({ ...live, lane: "offline", flags: Flag.historical });
  });

  test("one that is too long costs no other one", () => {
    const long = `{"x":"${"y".repeat(70_000)}"}`;
    for (const chunk of [1_000_000, 1_000]) {
      expect(shown(read(json, utf8(`{"v":1}\n${long}\n{"v":2}\n`), chunk))).toEqual([
        ["abc:1", '{"v":1}'],
        ["abc:2", "too-large"],
        ["abc:3", '{"v":2}'],
      ]);
    }
    const endless = read(json, new Uint8Array(5_000_000).fill(0x61), 65_536);
    expect(shown(endless)).toEqual([["abc:1", "too-large"]]);
    expect(endless[0]!.message.payload.length).toBeLessThanOrEqual(4_096);
  });
});

describe("CSV", () => {
  const file = 'ts,v,note\r\n1,10,"two\nlines, ""quoted"""\r\n# no comment\n2,20,a"b""c\n\n3,30,x';

  test("records take the line of names along, whatever is in their cells", () => {
    expect(shown(read(csv, utf8(file)))).toEqual([
      ["abc:2", 'ts,v,note\n1,10,"two\nlines, ""quoted"""'],
      ["abc:4", "ts,v,note\n# no comment"],
      ["abc:5", 'ts,v,note\n2,20,a"b""c'],
      ["abc:7", "ts,v,note\n3,30,x"],
    ]);
  });

  test("lines before the header, comments, and stated names", () => {
    const text = "Logger 5\n\n# a\nts,v\n1,10\n# b\n2,20\n";
    expect(shown(read({ ...csv, skip: 1, comment: "#" }, utf8(text)))).toEqual([
      ["abc:5", "ts,v\n1,10"],
      ["abc:7", "ts,v\n2,20"],
    ]);
    expect(shown(read({ ...csv, columns: ["ts", "v"] }, utf8("1,10\n2,20")))).toEqual([
      ["abc:1", "1,10"],
      ["abc:2", "2,20"],
    ]);
    const replaced: CsvProfile = { ...csv, columns: ["ts", "v"], header: true };
    const opened = read(replaced, utf8("Zeit [s],Wert\n1,10\n"));
    expect(
      decodeWith(
        replaced,
        opened.map(({ message: one }) => one),
      ).readings,
    ).toMatchObject([{ metric: "v", valueDouble: 10 }]);
  });

  test("a byte order mark is no part of a comment", () => {
    const opened = read({ ...csv, comment: "#" }, utf8("\uFEFF# a\nts,v\n1,10\n"), 2);
    expect(shown(opened)).toEqual([["abc:3", "ts,v\n1,10"]]);
  });

  test("lines that end by a carriage return alone are told of: all of them would be the line of names", () => {
    const opened = read(csv, utf8("ts,v\r1,10\r2,20\r"));
    expect(shown(opened)).toEqual([["abc:1", "not-well-formed"]]);
    expect(Buffer.from(opened[0]!.message.payload).toString()).toBe("ts,v\r1,10\r2,20");
    expect(shown(read(csv, utf8('"t\r\ns",v\r\n1,10\r\n')))).toEqual([["abc:3", '"t\r\ns",v\n1,10']]);
  });

  test("a quote that nobody closes costs its own record, in the midst of the file and at its end", () => {
    for (const lines of [30_000, 10]) {
      const opened = read(csv, utf8(`ts,v\n2,"open\n${"1,10\n".repeat(lines)}`), 65_536);
      expect(opened).toHaveLength(lines + 1);
      const { readings, quarantined } = decodeWith(
        csv,
        opened.map(({ message: one }) => one),
      );
      expect(readings).toHaveLength(lines);
      expect(quarantined).toMatchObject([{ reason: "not-well-formed", message: { position: "abc:2" } }]);
      expect(opened.at(-1)!.message.position).toBe(`abc:${lines + 2}`);
    }
  });
});

describe("frames", () => {
  test("are messages; bytes between them are told of", () => {
    const opened = read(frames, bytesOf("aa0100 ffff aa0200 aa03"));
    expect(
      opened.map(({ message: { position, payload }, fault }) => [position, payload.length, fault?.detail]),
    ).toEqual([
      ["abc:0", 3, undefined],
      ["abc:3", 2, "2 bytes at 3 skipped: no frame begins here"],
      ["abc:5", 3, undefined],
      ["abc:8", 2, "2 bytes at 8 skipped: the input ends inside a frame"],
    ]);
  });

  test("may stand behind a header; what begins otherwise, or ends inside it, has none", () => {
    const headed = { ...frames, file: { header: { hex: "4E4e", length: 4 } } };
    const cut = (hex: string) =>
      [1, 2, 3, 100].map((chunk) =>
        read(headed, bytesOf(hex), chunk).map(({ message, fault }) => fault?.detail ?? message.position),
      );
    const always = (pieces: string[]) => [1, 2, 3, 100].map(() => pieces);
    expect(cut("4e4eaa00 aa0100 aa0200")).toEqual(always(["abc:4", "abc:7"]));
    for (const [first, second] of cut("aa0100 4e4eaa00"))
      expect([first, second]).toEqual(["abc:0", expect.stringContaining("at 3 skipped: no frame")]);
    expect(cut("4e4e00")).toEqual(always(["3 bytes at 0 skipped: no frame begins here"]));
    expect(cut("4e4e0000")).toEqual(always([]));
  });

  test("of a fixed length need no sync bytes in a file", () => {
    const { stream: _, ...plain } = frames;
    expect(shown(read(plain, bytesOf("aa0100aa0200"))).map(([position]) => position)).toEqual([
      "abc:0",
      "abc:3",
    ]);
  });
});

test("a file of anything else is one message", () => {
  const lpp: Profile = { ...common, format: "cayenne-lpp" };
  expect(shown(read(lpp, bytesOf("03670110"), 1)).map(([position]) => position)).toEqual(["abc:0"]);
  expect(shown(read(lpp, new Uint8Array(70_000), 1_000))).toEqual([["abc:0", "too-large"]]);
  expect(read(lpp, new Uint8Array(0))).toEqual([]);
});

test("however a file is cut into chunks, its records are the same, and every byte is somewhere", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", "#"), maxLength: 60 });
  const binary = fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? 0xaa : byte)));
  fc.assert(
    fc.property(text.map(utf8), binary, fc.integer({ min: 1, max: 9 }), (lines, frame, chunk) => {
      for (const profile of [json, csv, { ...csv, comment: "#", skip: 1 }])
        expect(shown(read(profile, lines, chunk))).toEqual(shown(read(profile, lines)));
      const pieces = read(frames, frame, chunk);
      expect(pieces.flatMap(({ message: { payload } }) => [...payload])).toEqual([...frame]);
    }),
    { numRuns: 1_000 },
  );
});

test("a large file is read in bounded memory", () => {
  const line = utf8(`{"v":1,"n":7,"ts":${received / 1_000}}\n`.repeat(1_500));
  const decoder = createDecoder([json], [{ devices: "*", profile: "p" }], nodePorts);
  const reader = new LogFileReader(json, source);
  let rows = 0;
  const memory = new LiveMemory(30e6);
  for (let chunk = 0; chunk < 100; chunk++) {
    rows += decoder.decode(reader.push(line).map(({ message: one }) => one)).readings.length;
    memory.look();
  }
  expect(rows).toBe(150_000);
  expect(memory.end()).toBeLessThan(30e6);
});
