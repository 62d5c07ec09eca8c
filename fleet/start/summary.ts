/** What `start` says at its end. */
import type { QueryResult } from "../../site/ports.ts";
import { answerTable } from "../render/answer.ts";
import { bytes, count, counted, duration } from "../render/units.ts";
import type { SiteStatus } from "../site-client.ts";
import type { Terminal } from "../terminal.ts";
import type { Question } from "./answers.ts";
import type { Account } from "./audit.ts";
import type { FeedResult } from "./feed.ts";
import type { ResourceChanges } from "../pulumi.ts";

/** A phase of the start and how long it took, milliseconds. */
export interface Phase {
  readonly name: string;
  readonly milliseconds: number;
}

export interface Answered extends Question {
  readonly answer: QueryResult;
}

export function changesLine({ changed, unchanged }: ResourceChanges): string {
  return changed === 0
    ? `nothing changed: all ${counted(unchanged, "resource")} are as declared`
    : `${counted(changed, "resource")} changed, ${count(unchanged)} unchanged`;
}

/** The account of the feed in words. */
export function accountLines(result: FeedResult, account: Account): string[] {
  const { acknowledged, fresh, duplicates, quarantined } = account;
  const isRepeat = fresh === 0 && quarantined === 0 && acknowledged > 0;
  return [
    `${counted(result.devices, "device")} sent ${counted(acknowledged, "message")}, all acknowledged: ` +
      `${count(fresh)} new, ${count(quarantined)} quarantined, ${counted(duplicates, "duplicate")} dropped`,
    ...(isRepeat
      ? [
          "the recording was in the lake already: every message was recognised as a repeat, nothing was stored twice",
        ]
      : []),
    `besides, ${counted(result.statusMessages, "status message")} (online, offline): those are news every time`,
    ...(result.resent > 0
      ? [`${counted(result.resent, "message")} went out again after a lost connection`]
      : []),
  ];
}

export function summaryLines(
  facts: {
    readonly changes: ResourceChanges;
    readonly status: SiteStatus;
    readonly account: readonly string[];
    readonly phases: readonly Phase[];
    readonly remarks: readonly string[];
  },
  terminal: Terminal,
): string[] {
  const { changes, status, account, phases, remarks } = facts;
  const { lake, fleet } = status;
  const row = (name: string, text: string) => `  ${terminal.style("strong", name.padEnd(12))}${text}`;
  const size = lake?.zones.reduce((sum, zone) => sum + zone.bytes, 0) ?? 0;
  const files = lake?.zones.reduce((sum, zone) => sum + zone.files, 0) ?? 0;
  return [
    "",
    terminal.style("heading", "Summary"),
    row("environment", changesLine(changes)),
    row("devices", `${count(fleet.length)} known, each with a certificate of its own`),
    ...account.map((line, index) => row(index === 0 ? "messages" : "", line)),
    ...(lake === null
      ? []
      : [
          row(
            "lake",
            `${counted(
              lake.tables.reduce((sum, { rows }) => sum + rows, 0),
              "row",
            )} in ${counted(lake.tables.length, "table")}, ` +
              `${count(lake.pipeline.quarantined)} in quarantine, ${count(lake.pipeline.duplicates)} duplicates dropped so far; ` +
              `${bytes(size)} in ${counted(files, "encrypted file")}`,
          ),
        ]),
    ...remarks.map((remark) => row("remark", terminal.style("warning", remark))),
    row("time", phases.map(({ name, milliseconds }) => `${name} ${duration(milliseconds)}`).join(", ")),
  ];
}

export function answerLines(answered: readonly Answered[], terminal: Terminal): string[] {
  return answered.flatMap(({ title, sql, answer }) => [
    "",
    terminal.style("heading", title),
    ...sql.split("\n").map((line) => terminal.style("faint", `  ${line}`)),
    answerTable(answer, terminal),
  ]);
}

export function nextSteps(link: string, terminal: Terminal): string[] {
  const step = (command: string, what: string) => `  ${terminal.style("strong", command.padEnd(58))}${what}`;
  return [
    "",
    terminal.style("heading", "The page"),
    `  ${link}`,
    "",
    terminal.style("heading", "What to try next"),
    step("npm start", "again: nothing changes, every repeat is recognised"),
    step('npx fieldlake query "select * from latest limit 20"', "any SQL; --json, --csv, --parquet FILE"),
    step("npm run status", "who is online, what the lake holds"),
    step(
      "npm run pulumi -- preview --stack local-dev --diff",
      "what a change of Pulumi.local-dev.yaml would do",
    ),
    step("npm run stop", "stop, and keep all data"),
    step("npm run destroy", "remove everything"),
  ];
}
