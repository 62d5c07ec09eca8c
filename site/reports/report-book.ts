/** Reports on disk: one sealed file each, written whole, the newest ones kept. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logger.ts";
import type { Keyring, SealingKey } from "../seal.ts";
import { writeWhole } from "../write-whole.ts";
import type { ReportForm } from "./report-forms.ts";

export type ReportFiles = Readonly<Record<ReportForm, Uint8Array>>;

export interface ReportFacts {
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** When the schedule wanted it, milliseconds since 1970; null where somebody asked for it. */
  readonly dueAt: number | null;
  /** That it looks back on. */
  readonly days: number;
}

export interface KeptReport extends ReportFacts {
  readonly id: string;
  /** Bytes of each form. */
  readonly sizes: Readonly<Record<ReportForm, number>>;
}

export interface ReportBookOptions {
  readonly folder: string;
  readonly keyring: Keyring;
  /** Newest ones that stay: of those on schedule, and of those that were asked for. */
  readonly keep: number;
  readonly logger: Logger;
}

const fileSyntax = /^([0-9a-f]{16})\.report$/;

export class ReportBook {
  readonly #folder: string;
  readonly #key: SealingKey;
  readonly #keep: number;
  readonly #reports = new Map<string, KeptReport>();

  private constructor({ folder, keyring, keep }: ReportBookOptions) {
    this.#folder = folder;
    this.#key = keyring.key("reports");
    this.#keep = keep;
  }

  /** What a kill left half written is removed; what can't be opened stays, is logged and not listed. */
  static async open(options: ReportBookOptions): Promise<ReportBook> {
    const { folder, logger } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const book = new ReportBook(options);
    for (const name of await readdir(folder)) {
      const id = fileSyntax.exec(name)?.[1];
      if (id === undefined) {
        if (name.endsWith(".report.new")) await rm(join(folder, name));
        continue;
      }
      try {
        book.#reports.set(id, unpacked(await book.#open(id)).report);
      } catch (error) {
        logger.error({ file: name, error: (error as Error).message }, "a report cannot be opened");
      }
    }
    await book.#tidy();
    return book;
  }

  /** Newest first. */
  list(): readonly KeptReport[] {
    return [...this.#reports.values()].toSorted((left, right) => right.madeAt - left.madeAt);
  }

  /** Null where there is none of that id, or none any more. Rejects with `SealError` where it was damaged. */
  async read(id: string, form: ReportForm): Promise<{ report: KeptReport; bytes: Uint8Array } | null> {
    if (!this.#reports.has(id)) return null;
    const { report, files } = unpacked(await this.#open(id));
    return { report, bytes: files[form] };
  }

  /** Resolves when it is on disk whole; then older ones make room. */
  async add(facts: ReportFacts, { html, pdf }: ReportFiles): Promise<KeptReport> {
    const id = randomBytes(8).toString("hex");
    const report: KeptReport = { ...facts, id, sizes: { html: html.length, pdf: pdf.length } };
    const path = this.#path(id);
    try {
      await writeWhole(path, this.#key.seal(packed(report, { html, pdf }), id));
    } catch (error) {
      await rm(`${path}.new`, { force: true });
      throw error;
    }
    this.#reports.set(id, report);
    await this.#tidy();
    return report;
  }

  /** Those that somebody asks for never push out those on schedule. */
  async #tidy(): Promise<void> {
    const byCause = Map.groupBy(this.list(), ({ dueAt }) => dueAt === null);
    for (const { id } of [...byCause.values()].flatMap((of) => of.slice(this.#keep))) {
      this.#reports.delete(id);
      await rm(this.#path(id), { force: true });
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.report`);
  }

  async #open(id: string): Promise<Buffer> {
    return this.#key.open(await readFile(this.#path(id)), id);
  }
}

/** Four bytes of length, what is known of it as JSON, HTML, PDF. */
function packed(report: KeptReport, { html, pdf }: ReportFiles): Buffer {
  const head = Buffer.from(JSON.stringify(report));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, html, pdf]);
}

function unpacked(bytes: Buffer): { readonly report: KeptReport; readonly files: ReportFiles } {
  const headEnd = 4 + bytes.readUInt32BE();
  const report = JSON.parse(bytes.toString("utf8", 4, headEnd)) as KeptReport;
  const htmlEnd = headEnd + report.sizes.html;
  return { report, files: { html: bytes.subarray(headEnd, htmlEnd), pdf: bytes.subarray(htmlEnd) } };
}
