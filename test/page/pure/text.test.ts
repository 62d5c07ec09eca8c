/** Bytes, tables and addresses as text. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { textOf, toCsv } from "../../../site/csv.ts";
import { bytesOf, hexDump } from "../../../site/page/lib/hex.ts";
import { formatRoute, parseRoute, views } from "../../../site/page/lib/route.ts";
import { keyOf, labelOf } from "../../../site/page/plot/metric-key.ts";
import { typeText } from "../../../site/page/sql/type-text.ts";

describe("hex", () => {
  test("sixteen bytes a line in two halves, with what is printable beside them", () => {
    expect(hexDump("7b22747322" + "00".repeat(11) + "7eff")).toBe(
      '00000000  7b 22 74 73 22 00 00 00  00 00 00 00 00 00 00 00  {"ts"···········\n' +
        "00000010  7e ff                                             ~·",
    );
    expect(hexDump("")).toBe("");
    expect(hexDump("00", 8)).toBe("00000000  00                        ·");
  });

  test("every byte is there once, in order, whatever the width", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(8, 16), (bytes, width) => {
        const hex = Buffer.from(bytes).toString("hex");
        const lines = hexDump(hex, width).split("\n").filter(Boolean);
        const found = lines.map((line) => line.slice(10, 10 + width * 3).replaceAll(" ", ""));
        expect(found.join("")).toBe(hex);
        expect(Buffer.from(bytesOf(hex))).toEqual(Buffer.from(bytes));
        lines.forEach((line, index) => expect(Number.parseInt(line.slice(0, 8), 16)).toBe(index * width));
      }),
    );
  });
});

describe("CSV (RFC 4180)", () => {
  test("quotes what needs it, doubles quotes, ends lines with CRLF", () => {
    expect(
      toCsv(
        ["a", "b,c"],
        [
          ['say "x"', "two\nlines"],
          [null, undefined],
        ],
      ),
    ).toBe('a,"b,c"\r\n"say ""x""","two\nlines"\r\n,\r\n');
  });

  test.each(["=1+1", "+cmd", "-2+3", "@sum(a)", "\t=x", "\r=x"])("%j is no formula", (text) => {
    expect(toCsv(["x"], [[text]])).toMatch(/^x\r\n"?'/);
  });

  test.each(["-1.5", "+4", -1.5, 1e-7, true])("%j stays what it is", (value) => {
    expect(toCsv(["x"], [[value]])).toBe(`x\r\n${String(value)}\r\n`);
  });

  test("lists and structs are JSON", () => expect(textOf({ a: [1, null] })).toBe('{"a":[1,null]}'));
});

describe("addresses", () => {
  test("name a view and its state; anything else is the first view", () => {
    expect(parseRoute("#/sql?q=SELECT+1%3F&x")).toMatchObject({ view: "sql" });
    expect(parseRoute("#/sql?q=SELECT+1%3F&x").parameters.get("q")).toBe("SELECT 1?");
    for (const hash of ["", "#", "#/", "#nothing", "#/constructor", "#/FLEET", "#/../lake"]) {
      expect(parseRoute(hash).view).toBe("fleet");
    }
  });

  test("come back as they were written", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...views),
        fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string())),
        (view, pairs) => {
          const written = new URLSearchParams(pairs);
          const { view: read, parameters } = parseRoute(formatRoute(view, written));
          expect([read, [...parameters]]).toEqual([view, [...written]]);
        },
      ),
    );
  });

  test("tell a device's metric from that of its sub-device, whatever their names", () => {
    expect(keyOf({ metric: "temperature", sub: null })).toBe("temperature");
    expect(labelOf({ metric: "temperature", sub: "1" })).toBe("temperature · 1");
    const name = fc.record({
      metric: fc.string({ unit: fc.constantFrom("a", "~", "%", "7", "E") }),
      sub: fc.option(fc.string({ unit: fc.constantFrom("a", "~", "%") })),
    });
    fc.assert(
      fc.property(name, name, (a, b) => {
        const isSame = a.metric === b.metric && a.sub === b.sub;
        expect(keyOf(a) === keyOf(b)).toBe(isSame);
      }),
    );
  });
});

test("types are short where there is a short name", () => {
  expect(["TIMESTAMP WITH TIME ZONE", "DECIMAL(18,3)", "VARCHAR"].map(typeText)).toEqual([
    "timestamptz",
    "decimal(18,3)",
    "varchar",
  ]);
});
