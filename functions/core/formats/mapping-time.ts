/** Where a record's time is, and how it is written. */

import { instantOf, parseIsoTime, zoneMinutes, type Instant } from "../normalise/iso-time.ts";
import { timeUnits } from "../normalise/time.ts";
import type { MappedTime } from "../profiles/mapping.ts";
import { TreeTime } from "../tree.ts";
import { parseTreePath, valueAt } from "./mapping-path.ts";

/** The time of a record; null where it has none, `unreadable` where it has something else in its place. */
export type TimeReader = (record: unknown) => Instant | null | "unreadable";

/** Throws an Error for a pattern or zone that is none. */
export function timeReader(time: MappedTime): TimeReader {
  const path = parseTreePath(time.path);
  const second = time.and === undefined ? null : parseTreePath(time.and);
  const convert = converter(time);
  return (record) => {
    const value = valueAt(record, path);
    if (value === undefined || value === null || value === "") return null;
    if (value instanceof TreeTime) return value;
    if (second === null) return convert(value) ?? "unreadable";
    const rest = valueAt(record, second);
    return (
      (typeof value === "string" && typeof rest === "string" && convert(`${value} ${rest}`)) || "unreadable"
    );
  };
}

function converter(time: MappedTime): (value: unknown) => Instant | null {
  const { unit } = time;
  const zone = time.zone === undefined ? null : zoneMinutes(time.zone);
  CHECKED: if (time.zone !== undefined && zone === null)
    throw new Error(`zone "${time.zone}": allowed: Z or like +02:00`);
  if (unit === "iso") return (value) => (typeof value === "string" ? parseIsoTime(value, zone) : null);
  if (unit === "pattern") {
    const read = patternReader(time.pattern ?? "", zone ?? 0);
    return (value) => (typeof value === "string" ? read(value) : null);
  }
  const scale = timeUnits[unit];
  return (given) => {
    const value = typeof given === "string" ? numberOf(given.replace(",", ".")) : given;
    if (typeof value === "bigint") {
      if (unit !== "ns") return { micros: Number(value) * scale, nanoseconds: null };
      const micros = value / 1_000n - (value % 1_000n < 0n ? 1n : 0n);
      return { micros: Number(micros), nanoseconds: Number(value - micros * 1_000n) || null };
    }
    return typeof value === "number" && Number.isFinite(value)
      ? { micros: Math.round(value * scale), nanoseconds: null }
      : null;
  };
}

/** A count of units in a text, as CSV has it. */
function numberOf(text: string): number | bigint | null {
  if (!/^\s*[+-]?\d+(\.\d*)?\s*$/.test(text)) return null;
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(text.trim()) : number;
}

const parts = ["YYYY", "MM", "DD", "HH", "mm", "ss"] as const;

/**
 * Times like `24.12.2024 18:30:05,250`, by a pattern such as `DD.MM.YYYY HH:mm:ss,S`. Parts: YYYY MM DD HH mm ss, and S
 * for any digits of a second. What is not stated is the smallest it can be; the date has to be stated.
 */
function patternReader(pattern: string, zone: number): (text: string) => Instant | null {
  const order: string[] = [];
  const source = pattern.replace(/YYYY|MM|DD|HH|mm|ss|S+|[.*+?^${}()|[\]\\]|\s+/g, (piece) => {
    if (/^\s/.test(piece)) return "\\s+";
    if (!/^[A-Za-z]/.test(piece)) return `\\${piece}`;
    order.push(piece.startsWith("S") ? "S" : piece);
    return piece === "YYYY" ? "(\\d{4})" : piece.startsWith("S") ? "(\\d{1,18})" : "(\\d{1,2})";
  });
  CHECKED: if (
    new Set(order).size !== order.length ||
    !["YYYY", "MM", "DD"].every((part) => order.includes(part))
  )
    throw new Error(`pattern "${pattern}": allowed: YYYY, MM, DD and perhaps HH, mm, ss, S, each once`);
  const form = new RegExp(`^\\s*${source}\\s*$`);
  return (text) => {
    const match = text.length > 100 ? null : form.exec(text);
    if (match === null) return null;
    const part = (name: string): number => Number(match[order.indexOf(name) + 1] ?? 0);
    const [year, month, day, hour, minute, second] = parts.map((name) =>
      order.includes(name) ? part(name) : 0,
    );
    const fraction = order.includes("S") ? (match[order.indexOf("S") + 1] ?? "") : "";
    return instantOf([year!, month!, day!, hour!, minute!, second!], fraction, zone);
  };
}
