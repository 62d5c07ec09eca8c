/** A bar at a terminal; elsewhere a line now and then, and none for what is done at once. */
import cliProgress from "cli-progress";
import type { Outcome } from "../../issue/wanted.ts";
import { count } from "../../render/units.ts";
import type { Terminal } from "../../terminal.ts";

export interface BatchProgress {
  step(kind: Outcome["kind"]): void;
  end(): void;
}

/** Fewer are over before anybody reads. */
const fewest = 200;
const lineIntervalMs = 5000;

export function batchProgress(terminal: Terminal, total: number, isQuiet: boolean): BatchProgress {
  if (isQuiet || total < fewest) return { step: () => undefined, end: () => undefined };
  const startedAt = performance.now();
  const done: Record<Outcome["kind"], number> = { issued: 0, known: 0, refused: 0 };
  const rate = (): string => count(done.issued / Math.max((performance.now() - startedAt) / 1000, 0.001));
  const all = (): number => done.issued + done.known + done.refused;
  const bar = terminal.isInteractive
    ? new cliProgress.SingleBar(
        {
          format: `  ${terminal.style("good", "{bar}")}  {value}/{total} devices, {rate}/s issued, {refused} refused`,
          barsize: 24,
          barCompleteChar: "█",
          barIncompleteChar: "░",
          hideCursor: true,
          fps: 10,
          stream: process.stderr,
        },
        cliProgress.Presets.rect,
      )
    : null;
  bar?.start(total, 0, { rate: "–", refused: 0 });
  let saidAt = startedAt;
  return {
    step(kind) {
      done[kind] += 1;
      bar?.update(all(), { rate: rate(), refused: done.refused });
      if (bar !== null || performance.now() - saidAt < lineIntervalMs) return;
      saidAt = performance.now();
      terminal.note(
        `  ${count(all())}/${count(total)} devices, ${rate()}/s issued, ${count(done.refused)} refused`,
      );
    },
    end: () => bar?.stop(),
  };
}
