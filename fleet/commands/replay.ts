import { setTimeout as pause } from "node:timers/promises";
import cliProgress from "cli-progress";
import type { Micros } from "../../functions/core/model.ts";
import type { ReplayState } from "../../site/replay/replay-request.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import { count, counted } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

export interface ReplayOptions {
  /** `name@version` */
  readonly codec: string;
  readonly from: Micros;
  /** Default: now; in a cloud, an hour ago. */
  readonly to?: Micros;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  /** Stack in a cloud whose lake it is about; default: the site on this machine. */
  readonly stack?: string;
}

type Context = Pick<CommandContext, "terminal" | "site">;

/** Milliseconds between two looks at a replay that runs. */
const lookMs = 250;

/** Waits for the end; rejects with {@link CommandError} where the replay ended early. */
export async function replay(
  { codec, from, to = Date.now() * 1_000, dryRun = false, json }: ReplayOptions,
  { terminal, site }: Context,
): Promise<void> {
  if (from >= to)
    throw new CommandError(
      `--from ${timeOf(from)} is not before --to ${timeOf(to)}: nothing arrived in between`,
      exitCodes.usage,
    );
  const started = await site.startReplay({ codec, from, to, dryRun });
  const ended = await withBar(started, { terminal, site });
  if (ended.state === "failed")
    throw new CommandError(
      `the replay ended early: ${ended.error ?? "no reason is known"}`,
      exitCodes.failed,
      "what it had replaced stays, nothing is lost or doubled; the same command does the rest",
    );
  if (json === true) {
    const lineage = await site.replays();
    terminal.write(`${JSON.stringify({ ...ended, lineage }, null, 2)}\n`);
    return;
  }
  print(ended, terminal);
}

async function withBar(started: ReplayState, { terminal, site }: Context): Promise<ReplayState> {
  const bar = terminal.isInteractive
    ? new cliProgress.SingleBar({
        format: "  {bar}  {percentage} %  {value} of {total} bytes",
        hideCursor: true,
      })
    : null;
  bar?.start(started.totalBytes, started.bytes);
  try {
    for (let state = started; ;) {
      if (state.state !== "running") return state;
      await pause(lookMs);
      const { run } = await site.replay();
      // Another site process, or another run: this one is over and did not say how.
      if (run?.run !== started.run) return { ...state, state: "failed", error: "the site was started anew" };
      state = run;
      bar?.setTotal(state.totalBytes);
      bar?.update(state.bytes);
    }
  } finally {
    bar?.stop();
  }
}

export function print(
  { codec, dryRun, counts }: Pick<ReplayState, "codec" | "dryRun" | "counts">,
  terminal: Context["terminal"],
): void {
  const { messages, fromQuarantine, kept, unidentified, unreplayable, damaged, tables, changes, scores } =
    counts;
  const titles = ["table", "rows before", "rows now", "say the same"];
  if (tables.length > 0)
    terminal.print(
      renderTable(
        titles.map((title, at) => ({ title, align: at === 0 ? "left" : "right" })),
        tables.map(({ table, before, after, same }) => [table, ...[before, after, same].map(count)]),
        terminal,
      ),
    );
  terminal.print(
    `${counted(messages, "message")} through ${codec}: ` +
      (changes === 0
        ? "the lake has these very rows, nothing changes"
        : `${counted(changes, "commit")}${dryRun ? " would change the lake; nothing was changed" : ""}`),
  );
  for (const { model, version, before, after, same } of scores)
    terminal.print(
      `${model}@${version} ${dryRun ? "would score" : "scored"} ${counted(after, "window")} again: ${count(same)} as before, ` +
        `${count(before - same)} former scores ${dryRun ? "would go" : "went"}`,
    );
  const warn = (text: string): void => terminal.note(terminal.style("warning", text));
  if (fromQuarantine > 0)
    terminal.note(
      `${counted(fromQuarantine, "message")} had no raw file any more and came from the quarantine`,
    );
  if (kept > 0)
    warn(
      `${counted(kept, "message")} could not be decoded at the moment (no birth before them in the range, or a codec out of ` +
        "time): what the lake has of them stays",
    );
  if (unidentified > 0)
    warn(
      `${counted(unidentified, "message")} of uploaded files have another identity by this profile: their rows stay as they are`,
    );
  if (unreplayable > 0)
    warn(
      `${counted(unreplayable, "message")} can't be decoded from the quarantine alone (records of uploaded files, and Sparkplug ` +
        "B): what the lake has of them stays",
    );
  if (damaged > 0) warn(`${counted(damaged, "record")} of the raw zone can't be read: their rows stay`);
}

const timeOf = (micros: Micros): string => new Date(micros / 1_000).toISOString();
