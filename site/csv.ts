/** A table as CSV (RFC 4180): comma, CRLF, quotes where they are needed. Pure: no document. */

export function toCsv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [columns, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function field(value: unknown): string {
  const text = textOf(value);
  // A spreadsheet would run a text that begins like a formula; the apostrophe makes it text (OWASP, CSV injection).
  const safe =
    typeof value === "string" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What a cell shows: nothing for NULL, JSON for lists and structs. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
