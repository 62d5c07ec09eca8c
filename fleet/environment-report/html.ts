/** A report as one HTML file: no script, nothing that is fetched, every value of a device escaped. */
import { count } from "../render/units.ts";
import type { Cell, ReportContent, ReportSection, ReportTable } from "./tables.ts";

export function reportHtml({ title, about, sections }: ReportContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(about)}</p>
${sections.map(section).join("\n")}
</body>
</html>
`;
}

const section = ({ title, tables }: ReportSection): string =>
  `<section><h2>${escaped(title)}</h2>${tables.map(table).join("")}</section>`;

function table({ title, titles, rows, none, note }: ReportTable): string {
  const above = title === null ? "" : `<h3>${escaped(title)}</h3>`;
  const below = note === null ? "" : `<p>${escaped(note)}</p>`;
  if (rows.length === 0) return `${above}<p>${escaped(none)}</p>${below}`;
  const head = titles.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map(cell).join("")}</tr>`).join("\n");
  return `${above}<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>${below}`;
}
const cell = (value: Cell): string =>
  typeof value === "number" ? `<td class="number">${count(value)}</td>` : `<td>${escaped(value)}</td>`;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

const style = `
body { font: 15px/1.4 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
table { border-collapse: collapse; margin: 0.5rem 0 1rem }
th, td { padding: 0.2rem 1.2rem 0.2rem 0; border-bottom: 1px solid #d5d9de; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
@media print { section { break-inside: avoid-page } body { margin: 0 } }
`;
