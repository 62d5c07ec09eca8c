import { describe, expect, test } from "@jest/globals";
import { sandbox } from "../../functions/codecs/part.ts";
import { maximumResult, readMarked, type CodecCall } from "../../functions/core/formats/codec-sandbox.ts";

const call = (bytes: readonly number[], source = "dev-1", time = 1_700_000_000_000): CodecCall => ({
  source,
  input: JSON.stringify([bytes, 7, time]),
});

/** A codec that runs a statement for uplinks that begin with 9, and answers others with their length. */
const codec = (statement: string, before = ""): string =>
  `${before}\nfunction decodeUplink(input) { if (input.bytes[0] === 9) { ${statement} } return { data: { length: input.bytes.length } }; }`;

/** The outcome of a bad call between two good ones, which must be as if it were not there. */
function between(statement: string): { kind: string; text: string } {
  const [first, bad, last] = sandbox.run(codec(statement), [call([1, 2]), call([9]), call([3], "dev-2")]);
  expect(first).toEqual({ kind: "result", text: '{"data":{"length":2}}' });
  expect(last).toEqual({ kind: "result", text: '{"data":{"length":1}}' });
  return bad!;
}

/** The data that a codec returns for an uplink. */
const dataOf = (code: string, bytes: readonly number[] = [1]): unknown =>
  readMarked(sandbox.run(code, [call(bytes)])[0]!.text).data;

describe("what a codec is given", () => {
  test("bytes as an array of numbers, port and arrival; and gives back data, errors and warnings", () => {
    const code = `function decodeUplink({ bytes, fPort, recvTime }) {
      return { data: { isArray: Array.isArray(bytes), bytes, fPort, at: recvTime.toISOString() }, errors: [], warnings: ["w"] };
    }`;
    expect(readMarked(sandbox.run(code, [call([1, 255])])[0]!.text)).toEqual({
      data: { isArray: true, bytes: [1, 255], fPort: 7, at: "2023-11-14T22:13:20.000Z" },
      errors: [],
      warnings: ["w"],
    });
  });

  test("a clock that stands at the arrival, in UTC, and random numbers that repeat", () => {
    const code = `function decodeUplink() {
      return { data: [Date.now(), new Date().getTime(), new Date(0).getHours(), new Date().getTimezoneOffset(), Math.random()] };
    }`;
    const [now, date, hours, zone, random] = dataOf(code) as number[];
    expect([now, date, hours, zone]).toEqual([1_700_000_000_000, 1_700_000_000_000, 0, 0]);
    expect((dataOf(code) as number[])[4]).toBe(random);
  });

  test("Buffer as Node has it", () => {
    const expressions = [
      "Buffer.from('0102ff80', 'hex').readInt16LE(2)",
      "Buffer.from([0, 0, 200, 65]).readFloatLE(0)",
      "Buffer.from([255, 254]).readInt16BE(0)",
      "Buffer.from([1, 2, 3]).readUIntBE(0, 3)",
      "Buffer.from([255, 255, 254]).readIntBE(0, 3)",
      "Buffer.from([1, 2, 3]).readUint8(1)",
      "Buffer.from('aGkA', 'base64').toString('hex')",
      "Buffer.from('h\u00e9').toString('base64')",
      "Buffer.from('68c3a9', 'hex').toString()",
      "Buffer.concat([Buffer.from([1]), Buffer.alloc(2, 7)]).toJSON()",
      "Buffer.from([1, 2, 3]).slice(1).length",
      "(function () { var b = Buffer.alloc(4); b.writeInt32BE(-2, 0); return b.toString('hex'); })()",
    ];
    const real = expressions.map(
      (expression) => new Function("Buffer", `return ${expression}`)(Buffer) as unknown,
    );
    const code = `function decodeUplink() { return { data: [${expressions.join()}] }; }`;
    expect(dataOf(code)).toEqual(JSON.parse(JSON.stringify(real)));
  });

  test("nothing to reach the outside with", () => {
    const names = [
      "process",
      "require",
      "fetch",
      "setTimeout",
      "WebAssembly",
      "std",
      "os",
      "report",
      "module",
    ];
    const code = `function decodeUplink() { return { data: [${names.map((name) => `typeof ${name}`).join()}] }; }`;
    expect(new Set(dataOf(code) as string[])).toEqual(new Set(["undefined"]));
    expect(between("Function('return import(\"fs\")')(); return { data: this.constructor.name };").kind).toBe(
      "result",
    );
  });

  test("numbers that JSON lacks, and texts like their marks, as they are", () => {
    const code = `function decodeUplink() { return { data: { a: NaN, b: [-Infinity], d: "\\u0000NaN", e: null } }; }`;
    expect(dataOf(code)).toEqual({ a: NaN, b: [-Infinity], d: "\u0000NaN", e: null });
  });
});

