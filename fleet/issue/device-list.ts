/** A list of devices as CSV (RFC 4180): `id` and, where wanted, `profile`. All its mistakes are told at once, by line. */
import { deviceIdFault } from "../authority/device-id.ts";

export interface ListedDevice {
  readonly line: number;
  readonly id: string;
  /** Undefined where the list has no such column. */
  readonly profile?: string | null;
}

export interface ListMistake {
  readonly line: number;
  readonly message: string;
}

export interface DeviceList {
  readonly devices: readonly ListedDevice[];
  readonly mistakes: readonly ListMistake[];
}

const columnNames = ["id", "profile"] as const;
type ColumnName = (typeof columnNames)[number];
const profilePattern = /^[a-z0-9][a-z0-9-]*$/;
const longestLine = 1000;

/** Mistakes of the header leave no devices. A byte order mark, CRLF and empty lines at the end are no mistakes. */
export function readDeviceList(text: string): DeviceList {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  const header = readHeader(lines[0] ?? "");
  if ("message" in header) return { devices: [], mistakes: [{ line: 1, message: header.message }] };
  const devices: ListedDevice[] = [];
  const mistakes: ListMistake[] = [];
  const lineOf = new Map<string, number>();
  for (let index = header.first; index < lines.length; index += 1) {
    const line = index + 1;
    const device = readLine(lines[index] as string, header.columns);
    if (typeof device === "string") {
      mistakes.push({ line, message: device });
      continue;
    }
    const former = lineOf.get(device.id);
    if (former !== undefined) {
      mistakes.push({
        line,
        message: `id: "${device.id}" is on line ${former} already; allowed: each device once`,
      });
      continue;
    }
    lineOf.set(device.id, line);
    devices.push({ line, ...device });
  }
  if (devices.length === 0 && mistakes.length === 0) {
    mistakes.push({ line: 1, message: "the list has no devices; expected one a line, by its id" });
  }
  return { devices, mistakes };
}

interface Header {
  readonly columns: readonly ColumnName[];
  /** Index of the first line with a device. */
  readonly first: number;
}

/** A list without a header is one of ids. */
function readHeader(line: string): Header | { readonly message: string } {
  const names = splitLine(line);
  if (typeof names === "string") return { message: names };
  const lower = names.map((name) => name.trim().toLowerCase());
  if (!lower.includes("id")) {
    if (names.length === 1) return { columns: ["id"], first: 0 };
    return {
      message: `the first line: received ${shown(line)}; allowed: a header with the columns id and profile`,
    };
  }
  const unknown = lower.filter((name) => !columnNames.includes(name as ColumnName));
  if (unknown.length > 0) {
    return {
      message: `column ${shown(unknown[0] as string)}: no such column; allowed: ${columnNames.join(", ")}`,
    };
  }
  if (new Set(lower).size < lower.length) return { message: `a column is named twice: ${shown(line)}` };
  return { columns: lower as ColumnName[], first: 1 };
}

function readLine(line: string, columns: readonly ColumnName[]): Omit<ListedDevice, "line"> | string {
  if (line.trim() === "") return "the line is empty; expected a device";
  if (line.length > longestLine)
    return `the line has ${line.length} characters; allowed: at most ${longestLine}`;
  const fields = splitLine(line);
  if (typeof fields === "string") return fields;
  if (fields.length !== columns.length) {
    return `received ${fields.length} fields; expected ${columns.length} (${columns.join(", ")})`;
  }
  const field = (name: ColumnName): string | undefined => {
    const index = columns.indexOf(name);
    return index < 0 ? undefined : fields[index];
  };
  const id = field("id") as string;
  const fault = deviceIdFault(id);
  if (fault !== null) return `id: ${fault}`;
  const profile = field("profile");
  if (profile === undefined) return { id };
  if (profile === "") return { id, profile: null };
  return profilePattern.test(profile)
    ? { id, profile }
    : `profile: received ${shown(profile)}; allowed: the name of a folder below profiles/, or nothing`;
}

/** Fields with their quotes taken off; a message where the quotes don't fit. */
function splitLine(line: string): string[] | string {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const end = line.indexOf(",", at);
      const field = line.slice(at, end < 0 ? undefined : end);
      if (field.includes('"')) return `a quote within ${shown(field)}; a field with quotes stands in quotes`;
      fields.push(field);
      if (end < 0) return fields;
      at = end + 1;
      continue;
    }
    const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(line.slice(at));
    if (quoted === null) return `a quote that does not end, or something behind it: ${shown(line.slice(at))}`;
    fields.push((quoted[1] as string).replaceAll('""', '"'));
    if (quoted[2] === "") return fields;
    at += quoted[0].length;
  }
}

/** Printable ASCII, not too long. */
function shown(text: string): string {
  const plain = text.replace(/[^ -~]/gu, "?");
  return JSON.stringify(plain.length > 60 ? `${plain.slice(0, 57)}...` : plain);
}
