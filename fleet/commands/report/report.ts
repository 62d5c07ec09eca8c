import { writeFileSync } from "node:fs";
import type { AskAlarms } from "../../environment-report/alarms.ts";
import { cloudContent } from "../../environment-report/cloud.ts";
import { cloudFacts, missingOf } from "../../environment-report/cloud-facts.ts";
import { reportContent } from "../../environment-report/content.ts";
import { reportFacts } from "../../environment-report/facts.ts";
import { reportForms } from "../../../site/reports/report-forms.ts";
import { reportHtml } from "../../environment-report/html.ts";
import type { ReportContent } from "../../environment-report/tables.ts";
import { localStack } from "../../environment.ts";
import { CommandError, exitCodes, messageOf } from "../../errors.ts";
import { stackOutputs } from "../../outputs.ts";
import { bytes } from "../../render/units.ts";
import { openAlarmsIfAny } from "../alarms/open-alarms.ts";
import type { CommandContext } from "../context.ts";
import { keptOf, printKept, readKept, type KeptSource } from "./kept.ts";
import { registryOf, reportedOutputs, sourceOf } from "./stack-source.ts";

export interface ReportOptions {
  /** Files to write, at least one; they must not exist. */
  readonly html?: string;
  readonly pdf?: string;
  /** Days of volume and quarantine to look back on. */
  readonly days: number;
  /** Default: the one on this machine, whose site answers. */
  readonly stack?: string;
  /** Instead of a new one, those that the stack made by itself: which there are. */
  readonly list?: boolean;
  /** Or one of them, by its id. */
  readonly kept?: string;
}

type Context = Pick<CommandContext, "terminal" | "site" | "folders">;

/** The state of the environment as HTML, as PDF or as both. They are plain, so only their owner may read them. */
export async function report(options: ReportOptions, context: Context): Promise<void> {
  const { html, pdf, days, stack, list, kept } = options;
  if (list === true) return printKept(await keptSource("--list", stack, context), context.terminal);
  if (html === undefined && pdf === undefined)
    throw new CommandError(
      "received no file to write",
      exitCodes.usage,
      "give --html FILE, --pdf FILE or both",
    );
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
    context.terminal.print(`${file}: ${bytes(Buffer.byteLength(made))}`);
  };
  if (kept !== undefined) {
    const files = { html, pdf };
    const forms = reportForms.filter((form) => files[form] !== undefined);
    const read = await readKept(await keptSource("--kept", stack, context), kept, forms);
    for (const form of forms) write(`--${form}`, files[form]!, read[form]!);
    return;
  }
  const now = Date.now();
  const content =
    stack === undefined || stack === localStack
      ? reportContent(await reportFacts(context.site, days, now))
      : await contentOfStack(stack, days, now, context);
  if (html !== undefined) write("--html", html, reportHtml(content));
  if (pdf === undefined) return;
  const { reportPdf } = await import("../../environment-report/pdf.ts");
  write("--pdf", pdf, await reportPdf(content, now));
}

async function keptSource(
  option: string,
  stack: string | undefined,
  { folders }: Context,
): Promise<KeptSource> {
  if (stack !== undefined && stack !== localStack) return keptOf(stack, folders.project);
  throw new CommandError(
    `${option}: received no stack in a cloud; allowed: with --stack NAME`,
    exitCodes.usage,
    "reports of this machine's site are on its page, view Environment, and in its API",
  );
}

async function contentOfStack(
  stack: string,
  days: number,
  now: number,
  context: Context,
): Promise<ReportContent> {
  const { project } = context.folders;
  const outputs = await stackOutputs(stack, project, reportedOutputs);
  const desk = await openAlarmsIfAny(stack, context);
  const registry = await registryOf(outputs.authority.registry, project);
  try {
    const alarms: AskAlarms | null = desk === null ? null : (request) => desk.alarms(request);
    const facts = await cloudFacts(stack, { ...sourceOf(outputs), alarms, registry }, days, now);
    const missing = missingOf(facts);
    if (missing.length === 0) return cloudContent(facts);
    throw new CommandError(
      missing.join("\n"),
      exitCodes.failed,
      "are you signed in, with the right to read the latest state, the lake's listing and the registry?",
    );
  } finally {
    await registry?.close();
  }
}
