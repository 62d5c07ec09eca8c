/** A report as PDF: A4, selectable text, a line of its title and page number on every page. */
import PDFDocument from "pdfkit";
import { count } from "../render/units.ts";
import type { ReportContent, ReportTable } from "./tables.ts";

const margin = 48;
const sizes = { title: 20, section: 13, table: 11, text: 8.5 } as const;
/** Points that a heading and the first rows below it need together; else they begin on the next page. */
const together = 90;
/** Of the lines between rows. */
const rule = "#d5d9de";
const [regular, bold] = ["Helvetica", "Helvetica-Bold"];

/** The same content gives the same bytes. `at`: milliseconds since 1970. */
export async function reportPdf(content: ReportContent, at: number): Promise<Uint8Array> {
  const info = { Title: content.title, Creator: "Fieldlake", CreationDate: new Date(at) };
  const document = new PDFDocument({ size: "A4", margin, bufferPages: true, info, lang: "en" });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    document.on("end", resolve);
    document.on("error", reject);
  });
  document.font(bold, sizes.title).text(printable(content.title));
  document.font(regular, sizes.text).text(printable(content.about));
  for (const { title, tables } of content.sections) {
    heading(document, title, sizes.section);
    for (const table of tables) write(document, table);
  }
  number(document, content.title);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

type Document = InstanceType<typeof PDFDocument>;

function heading(document: Document, text: string, size: number): void {
  if (document.y > document.page.height - margin - together) document.addPage();
  document.moveDown(0.8).font(bold, size).text(printable(text), margin).moveDown(0.3);
  document.font(regular, sizes.text);
}

function write(document: Document, { title, titles, rows, none, note }: ReportTable): void {
  if (title !== null) heading(document, title, sizes.table);
  document.font(regular, sizes.text);
  if (rows.length === 0) document.text(printable(none), margin);
  else {
    const head = titles.map((text) => ({ text: printable(text), font: { src: bold }, type: "TH" as const }));
    const body = rows.map((cells) =>
      cells.map((value) =>
        typeof value === "number"
          ? { text: count(value), align: { x: "right" as const } }
          : { text: printable(value) },
      ),
    );
    document.x = margin;
    document.table({
      data: [head, ...body],
      defaultStyle: {
        border: { top: 0, left: 0, right: 0, bottom: 0.5 },
        borderColor: { top: rule, left: rule, right: rule, bottom: rule },
        padding: 3,
      },
    });
    document.x = margin;
  }
  if (note !== null) document.text(printable(note), margin);
  document.moveDown(0.5);
}

function number(document: Document, title: string): void {
  const { start, count: pages } = document.bufferedPageRange();
  for (let page = start; page < start + pages; page++) {
    document.switchToPage(page);
    // Text below the margin would begin another page.
    document.page.margins.bottom = 0;
    const text = `${title}, page ${page + 1} of ${pages}`;
    const width = document.page.width - 2 * margin;
    document
      .font(regular, 7)
      .text(text, margin, document.page.height - margin / 1.5, { width, align: "right", lineBreak: false });
  }
}

/** The fonts that every reader has know Latin-1; of anything else the code is written, so that nothing reads as another name. */
function printable(text: string): string {
  return text.replace(
    /[^\x20-\x7e\xa0-\xff]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
