import { withLazyTables } from "./lazy-tables.ts";

/**
 * Calls a codec inside the sandbox, many uplinks at a crossing. JavaScript of the sandbox: a function of the codec's
 * `load`, which makes a `decodeUplink` with variables of its own, the world, and the host's function for each outcome:
 * its text, begun by the sign of its kind, and by ~ where the world is not as it was. It says whether to go on.
 */
export const runnerSource = String.raw`(function (load, world, report) {
  "use strict";
  const { parse, stringify } = JSON;
  const { NativeDate } = world;
  const marked = (key, value) => {
    if (typeof value === "number") return value - value === 0 ? value : "\0" + value;
    return typeof value === "string" && value[0] === "\0" ? "\0" + value : value;
  };
  const said = (thrown) => {
    try {
      const { name, message } = Object(thrown);
      return (message === undefined ? String(thrown) : name + ": " + message).slice(0, 300);
    } catch (_) {
      return "something that can't be shown";
    }
  };
  const call = (bytes, fPort, time) => {
    world.at(time);
    try {
      const decode = load();
      if (typeof decode !== "function") return "!the codec has no function decodeUplink";
      const given = decode({ bytes, fPort, recvTime: new NativeDate(time), variables: {} });
      if (typeof given !== "object" || given === null) return "!the codec returned no object";
      const { data, errors, warnings } = given;
      const result = { data, errors, warnings };
      const text = stringify(result);
      // Only what JSON lacks, or a text like its marks, is worth the slower way.
      return "=" + (text.includes("null") || text.includes("\\u0000") ? stringify(result, marked) : text);
    } catch (thrown) {
      return "!" + said(thrown);
    }
  };
  const isCodec = typeof load() === "function";
  world.sweep();
  world.seal();
  if (!isCodec) throw new TypeError("it has no function decodeUplink");
  return (text) => {
    for (const [bytes, fPort, time] of parse(text)) {
      const outcome = call(bytes, fPort, time);
      if (!report(world.sweep() ? outcome : "~" + outcome)) return;
    }
  };
})`;

/** What makes `load` of a codec's text: the text as the body of a function, for its variables are its own. */
export const loaderOf = (code: string): string =>
  `(function () {${withLazyTables(code)}\n;return typeof decodeUplink === "function" ? decodeUplink : undefined;})`;
