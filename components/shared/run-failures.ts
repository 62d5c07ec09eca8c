/** What a run on a schedule could not do while it did the rest: its operator is told until a run has none of it. */
export interface RunFailures {
  readonly metric: string;
  readonly description: string;
}

/** By the name of the alarm. What scoring can't read comes to a queue or container of its own, with an alarm of that. */
export const runFailures = {
  compaction: {
    metric: "CompactionFailures",
    description:
      "Small files of a day, or a file that can't be read, could not be merged: see the log of the compaction",
  },
  insights: {
    metric: "InsightFailures",
    description: "Declared insights could not be worked out: see the log of their function",
  },
} as const satisfies Record<string, RunFailures>;

export const failuresOf = (
  runs: Readonly<Record<keyof typeof runFailures, boolean>>,
): [string, RunFailures][] =>
  Object.entries(runFailures).filter(([name]) => runs[name as keyof typeof runFailures]);
