import { writeNote } from "../environment.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { pageLink, runFolderFromOutputs } from "../outputs.ts";
import { connectSite, type SiteConnection } from "../site-client.ts";
import { findAnchor, writeAnchor } from "../start/anchor.ts";
import { questions } from "../start/answers.ts";
import { audit, takeInventory } from "../start/audit.ts";
import { deploy } from "../start/deploy.ts";
import { assign, feed } from "../start/feed.ts";
import { waitUntilHealthy } from "../start/health.ts";
import { planFeed } from "../start/plan.ts";
import { feedProgress } from "../start/progress.ts";
import {
  accountLines,
  answerLines,
  nextSteps,
  summaryLines,
  type Answered,
  type Phase,
} from "../start/summary.ts";
import type { StackOutputs } from "../outputs.ts";
import type { CommandContext } from "./context.ts";

export interface StartOptions {
  /** 1 keeps the recording's timing; `null` sends as fast as acknowledgements come. */
  readonly speed: number | null;
  /** Bring the environment up and send nothing. */
  readonly samples: boolean;
}

/** From nothing to answers: environment up, recording sent, counts checked, lake asked. Throws {@link CommandError}. */
export async function start(options: StartOptions, context: CommandContext): Promise<void> {
  const { terminal, folders, signal } = context;
  const phases: Phase[] = [];
  const timed = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const startedAt = performance.now();
    const result = await work();
    phases.push({ name, milliseconds: performance.now() - startedAt });
    return result;
  };

  const { outputs, changes } = await timed("environment", () => deploy(context));
  const runFolder = runFolderFromOutputs(outputs);
  const { host, port } = outputs.mqttEndpoint;
  writeNote(folders, { runFolder, dashboardUrl: outputs.dashboardUrl, mqtt: `${host}:${port}` });
  const site = connectSite(runFolder);
  await timed("health", () => waitUntilHealthy(site, signal));

  const fed = options.samples
    ? await feedSamples(options.speed, context, outputs, site, timed)
    : { account: ["none sent (--no-samples)"], remarks: [], faults: [], isFed: false };
  const answered = fed.isFed
    ? await timed("answers", async () => {
        const list: Answered[] = [];
        for (const question of questions) {
          list.push({ ...question, answer: await site.query(question.sql, { maxRows: 20 }) });
        }
        return list;
      })
    : [];
  const facts = { changes, status: await site.status(), account: fed.account, phases, remarks: fed.remarks };
  for (const line of [
    ...summaryLines(facts, terminal),
    ...answerLines(answered, terminal),
    ...nextSteps(pageLink(outputs), terminal),
  ]) {
    terminal.print(line);
  }
  if (fed.faults.length > 0) {
    throw new CommandError(
      `the counts don't add up:\n${fed.faults.map((fault) => `  - ${fault}`).join("\n")}`,
      exitCodes.counts,
      "npm run status and the page's quarantine show what the site made of the messages",
      "please report it with the site's log (site.log in its run folder)",
    );
  }
}

interface Fed {
  readonly account: readonly string[];
  readonly remarks: readonly string[];
  readonly faults: readonly string[];
  readonly isFed: boolean;
}

async function feedSamples(
  speed: number | null,
  { terminal, folders, signal }: CommandContext,
  outputs: StackOutputs,
  site: SiteConnection,
  timed: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>,
): Promise<Fed> {
  await site.flush();
  const anchor = await findAnchor(folders, site, Date.now() * 1000);
  const plan = await planFeed(anchor.base);
  const { assignments, left } = assign(plan, outputs, (await site.status()).fleet, anchor.sentOnce);
  if (assignments.length === 0) {
    return {
      account: ["none sent: the stack has none of the sample devices"],
      remarks: [],
      faults: [],
      isFed: false,
    };
  }
  const devices = assignments.map(({ device }) => device.id);
  const before = await takeInventory(site, devices);
  if (anchor.source === "new") writeAnchor(folders, anchor.base, false);

  terminal.print();
  terminal.print(
    terminal.style("heading", `Sending the recording of ${new Date(anchor.base / 1000).toISOString()}`) +
      (anchor.source === "new" ? "" : " (the same again)"),
  );
  const result = await timed("sending", () =>
    feed(assignments, outputs, site, { speed, signal, progress: feedProgress(terminal) }),
  );
  writeAnchor(folders, anchor.base, true);
  await timed("writing", () => site.flush());
  const account = audit(assignments, result, before, await takeInventory(site, devices));

  const withheld = assignments.reduce(
    (sum, { messages, sending }) => sum + messages.length - sending.length,
    0,
  );
  return {
    account: accountLines(result, account),
    remarks: [
      ...left,
      ...(withheld > 0
        ? [
            `${withheld} messages without a counter or time of their own were sent the first time only: a repeat could not be told from a new reading`,
          ]
        : []),
    ],
    faults: account.faults,
    isFed: true,
  };
}
