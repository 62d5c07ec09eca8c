/** A bar for each group of devices at a terminal; elsewhere plain lines, few enough to read. */
import cliProgress from "cli-progress";
import type { SampleGroup } from "../../samples/fleet.ts";
import { count } from "../render/units.ts";
import type { Terminal } from "../terminal.ts";

export interface GroupTotal {
  readonly group: SampleGroup;
  readonly title: string;
  readonly total: number;
}

export interface FeedProgress {
  begin(groups: readonly GroupTotal[]): void;
  /** One more message of the group is acknowledged. */
  acknowledged(group: SampleGroup): void;
  end(): void;
}

interface GroupState extends GroupTotal {
  done: number;
  startedAt: number;
  bar: cliProgress.SingleBar | null;
}

/** Milliseconds between two lines about the same group where no bar is drawn. */
const lineInterval = 5000;

export function feedProgress(terminal: Terminal, now: () => number = () => performance.now()): FeedProgress {
  const states = new Map<SampleGroup, GroupState & { saidAt: number }>();
  let bars: cliProgress.MultiBar | null = null;
  let margin = 0;

  const line = ({ title, done, total, startedAt }: GroupState): string => {
    const seconds = (now() - startedAt) / 1000;
    const rate = done === 0 ? "" : `, ${count(done / Math.max(seconds, 0.001))} msg/s`;
    return `  ${title.padEnd(margin)}  ${count(done)}/${count(total)} acknowledged${rate}`;
  };
  return {
    begin(groups) {
      const active = groups.filter(({ total }) => total > 0);
      margin = Math.max(0, ...active.map(({ title }) => title.length));
      if (terminal.isInteractive) {
        bars = new cliProgress.MultiBar(
          {
            format: `  {title}  ${terminal.style("good", "{bar}")}  {value}/{total} acknowledged, {rate} msg/s`,
            barsize: 24,
            barCompleteChar: "█",
            barIncompleteChar: "░",
            hideCursor: true,
            fps: 10,
          },
          cliProgress.Presets.rect,
        );
      }
      for (const group of active) {
        const bar = bars?.create(group.total, 0, { title: group.title.padEnd(margin), rate: "–" }) ?? null;
        states.set(group.group, { ...group, done: 0, startedAt: now(), saidAt: now(), bar });
      }
    },
    acknowledged(group) {
      const state = states.get(group);
      if (state === undefined) return;
      state.done += 1;
      const seconds = Math.max((now() - state.startedAt) / 1000, 0.001);
      state.bar?.update(state.done, { rate: count(state.done / seconds) });
      if (state.bar !== null) return;
      if (state.done < state.total && now() - state.saidAt < lineInterval) return;
      state.saidAt = now();
      terminal.print(line(state));
    },
    end() {
      bars?.stop();
      bars = null;
    },
  };
}
