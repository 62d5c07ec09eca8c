import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunnable, mismatch, type Vector } from "../../functions/vectors/run.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import { codecTexts } from "./codec-files.ts";
import type { CommandContext } from "./context.ts";

export interface VectorsOptions {
  readonly json?: boolean;
  /** Folders with the codecs that TS013 vectors name by their hash: checkouts of the collections, for example. */
  readonly codecs?: readonly string[];
}

interface Counts {
  passed: number;
  failed: number;
  /** Vectors of formats that the runner has no reader for, or whose codec is not at hand. */
  notRun: number;
}

interface Failure {
  readonly format: string;
  readonly name: string;
  readonly source: string;
  readonly complaint: string;
}

/** Runs a folder of vectors, a file a format, and prints passed and failed by format. */
export async function vectors(
  folder: string,
  options: VectorsOptions,
  { terminal }: Pick<CommandContext, "terminal">,
): Promise<void> {
  const byFormat = new Map<string, Counts>();
  const failures: Failure[] = [];
  const codecs = await codecTexts([folder, ...(options.codecs ?? [])]);
  for (const vector of await readVectors(folder)) {
    const { format, name, source } = vector;
    const counts = byFormat.get(format) ?? { passed: 0, failed: 0, notRun: 0 };
    byFormat.set(format, counts);
    if (!isRunnable(vector, codecs)) {
      counts.notRun++;
      continue;
    }
    const complaint = mismatch(vector, codecs);
    if (complaint === null) counts.passed++;
    else {
      counts.failed++;
      failures.push({ format, name, source, complaint });
    }
  }
  if (options.json === true) {
    terminal.write(`${JSON.stringify({ formats: Object.fromEntries(byFormat), failures }, null, 2)}\n`);
  } else {
    const numbers = (["passed", "failed", "notRun"] as const).map((key) => ({
      key,
      title: key === "notRun" ? "not run" : key,
    }));
    const columns = [
      { title: "format" },
      ...numbers.map(({ title }) => ({ title, align: "right" as const })),
    ];
    const rows = [...byFormat].map(([format, counts]) => [
      format,
      ...numbers.map(({ key }) => String(counts[key])),
    ]);
    terminal.print(renderTable(columns, rows, terminal));
    if ((byFormat.get("ts013")?.notRun ?? 0) > 0)
      terminal.note("ts013: --codecs takes folders with the codecs that vectors name");
    for (const { format, name, complaint } of failures)
      terminal.print(`${terminal.style("bad", "failed")} ${format}, ${name}: ${complaint}`);
  }
  if (failures.length > 0) throw new CommandError(`${failures.length} vectors failed`, exitCodes.failed);
}

async function readVectors(folder: string): Promise<Vector[]> {
  let files: string[];
  try {
    files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
  } catch (error) {
    throw new CommandError(`${folder} can't be read: ${messageOf(error)}`, exitCodes.usage);
  }
  if (files.length === 0)
    throw new CommandError(
      `${folder} has no .json files`,
      exitCodes.usage,
      "a file of vectors is an array of objects",
    );
  const all: Vector[] = [];
  for (const file of files) {
    let data: unknown;
    try {
      data = JSON.parse(await readFile(join(folder, file), "utf8"));
    } catch (error) {
      throw new CommandError(`${file} is no JSON: ${messageOf(error)}`, exitCodes.failed);
    }
    const isVector = (one: unknown): boolean => {
      const { format, name, expected } = (one ?? {}) as Partial<Vector>;
      return typeof format === "string" && typeof name === "string" && typeof expected === "object";
    };
    if (!Array.isArray(data) || !data.every(isVector))
      throw new CommandError(
        `${file} is no array of vectors with format, name and expected`,
        exitCodes.failed,
      );
    all.push(...(data as Vector[]));
  }
  return all;
}
