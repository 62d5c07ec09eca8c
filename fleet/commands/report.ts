import { writeFileSync } from "node:fs";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { reportContent } from "../environment-report/content.ts";
import { reportFacts } from "../environment-report/facts.ts";
import { reportHtml } from "../environment-report/html.ts";
import { bytes } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

export interface ReportOptions {
  /** Files to write, at least one; they must not exist. */
  readonly html?: string;
  readonly pdf?: string;
  /** Days of volume and quarantine to look back on. */
  readonly days: number;
}

/** The state of the environment as HTML, as PDF or as both. They are plain, so only their owner may read them. */
export async function report(
  { html, pdf, days }: ReportOptions,
  { terminal, site }: Pick<CommandContext, "terminal" | "site">,
): Promise<void> {
  if (html === undefined && pdf === undefined)
    throw new CommandError(
      "received no file to write",
      exitCodes.usage,
      "give --html FILE, --pdf FILE or both",
    );
  const facts = await reportFacts(site, days, Date.now());
  const content = reportContent(facts);
  const write = (option: string, file: string, made: string | Uint8Array): void => {
    try {
      writeFileSync(file, made, { flag: "wx", mode: 0o600 });
    } catch (error) {
      throw new CommandError(
        `${option} ${file}: ${messageOf(error)}`,
        exitCodes.failed,
        "name a file that does not exist yet, in a folder that does",
      );
    }
    terminal.print(`${file}: ${bytes(Buffer.byteLength(made))}`);
  };
  if (html !== undefined) write("--html", html, reportHtml(content));
  if (pdf === undefined) return;
  const { reportPdf } = await import("../environment-report/pdf.ts");
  write("--pdf", pdf, await reportPdf(content, facts.at));
}
