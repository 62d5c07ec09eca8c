import { withLazyTables } from "./lazy-tables.ts";

/** Stands between outcomes: JSON has no such character, and texts of errors lose it. */
export const outcomeMark = "\u0001";

/**
 * Outcomes at a crossing, and characters of them, from which on they cross. The time and memory that one call may take hold
 * for all of them; most calls need a thousandth.
 */
const together = 64;
const manyCharacters = 65_536;

/**
 * Calls a codec inside the sandbox, many uplinks at a crossing. JavaScript of the sandbox: a function of the codec's
 * `load`, which makes a `decodeUplink` with variables of its own, the world, and the host's function for outcomes: their
 * texts with {@link outcomeMark} between them, each begun by the sign of its kind, and by ~ where the world is not as it
 * was. It says whether to go on.
 *
 * It returns a function of the calls and of whether they have to be told one by one. Behind a call that ran out of
 * something (`InternalError`), or left the world different, there is none in either way.
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
      return (message === undefined ? String(thrown) : name + ": " + message).slice(0, 300)
        .replaceAll("${outcomeMark}", "\ufffd");
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
  return (text, isCareful) => {
    let outcomes = [], characters = 0;
    const isLast = isCareful ? () => true : (outcome) =>
      outcomes.length === ${together} || (characters += outcome.length) > ${manyCharacters} ||
      outcome[0] === "~" || outcome.startsWith("!InternalError");
    for (const [bytes, fPort, time] of parse(text)) {
      const given = call(bytes, fPort, time);
      const outcome = world.sweep() ? given : "~" + given;
      outcomes.push(outcome);
      if (!isLast(outcome)) continue;
      if (!report(outcomes.join("${outcomeMark}"))) return;
      outcomes = [];
      characters = 0;
    }
    if (outcomes.length > 0) report(outcomes.join("${outcomeMark}"));
  };
})`;

/** What makes `load` of a codec's text: the text as the body of a function, for its variables are its own. */
export const loaderOf = (code: string): string =>
  `(function () {${withLazyTables(code)}\n;return typeof decodeUplink === "function" ? decodeUplink : undefined;})`;
