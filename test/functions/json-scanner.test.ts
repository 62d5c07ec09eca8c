import { describe, expect, test } from "@jest/globals";
import { isDeepStrictEqual } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { Fault } from "../../functions/core/fault.ts";
import * as character from "../../functions/core/json-characters.ts";
import { JsonScanner } from "../../functions/core/json-scanner.ts";

/** The value of a text by the scanner, object by object; undefined where it is refused. */
function scanned(text: string): { value: unknown } | undefined {
  const scanner = new JsonScanner(text);
  const value = (): unknown => {
    const code = scanner.peek();
    if (code === character.quote) return scanner.string();
    if (scanner.atNumber()) return scanner.number();
    if (code === character.openArray) {
      scanner.position++;
      const items: unknown[] = [];
      if (scanner.begins(character.closeArray)) {
        do items.push(value());
        while (scanner.more(character.closeArray));
      }
      return items;
    }
    if (code === character.openObject) {
      scanner.position++;
      const entries: [string, unknown][] = [];
      if (scanner.begins(character.closeObject)) {
        do {
          const name = scanner.string();
          scanner.expect(character.colon);
          entries.push([name, value()]);
        } while (scanner.more(character.closeObject));
      }
      return Object.fromEntries(entries);
    }
    const truth = scanner.boolean();
    if (truth === null) scanner.skip();
    return truth;
  };
  try {
    const whole = value();
    scanner.finish();
    return { value: whole };
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Fault);
    return undefined;
  }
}

function skipped(text: string): boolean {
  const scanner = new JsonScanner(text);
  try {
    scanner.skip();
    scanner.finish();
    return true;
  } catch {
    return false;
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/**
 * Node 24.21's JSON.parse takes a name with an escape for another one of an object it read before (`{"a\\":1}`, then
 * `{"a\n":1}`), but not in a realm that has read nothing yet.
 */
function parsedAnew(text: string): { value: unknown } | undefined {
  const value: unknown = runInNewContext("JSON.parse(text)", { text });
  return { value: structuredClone(value) };
}

/** Text that is nearly JSON: a character of a good one replaced, taken out or put in. */
const nearly = fc
  .tuple(fc.json(), fc.nat(), fc.constantFrom(...'0123456789.eE+-"\\{}[]:, \n\tntfu/\u0000'), fc.nat(2))
  .map(([text, where, letter, how]) => {
    const at = where % (text.length + 1);
    return text.slice(0, at) + (how === 0 ? "" : letter) + text.slice(at + (how === 2 ? 0 : 1));
  });

describe("against JSON.parse", () => {
  test("nearly JSON is read the same by both, or refused by both", () => {
    let read = 0;
    fc.assert(
      fc.property(nearly, (text) => {
        // Object.fromEntries makes an own property of __proto__, as JSON.parse does.
        const [ours, theirs] = [scanned(text), parsed(text)];
        const isSame = isDeepStrictEqual(ours, theirs);
        expect(ours).toEqual(isSame || theirs === undefined ? theirs : parsedAnew(text));
        expect(skipped(text)).toBe(theirs !== undefined);
        if (theirs !== undefined) read++;
      }),
      { numRuns: 3_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test("a name with an escape is its own, whatever was read before", () => {
    for (const text of ['{" w.P\\\\":1}', '{" w.P\\n":1}']) expect(scanned(text)).toEqual(parsedAnew(text));
  });

  test("every number is the nearest double", () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
        (sign, text) => {
          const number = sign && !text.startsWith("-") ? `-${text}` : text;
          expect(scanned(number)).toEqual(parsed(number));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test.each([
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "1e+",
    "+1",
    "0x1",
    "1.e3",
    "NaN",
    "-Infinity",
    "00",
    "-01",
    "1 2",
  ])("%p is no number", (text) => expect(scanned(text)).toBeUndefined());
});

test("a name of at most four plain characters as a number, any other left alone", () => {
  const named = (text: string): [number, number] => {
    const scanner = new JsonScanner(text);
    return [scanner.shortName(), scanner.position];
  };
  expect(named('"n":')).toEqual([0x6e, 3]);
  expect(named(' "bver":')).toEqual([0x62766572, 7]);
  expect(named('"vlow"')).toEqual([0x766c6f77, 6]);
  for (const other of ['"longer"', '"\\u006e"', '"é"', '""', '"a b"']) expect(named(other)[0]).toBe(0);
});

test("nesting is bounded by depth, not by the stack", () => {
  const scanner = new JsonScanner("[".repeat(100_000));
  expect(() => scanner.skip()).toThrow(
    expect.objectContaining({ detail: expect.stringMatching(/deeper than 64/) }),
  );
});
