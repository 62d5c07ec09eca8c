/** Comma-separated values (RFC 4180), by the mapping of their profile; the columns are named or come in the first line. */

import { Fault, shown, toFault } from "../fault.ts";
import type { MappedField } from "../profiles/mapping.ts";
import type { CsvProfile } from "../profiles/profile.ts";
import { fromHex } from "../text.ts";
import { emptyObject, type TreeObject } from "../tree.ts";
import { readCsvRecords } from "./csv-read.ts";
import { byteDecoder } from "./csv-text.ts";
import type { MessageDecoder } from "./format.ts";
import type { TextReader } from "./mapping-field.ts";
import { recordWriter } from "./mapping.ts";

/** Columns of one record. */
const maximumColumns = 4_096;

/** Throws an Error for a mapping that makes no sense, and for a field whose column is not among the stated ones. */
export function csvDecoder(profile: CsvProfile): MessageDecoder {
  const { delimiter = ",", columns: stated, comment = null } = profile;
  const named = profile.header ?? stated === undefined;
  CHECKED: {
    const unknown = profile.fields.find(({ path }) => stated && !stated.includes(path));
    if (unknown) throw new Error(`field "${unknown.path}": there is no such column`);
  }
  const write = recordWriter(profile, textReader(profile.decimal ?? "."));
  const decodeText = byteDecoder(profile.encoding);

  return (message, rows) => {
    const records = readCsvRecords(decodeText(message.payload), delimiter, comment);
    let columns = stated;
    if (named) {
      const first = records.next();
      if (first.done) throw new Fault("schema", "the payload has not even a line of column names");
      columns ??= checkedColumns(first.value.cells, profile);
    }
    let isFirst = true;
    for (;;) {
      let where = "";
      try {
        const next = records.next();
        if (next.done) return;
        where = `line ${next.value.line}`;
        write(recordOf(next.value.cells, columns!), message, rows, isFirst);
        isFirst = false;
      } catch (thrown) {
        const fault = toFault(thrown);
        rows.problems.add(where === "" ? fault : fault.at(where));
      }
    }
  };
}

function checkedColumns(cells: readonly string[], { fields, others }: CsvProfile): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  if (names.length > maximumColumns) throw new Fault("schema", `more than ${maximumColumns} columns`);
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) throw new Fault("schema", `the column "${twice.slice(0, 60)}" comes twice`);
  // Nothing would be left of any record, and nobody would know why.
  if (others !== "readings" && !fields.some(({ path }) => names.includes(path)))
    throw new Fault("schema", `the first line names none of the profile's columns: ${shown(names.join())}`);
  return names;
}

function recordOf(cells: readonly string[], columns: readonly string[]): TreeObject {
  if (cells.length !== columns.length)
    throw new Fault("schema", `${cells.length} cells, the file has ${columns.length} columns`);
  const record = emptyObject();
  for (let index = 0; index < columns.length; index++) record[columns[index]!] = cells[index]!;
  return record;
}

const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;
const notANumber = /^[+-]?(nan|inf|infinity|#num!|#n\/a|#div\/0!)$/i;

/** Numbers as the file writes them; a NaN is one, and becomes a bad reading. */
function textReader(decimal: "." | ","): TextReader {
  return (given, type: NonNullable<MappedField["type"]>) => {
    const text = given.trim();
    switch (type) {
      case "double": {
        // Dots between thousands make no number, lest it were a thousandth of what was meant.
        const number = decimal === "," ? text.replace(/[.,]/g, (mark) => (mark === "," ? "." : ",")) : text;
        if (decimalNumber.test(number)) return Number(number);
        return notANumber.test(text) ? NaN : undefined;
      }
      case "int": {
        if (!/^[+-]?\d{1,40}$/.test(text)) return undefined;
        const number = Number(text);
        return Number.isSafeInteger(number) ? number : BigInt(text);
      }
      case "bool":
        return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : undefined;
      case "bytes":
        return fromHex(text) ?? undefined;
      case "text":
        return given;
    }
  };
}
