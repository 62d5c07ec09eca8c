/** The thread that works insights out: DuckDB of its own over the lake's files, a unit at a time, in bounded memory. */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { computeUnit, type InsightEngine } from "../../functions/declared-insights/compute.ts";
import type { InsightDeclaration } from "../../functions/declared-insights/declaration.ts";
import { dueUnits, emptiedUnits } from "../../functions/declared-insights/units.ts";
import { Keyring } from "../seal.ts";
import { startEngine } from "../store/engine.ts";
import type { LakeFile } from "../store/manifest.ts";
import { fileScan } from "../store/views.ts";
import { hourMicros, writeHour } from "../store/write-files.ts";

export interface InsightThreadData {
  readonly tenant: string;
  readonly dataFolder: string;
  readonly keyFile: string;
  readonly extensionFile: string | undefined;
  readonly declaration: InsightDeclaration;
  /** Days that files of the curated zone are kept; 0: for ever. */
  readonly retentionDays: number;
}

export interface NextRequest {
  readonly files: readonly LakeFile[];
  /** Microseconds. */
  readonly now: number;
  /** Units that are not to be worked out at the moment. */
  readonly skip: readonly string[];
}

/** What is to be adopted, or why a unit could not be worked out; null where nothing is due. */
export type NextAnswer =
  | { readonly files: readonly LakeFile[]; readonly units: readonly string[] }
  | { readonly failed: string; readonly error: string }
  | null;

export type ThreadAnswer = { readonly result: NextAnswer } | { readonly error: string };

const data = workerData as InsightThreadData;
const folder = join(data.dataFolder, "lake");
/** Beyond which DuckDB writes to disk. */
const memory = "128MB";
const engine = await startEngine({
  ...{ folder, key: Keyring.fromFile(data.keyFile).key("curated"), extensionFile: data.extensionFile },
  ...{ name: "insights", threads: 1, memory },
});

const lake = (derived: { readonly unit: string; readonly basis: string }): InsightEngine<LakeFile> => {
  const scan = (files: readonly Pick<LakeFile, "path">[]): string =>
    `(SELECT * FROM ${fileScan(folder, files as readonly LakeFile[])})`;
  return {
    scan,
    scanWritten: (file) => scan([file]),
    async *rows(sql) {
      const result = await engine.main.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield* chunk.getRows();
      }
    },
    async write(table, select, { from, to }) {
      const hour = { from: Math.floor(from / hourMicros) * hourMicros, minTs: from, maxTs: to - 1 };
      return { ...(await writeHour({ engine, folder, table, select }, hour)), derived };
    },
  };
};

/** What files keep is no longer whole an hour after retention began to take it. */
const oldestOf = (now: number): number =>
  data.retentionDays === 0 ? -Infinity : now - data.retentionDays * 24 * hourMicros + hourMicros;

async function next({ files, now, skip }: NextRequest): Promise<NextAnswer> {
  const { units, gone } = dueUnits(files, data.declaration, now, oldestOf(now));
  const emptied = emptiedUnits(files, data.declaration, now, oldestOf(now));
  if (gone.length + emptied.length > 0) return { files: [], units: [...gone, ...emptied] };
  const unit = units.find((one) => !skip.includes(one.unit));
  if (unit === undefined) return null;
  try {
    const { unit: name, basis } = unit;
    const made = await computeUnit(unit, data.tenant, data.declaration, lake({ unit: name, basis }));
    return { files: made, units: [name] };
  } catch (error) {
    return { failed: unit.unit, error: (error as Error).message };
  }
}

const answer = (what: ThreadAnswer): void => parentPort?.postMessage(what);
parentPort?.on("message", (request: NextRequest) => {
  void next(request).then(
    (result) => answer({ result }),
    (error: Error) => answer({ error: error.message }),
  );
});
