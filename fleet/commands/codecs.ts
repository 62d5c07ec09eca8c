import { relative } from "node:path";
import { sandbox } from "../../functions/codecs/part.ts";
import { readMarked, type CodecOutcome } from "../../functions/core/formats/codec-sandbox.ts";
import { differs } from "../../functions/vectors/compare.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import { readCodecFile } from "./codec-files.ts";
import { examplesBelow, type CodecExample } from "./codec-collection.ts";
import type { CommandContext } from "./context.ts";

export interface CodecsOptions {
  readonly json?: boolean;
  /** Name each example that does not match. */
  readonly list?: boolean;
}

/** What can become of an example. */
const outcomes = {
  matches: "matches what is published",
  differs: "differs from what is published",
  threw: "the codec throws",
  "does not load": "the codec has a mistake, or no decodeUplink",
  timeout: "the codec takes too long",
  "too-large": "the result is too large",
  "no codec": "the codec's file is not there",
} as const;
type Outcome = keyof typeof outcomes;

interface Mismatch {
  readonly file: string;
  readonly example: string;
  readonly outcome: Outcome;
  readonly detail: string;
}

/** Arrival of examples that state none. */
const usualArrival = "2024-01-01T00:00:00Z";

/** Runs every published example of a collection of codecs through the sandbox, and prints counts by outcome. */
export async function codecs(
  folder: string,
  { json, list }: CodecsOptions,
  { terminal }: Pick<CommandContext, "terminal">,
): Promise<void> {
  const counts: Record<string, number> = Object.fromEntries(Object.keys(outcomes).map((key) => [key, 0]));
  const mismatches: Mismatch[] = [];
  const unreadable: { file: string; mistake: string }[] = [];
  const seen = new Set<string>();
  let files = 0;
  for await (const { path, codec, examples, mistake } of examplesBelow(folder)) {
    const file = relative(folder, path);
    files++;
    if (mistake !== null) unreadable.push({ file, mistake });
    if (examples.length === 0) continue;
    const text = codec === null ? null : await readCodecFile(codec);
    if (text !== null) seen.add(text.sha256);
    for (const { example, outcome, detail } of judged(text?.text ?? null, examples)) {
      counts[outcome]!++;
      if (outcome !== "matches") mismatches.push({ file, example, outcome, detail });
    }
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0)
    throw new CommandError(
      `${folder} has no examples of uplinks`,
      exitCodes.usage,
      "name a checkout of a collection",
    );
  if (json === true) {
    const report = { files, codecs: seen.size, examples: total, counts, mismatches, unreadable };
    terminal.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const rows = Object.entries(outcomes).map(([key, meaning]) => [key, String(counts[key]), meaning]);
  const columns = [{ title: "outcome" }, { title: "examples", align: "right" as const }, { title: "" }];
  terminal.print(renderTable(columns, rows, terminal));
  terminal.print(`${total} examples in ${files} files, of ${seen.size} codecs`);
  for (const { file, mistake } of unreadable)
    terminal.print(`${terminal.style("warning", "can't be read")} ${file}: ${mistake.split("\n")[0]}`);
  if (list === true)
    for (const { file, example, outcome, detail } of mismatches)
      terminal.print(`${terminal.style("bad", outcome)} ${file}, ${example}: ${detail}`);
}

interface Judged {
  readonly example: string;
  readonly outcome: Outcome;
  readonly detail: string;
}

/** What becomes of each example of a codec. */
function judged(code: string | null, examples: readonly CodecExample[]): Judged[] {
  const all = (outcome: Outcome, detail: string): Judged[] =>
    examples.map(({ name }) => ({ example: name, outcome, detail }));
  if (code === null) return all("no codec", "");
  const mistake = sandbox.check(code);
  if (mistake !== null) return all("does not load", mistake);
  const calls = examples.map(({ bytes, fPort, recvTime }, index) => ({
    source: String(index),
    input: JSON.stringify([bytes, fPort, Date.parse(recvTime ?? usualArrival)]),
  }));
  return sandbox.run(code, calls).map((outcome, index) => {
    const example = examples[index]!;
    return { example: example.name, ...judgedOutcome(outcome, example) };
  });
}

function judgedOutcome({ kind, text }: CodecOutcome, { expected }: CodecExample): Omit<Judged, "example"> {
  if (kind !== "result") return { outcome: kind === "held" ? "timeout" : kind, detail: text };
  const { data, errors, warnings } = readMarked(text);
  const all: Record<string, unknown> = { data, errors, warnings };
  for (const key of ["data", "errors", "warnings"]) {
    if (!Object.hasOwn(expected, key)) continue;
    const difference = differs(expected[key], all[key], 1e-9, key);
    if (difference !== null) return { outcome: "differs", detail: difference };
  }
  return { outcome: "matches", detail: "" };
}
