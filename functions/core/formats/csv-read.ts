/** Records of cells in text (RFC 4180). */

import { Fault } from "../fault.ts";

export interface CsvRecord {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The records of a text, one by one. Empty lines and lines of comment are none. A cell in quotes may hold delimiters,
 * line ends and doubled quotes; quotes inside a bare cell are characters like others.
 * Throws a {@link Fault} where a quoted cell is not closed, or goes on behind its closing quote.
 */
export function* readCsvRecords(
  text: string,
  delimiter: string,
  comment: string | null,
): Generator<CsvRecord, undefined> {
  const { length } = text;
  let at = 0;
  let line = 1;
  while (at < length) {
    const start = line;
    if (comment !== null && text.startsWith(comment, at)) {
      at = lineEnd(text, at) + 1;
      line++;
      continue;
    }
    const cells: string[] = [];
    for (;;) {
      if (text.charCodeAt(at) === 0x22) {
        const cell = quotedCell(text, at, line);
        cells.push(cell.value);
        at = cell.end;
        line += cell.lines;
      } else {
        const end = bareEnd(text, at, delimiter);
        cells.push(text.slice(at, end));
        at = end;
      }
      if (at >= length || text[at] !== delimiter) break;
      at++;
    }
    if (text.charCodeAt(at) === 0x0d) at++;
    if (at < length && text.charCodeAt(at) !== 0x0a)
      throw new Fault("not-well-formed", `line ${line}: a cell goes on behind its closing quote`);
    at++;
    line++;
    if (cells.length > 1 || cells[0] !== "") yield { line: start, cells };
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function bareEnd(text: string, from: number, delimiter: string): number {
  const separator = delimiter.charCodeAt(0);
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === separator || code === 0x0a) return at;
    if (code === 0x0d && text.charCodeAt(at + 1) === 0x0a) return at;
  }
  // A file may end with a carriage return alone where it was cut.
  return text.charCodeAt(at - 1) === 0x0d && at > from ? at - 1 : at;
}

function quotedCell(text: string, from: number, line: number): { value: string; end: number; lines: number } {
  let value = "";
  let start = from + 1;
  for (;;) {
    const quote = text.indexOf('"', start);
    if (quote < 0) throw new Fault("not-well-formed", `line ${line}: a quoted cell is not closed`);
    value += text.slice(start, quote);
    if (text.charCodeAt(quote + 1) !== 0x22)
      return { value, end: quote + 1, lines: value.split("\n").length - 1 };
    value += '"';
    start = quote + 2;
  }
}
