import { describe, expect, test } from "@jest/globals";
import { answerCsv, answerJson, answerTable } from "../../fleet/render/answer.ts";
import { renderTable } from "../../fleet/render/table.ts";
import { printable } from "../../fleet/render/text.ts";
import { ago, bytes, count, counted, duration } from "../../fleet/render/units.ts";
import type { QueryResult } from "../../site/ports.ts";
import { fakeTerminal } from "./support/terminal.ts";

const answer = (
  columns: readonly [string, string][],
  rows: readonly (readonly unknown[])[],
): QueryResult => ({
  columns: columns.map(([name, type]) => ({ name, type })),
  rows,
  truncated: false,
  milliseconds: 3,
});

describe("tables", () => {
  test("numbers stand on the right, NULL is shown, nothing is cut without a terminal", () => {
    const { terminal } = fakeTerminal();
    const long = "x".repeat(200);
    const table = answerTable(
      answer(
        [
          ["device_id", "VARCHAR"],
          ["n", "BIGINT"],
        ],
        [
          ["wrist-01", "12"],
          [long, null],
        ],
      ),
      terminal,
    );
    const lines = table.split("\n");
    expect(lines[1]).toMatch(/^│ device_id +│ +n │$/);
    expect(lines[2]).toMatch(/^├─+┼─+┤$/);
    expect(lines[3]).toMatch(/^│ wrist-01 +│ +12 │$/);
    expect(lines[4]).toBe(`│ ${long} │ NULL │`);
  });

  test("the widest column gives way to the terminal's width", () => {
    const { terminal } = fakeTerminal({ width: 40 });
    const table = renderTable([{ title: "a" }, { title: "text" }], [["1", "y".repeat(99)]], terminal);
    const lines = table.split("\n");
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([40]));
    expect(table).toContain("y…");
  });

  test("with more columns than fit, a record takes a block of lines", () => {
    const { terminal } = fakeTerminal({ width: 30 });
    const titles = Array.from({ length: 9 }, (_, index) => ({ title: `column_${index}` }));
    const table = renderTable(
      titles,
      [titles.map((_, index) => `value ${index} ${"z".repeat(30)}`)],
      terminal,
    );
    const lines = table.split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[1]).toBe("column_0  value 0 zzzzzzzzzzz…");
  });

  test("an empty answer still shows its columns", () => {
    const { terminal } = fakeTerminal({ width: 80 });
    expect(answerTable(answer([["metric", "VARCHAR"]], []), terminal)).toContain("metric");
  });

  test("what a device sent can't steer the terminal", () => {
    expect(printable("a\u001b[31mred\u0007\nb\u202ec")).toBe("a\\u001b[31mred\\u0007⏎b\\u202ec");
    const { terminal } = fakeTerminal();
    const table = answerTable(answer([["t", "VARCHAR"]], [["\u001b]0;owned\u0007"]]), terminal);
    expect(table).not.toContain("\u001b");
  });
});

describe("CSV by RFC 4180", () => {
  test("quotes only where needed, doubles quotes, ends lines with CRLF", () => {
    const csv = answerCsv(
      answer(
        [
          ["plain", "VARCHAR"],
          ['quo"te', "VARCHAR"],
          ["n", "DOUBLE"],
        ],
        [
          ["a,b", 'say "hi"', 1.5],
          ["two\nlines", "", null],
        ],
      ),
    );
    expect(csv).toBe('plain,"quo""te",n\r\n"a,b","say ""hi""",1.5\r\n"two\nlines","",\r\n');
  });

  test("a lone NULL is no empty line, which readers would skip", () => {
    expect(answerCsv(answer([["a", "INTEGER"]], [[null], [1]]))).toBe('a\r\n""\r\n1\r\n');
  });
});

describe("JSON", () => {
  test("a row a line, as objects; columns of the same name are told apart", () => {
    const json = answerJson(
      answer(
        [
          ["a", "BIGINT"],
          ["a", "VARCHAR"],
        ],
        [
          ["9007199254740993", "x"],
          [null, "y"],
        ],
      ),
    );
    expect(json.split("\n")).toHaveLength(5);
    expect(JSON.parse(json)).toEqual([
      { a: "9007199254740993", a_1: "x" },
      { a: null, a_1: "y" },
    ]);
    expect(JSON.parse(answerJson(answer([["a", "BIGINT"]], [])))).toEqual([]);
  });
});

describe("units", () => {
  test.each([
    [bytes(0), "0 B"],
    [bytes(999), "999 B"],
    [bytes(1536), "1.5 kB"],
    [bytes(999_600), "1.0 MB"],
    [bytes(123_456_789), "123 MB"],
    [duration(12), "12 ms"],
    [duration(1234), "1.2 s"],
    [duration(59_960), "1 min 0 s"],
    [duration(245_000), "4 min 5 s"],
    [count(1234567), "1,234,567"],
    [counted(1, "device"), "1 device"],
    [counted(2, "device"), "2 devices"],
    [ago(1000, 1500), "just now"],
    [ago(0, 90_000), "90 s ago"],
    [ago(0, 3_600_000), "60 min ago"],
    [ago(0, 86_400_000), "24 h ago"],
    [ago(0, 864_000_000), "10 d ago"],
  ])("%s is %s", (shown, expected) => {
    expect(shown).toBe(expected);
  });
});
