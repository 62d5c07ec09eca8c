/** The curated zone of a cloud for insights: a store in memory as strict as the true ones, rows in it, and what was found. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetSink } from "../../../functions/adapters/lake.ts";
import { recordLanded } from "../../../functions/adapters/landed-file.ts";
import { functionBounds, type InsightPorts } from "../../../functions/cloud-insights/ports.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import type { Reading } from "../../../functions/core/model.ts";
import { insightDeclaration } from "../../../functions/declared-insights/declaration.ts";
import type { LatestState, ObjectStore } from "../../../functions/ports.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";

export type LakeStore = Pick<InsightPorts, "list" | "kept" | "removal"> & { readonly objects: ObjectStore };

export interface WatchedLake extends MemoryLake {
  /** Writes and removals so far, as `put key` and `remove key`. */
  readonly changes: string[];
  /** The store throws instead of the changes that this is true of. */
  breaks: (change: string) => boolean;
}

/**
 * @param like whose objects it begins with
 * @param now when what is created comes to lie there
 */
export function watchedLake(like?: WatchedLake, now: () => number = () => 0): WatchedLake {
  const lake = Object.assign(memoryLake(now, like), {
    changes: [] as string[],
    breaks: (_change: string): boolean => false,
  });
  lake.onStep = (step) => {
    if (/^(read|list) /.test(step)) return;
    if (lake.breaks(step)) throw new Error(`the store broke at ${step}`);
    lake.changes.push(step);
  };
  return lake;
}

export const portsOf = (
  store: LakeStore,
  container: string,
  declared: unknown,
  now: () => number,
): InsightPorts => ({
  ...store,
  container,
  ...{ tenant: "acme", retentionDays: 0, codec: "ZSTD" as const, now },
  declaration: insightDeclaration.parse(declared),
  bounds: { ...functionBounds, memory: "256MB" },
  metrics: { put: () => undefined },
  complain: () => undefined,
});

const noState: LatestState = {
  keep: () => Promise.resolve(),
  silentSince: () => Promise.resolve([]),
  lastSeen: () => Promise.resolve(null),
  record: () => Promise.resolve(),
};

/** What the function does that hears of a file. */
export const hear = (objects: ObjectStore, container: string, key: string): Promise<void> =>
  recordLanded(container, key, {
    objects,
    latest: noState,
    metrics: { put: () => undefined },
    rules: null,
    marksDue: true,
    now: Date.now,
  });

/** Files of rows, as a decoder writes them, and what hears of them. */
export async function land(lake: WatchedLake, readings: readonly Reading[]): Promise<void> {
  const before = new Set(lake.stored.keys());
  await parquetSink(lake.objects, "curated", "hex").write(readingsBlock(readings));
  for (const name of [...lake.stored.keys()])
    if (!before.has(name)) await hear(lake.objects, "curated", name.slice("curated/".length));
}

/** Answers to SQL over the tables of a lake: each is a view, those without files have none. */
export async function ask(
  { objects, list }: Pick<LakeStore, "objects" | "list">,
  container: string,
  ...questions: readonly string[]
): Promise<readonly (readonly (readonly unknown[])[])[]> {
  const folder = await mkdtemp(join(tmpdir(), "cloud-lake-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const paths = new Map<string, string[]>();
    for (const [index, { key }] of (await list.all(container, "")).entries()) {
      if (!key.endsWith(".parquet")) continue;
      const table = key.replace(/^insights\//, "").split("/")[0] ?? "";
      const path = join(folder, `${index}.parquet`);
      await writeFile(path, await objects.read(container, key));
      paths.set(table, [...(paths.get(table) ?? []), path]);
    }
    for (const [table, files] of paths) {
      const from = files.map((path) => `'${path}'`).join(", ");
      await connection.run(
        `CREATE VIEW ${table} AS SELECT * FROM read_parquet([${from}], union_by_name = true)`,
      );
    }
    const answers: (readonly (readonly unknown[])[])[] = [];
    for (const sql of questions) answers.push((await connection.runAndReadAll(sql)).getRowsJson());
    return answers;
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}