describe("nothing is kept from uplink to uplink", () => {
  test.each([
    ["a variable", "n++; return { data: { n } };", "var n = 0;"],
    ["an object", "o.n = (o.n || 0) + 1; return { data: { n: o.n } };", "const o = {};"],
    [
      "a variable that was never declared",
      "g = typeof g === 'undefined' ? 1 : g + 1; return { data: { n: g } };",
      "",
    ],
    ["the global object", "globalThis.g = (globalThis.g || 0) + 1; return { data: { n: g } };", ""],
    [
      "the global object, for good",
      "Object.defineProperty(globalThis, 'h', { value: (globalThis.h || 0) + 1 }); return { data: { n: h } };",
      "",
    ],
    [
      "a built-in object",
      "Array.prototype.g = (Array.prototype.g || 0) + 1; return { data: { n: Array.prototype.g || 1 } };",
      "",
    ],
    [
      "a built-in function",
      "Math.abs.g = (Math.abs.g || 0) + 1; return { data: { n: Math.abs.g || 1 } };",
      "",
    ],
  ])("in %s", (_, statement, before) => {
    const outcomes = sandbox.run(codec(statement, before), [call([9]), call([9]), call([9])]);
    expect(outcomes.map(({ text }) => text)).toEqual(new Array(3).fill('{"data":{"n":1}}'));
  });

  test("polyfills of built-in objects work, strict or not, each time the codec loads", () => {
    const before = `"use strict";
      String.prototype.twice = function () { return this + this; };
      Object.defineProperty(Object, "assign", { value: function (to) { to.own = true; return to; }, writable: true, configurable: true });`;
    const outcomes = sandbox.run(codec("return { data: Object.assign({ t: 'a'.twice() }) };", before), [
      call([9]),
      call([9]),
    ]);
    expect(outcomes.map(({ text }) => text)).toEqual(new Array(2).fill('{"data":{"t":"aa","own":true}}'));
  });

  test("names of built-in properties are names like others", () => {
    const statement = `var e = new Error("a"); e.name = "Mine"; var d = { e: e.name }; d.toString = 1; d.constructor = 2; return { data: d };`;
    expect(between(statement).text).toBe('{"data":{"e":"Mine","toString":1,"constructor":2}}');
  });
});

