import { describe, expect, test } from "@jest/globals";
import { withLazyTables } from "../../functions/codecs/lazy-tables.ts";

const rows = Array.from({ length: 20 }, (_, index) => `{ name: "n${index}", scale: -${index} }`).join(", ");
const table = `[${rows}]`;
const object = `{ a: ${table}, f: function (x) { return x / 10; }, g: (x) => x + 1, h() { return 3; } }`;

/** What a codec decodes, made anew for the call. */
const decoded = (code: string): unknown =>
  (new Function(`${code}\n;return decodeUplink({ bytes: [1, 2] })`) as () => unknown)();

describe("a table that is bound once", () => {
  test.each([
    ["read by name", `var T = ${table}; function decodeUplink(i) { return T[i.bytes[0]].name; }`],
    [
      "of functions",
      `const T = ${object};\nfunction decodeUplink(i) { return [T.f(i.bytes[1]), T.g(1), T.h()]; }`,
    ],
    ["in shorthand", `let T = ${table}\nfunction decodeUplink() { var all = { T }; return all.T.length; }`],
    [
      "declared behind its function",
      `function decodeUplink() { return typeof T + T[3].scale; } var T = ${table};`,
    ],
    [
      "that names itself",
      `var T = { all: ${table}, first: function () { return T.all[0]; } }; function decodeUplink() { return T.first().name; }`,
    ],
    [
      "changed by an uplink",
      `var T = ${table}; function decodeUplink() { T[0].name += "!"; T.push(1); return T; }`,
    ],
    [
      "used while it loads",
      `var T = ${table}; var n = T.length; function decodeUplink() { return n + T.length; }`,
    ],
    [
      "beside labels, keys and members of its name",
      `var T = ${table}; function decodeUplink() { var o = { T: 1 }; T: for (;;) { break T; } return o.T + T.length; }`,
    ],
    ["with a default", `var T = ${table}; function decodeUplink(i, { t = T } = {}) { return t.length; }`],
  ])("%s is built when it is asked for, with the same result", (_, code) => {
    const lazy = withLazyTables(code);
    expect(lazy).not.toBe(code);
    expect(lazy.split("\n")).toHaveLength(code.split("\n").length);
    expect(decoded(lazy)).toEqual(decoded(code));
  });

  test("that is not asked for is not built", () => {
    const lazy = withLazyTables(`var T = ${table}; function decodeUplink() { return 1; }`);
    expect(decoded(lazy.replace("[{", "[missing(), {"))).toBe(1);
  });
});

describe("everything else stays as it is:", () => {
  const use = "function decodeUplink() { return T; }";
  test.each([
    ["a small table", `var T = [1, 2, 3]; ${use}`],
    ["assigned again", `var T = ${table}; T = 1; ${use}`],
    ["assigned by a function", `var T = ${table}; function decodeUplink() { return T = 1; }`],
    ["assigned by a pattern", `var T = ${table}; function decodeUplink(i) { [T] = i.bytes; return T; }`],
    ["assigned by a loop", `var T = ${table}; function decodeUplink() { for (T in { a: 1 }); return T; }`],
    ["counted", `var T = ${table}; function decodeUplink() { return T++; }`],
    ["deleted", `var T = ${table}; function decodeUplink() { return delete T; }`],
    ["bound in another scope too", `var T = ${table}; function decodeUplink(T) { return T; }`],
    ["bound by a pattern too", `var T = ${table}; function decodeUplink({ bytes: [T] }) { return T; }`],
    [
      "bound by a catch",
      `var T = ${table}; function decodeUplink() { try { throw 1; } catch (T) { return T; } }`,
    ],
    ["used before it is there", `var n = T; var T = ${table}; ${use}`],
    ["behind something that runs", `n(); function n() { return T; } var T = ${table}; ${use}`],
    ["behind a class", `class A { static b = 1; } var T = ${table}; ${use}`],
    ["of what is no literal", `var T = [Date.now(), ${table}]; ${use}`],
    ["of another variable", `var a = 1; var T = [a, ${table}]; ${use}`],
    ["with a computed key", `var T = { ["a"]: ${table} }; ${use}`],
    ["with others in one declaration", `var T = ${table}, U = 1; ${use}`],
    ["in a codec with eval", `var T = ${table}; function decodeUplink() { return eval("T"); }`],
    ["in a codec with with", `var T = ${table}; function decodeUplink(i) { with (i) { return T; } }`],
    ["in a codec with accessors", `var T = ${table}; var o = { get x() { return T; } }; ${use}`],
    ["in a codec with an escaped name", `var T = ${table}; function decodeUplink() { return \\u0054; }`],
    ["beside a name like ours", `var T = ${table}; var T$table = 1; ${use}`],
    ["in what is no JavaScript", `var T = ${table}; function {`],
    ["nested beyond this parser", `var T = ${"[".repeat(50_000)}`],
  ])("%s", (_, code) => {
    expect(withLazyTables(code)).toBe(code);
  });
});
