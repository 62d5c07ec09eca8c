/** Writes one report as HTML and as PDF, beside the thread that serves devices. */
import { parentPort } from "node:worker_threads";
import { reportContent } from "../../fleet/environment-report/content.ts";
import type { ReportFacts } from "../../fleet/environment-report/facts.ts";
import { reportHtml } from "../../fleet/environment-report/html.ts";
import { reportPdf } from "../../fleet/environment-report/pdf.ts";
import type { ReportFiles } from "./report-book.ts";

export type ThreadAnswer = ReportFiles | { readonly error: string };

async function write(facts: ReportFacts): Promise<ReportFiles> {
  const content = reportContent(facts);
  return { html: Buffer.from(reportHtml(content)), pdf: await reportPdf(content, facts.at) };
}

const answer = (what: ThreadAnswer): void => parentPort?.postMessage(what);
parentPort?.on("message", (facts: ReportFacts) => {
  void write(facts).then(answer, (error: Error) => answer({ error: error.message }));
});
