import { writeFileSync } from "node:fs";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { reportFacts } from "../environment-report/facts.ts";
import { reportHtml } from "../environment-report/html.ts";
import { bytes } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

export interface ReportOptions {
  /** File to write; must not exist. */
  readonly html: string;
  /** Days of volume and quarantine to look back on. */
  readonly days: number;
}

/** The state of the environment as one HTML file. It is plain, so only its owner may read it. */
export async function report(
  { html, days }: ReportOptions,
  { terminal, site }: Pick<CommandContext, "terminal" | "site">,
): Promise<void> {
  const page = reportHtml(await reportFacts(site, days, Date.now()));
  try {
    writeFileSync(html, page, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw new CommandError(
      `--html ${html}: ${messageOf(error)}`,
      exitCodes.failed,
      "name a file that does not exist yet, in a folder that does",
    );
  }
  terminal.print(`${html}: ${bytes(Buffer.byteLength(page))}`);
}