describe("a bad call costs no other one", () => {
  test.each([
    ["an endless loop", "for (;;);"],
    ["a hostile regular expression", "/^(a+)+$/.test('a'.repeat(40) + 'b');"],
    ["a getter of the result", "return { data: { get x() { for (;;); } } };"],
    ["a proxy as the result", "return { data: new Proxy({}, { ownKeys() { for (;;); } }) };"],
    ["an error that never becomes a text", "throw { toString() { for (;;); } };"],
  ])("%s: timeout", (_, statement) => {
    expect(between(statement).kind).toBe("timeout");
  });

  test("what QuickJS can't interrupt: timeout, and the device's calls behind it are held", () => {
    const endless = codec("Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);");
    const calls = [call([1]), call([9]), call([2]), call([3], "dev-2")];
    expect(sandbox.run(endless, calls).map(({ kind }) => kind)).toEqual([
      "result",
      "timeout",
      "held",
      "result",
    ]);
  });

  test("the fourth call that takes too long for one device is not made, whoever's others are", () => {
    const calls = [9, 9, 9, 9, 1].map((byte) => call([byte])).concat(call([1], "dev-2"), call([9], "dev-3"));
    expect(sandbox.run(codec("for (;;);"), calls).map(({ kind }) => kind)).toEqual([
      ...["timeout", "timeout", "timeout", "held", "held"],
      ...["result", "timeout"],
    ]);
  });

  test.each([
    ["a deep recursion", "(function f() { return f() + 1; })();", /stack overflow/],
    ["JSON of a deep nesting", "JSON.parse('['.repeat(200000));", /stack overflow/],
    ["code of a deep nesting", "eval('('.repeat(100000));", /stack overflow/],
    ["a huge text", "'x'.repeat(2 ** 29);", /out of memory|too long|invalid/i],
    ["a cyclic result", "var a = {}; a.a = a; return { data: a };", /circular/],
    ["a getter that throws", "return { get data() { throw new Error('mine'); } };", /mine/],
    ["a BigInt", "return { data: { n: 1n } };", /bigint/i],
    ["no object", "return 5;", /no object/],
    ["null thrown", "throw null;", /null/],
  ])("%s: threw", (_, statement, text) => {
    const outcome = between(statement);
    expect(outcome).toMatchObject({ kind: "threw", text: expect.stringMatching(text) });
    expect(outcome.text.length).toBeLessThanOrEqual(400);
  });

  test("more and more memory: bounded", () => {
    const { kind } = between("var all = []; for (;;) all.push(new Array(1000).fill(7));");
    expect(["threw", "timeout"]).toContain(kind);
  });

  test("a result that is too large", () => {
    expect(between(`return { data: "x".repeat(${maximumResult}) };`).kind).toBe("too-large");
  });
});

describe("200 calls at once: the bad one is told from those around it", () => {
  const forever = "for (;;);";
  const stuck = "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);";
  test.each([
    ["throws", "throw new Error('no');", "threw", "Error: no"],
    ["throws what stands between outcomes", "throw 'a\u0001=b';", "threw", "a\ufffd=b"],
    ["never ends", forever, "timeout", expect.stringContaining("100 ms")],
    ["can't be interrupted", stuck, "timeout", expect.stringContaining("100 ms")],
    [
      "fills memory",
      "var all = []; for (;;) all.push(new Array(1000).fill(1));",
      expect.stringMatching(/^(threw|timeout)$/),
      expect.anything(),
    ],
    ["calls itself", "(function again() { again(); })();", "threw", expect.anything()],
    [
      "leaves something",
      "Object.defineProperty(globalThis, 'left', { value: 1 });",
      "result",
      '{"data":{"length":1}}',
    ],
  ])("%s", (_, statement, kind, text) => {
    const code = codec(statement, `/* alone ${statement.length} */`);
    const calls = Array.from({ length: 200 }, (_unused, at) =>
      at === 100 ? call([9], "bad") : call(new Array<number>(at % 70).fill(1), `dev-${at % 5}`),
    );
    const outcomes = sandbox.run(code, calls);
    expect(outcomes[100]).toEqual({ kind, text });
    outcomes.forEach((outcome, at) => {
      if (at !== 100) expect(outcome).toEqual({ kind: "result", text: `{"data":{"length":${at % 70}}}` });
    });
  });

  test("results that fill memory together do not fill it for one another", () => {
    const long = "x".repeat(60_000);
    const code = `function decodeUplink() { return { data: "x".repeat(60000) }; }`;
    const outcomes = sandbox.run(
      code,
      Array.from({ length: 600 }, () => call([1])),
    );
    expect(outcomes.every(({ text }) => text === `{"data":"${long}"}`)).toBe(true);
  });
});

test("what is wrong with a codec is found before its first call", () => {
  expect(sandbox.check(codec(""))).toBeNull();
  expect(sandbox.check("function decodeUplink( {")).toMatch(/^SyntaxError/);
  expect(sandbox.check("var x = 1;")).toMatch(/no function decodeUplink/);
  expect(sandbox.check("for (;;); function decodeUplink() {}")).toMatch(/interrupted/);
  expect(sandbox.run("var x = 1;", [call([1])])).toMatchObject([{ kind: "threw" }]);
});
