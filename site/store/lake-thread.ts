/** The thread that holds DuckDB, so that neither broker nor page waits for it: requests in, answers out, in order where it matters. */
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DraftOptions, LakeReader, LogPosition, PipelineStats, QueryOptions } from "../ports.ts";
import { Keyring } from "../seal.ts";
import type { LakeSettings } from "../settings.ts";
import type { AlarmRow } from "../../functions/alarms/alarms-table.ts";
import { keepAlarms } from "./alarms-kept.ts";
import { Askers } from "./asking/askers.ts";
import { enter } from "./asking/enter.ts";
import { exportDraft } from "./asking/export-draft.ts";
import { onGround, type Ground } from "./asking/ground.ts";
import { findDamaged, mayComeOfDamage } from "./damage.ts";
import { LakeCore, type FlushExtent } from "./lake-core.ts";
import { compactOne, maintain } from "./maintenance.ts";
import { exportParquet, knownIds, lakeStats, newestFiles, quarantineEntries } from "./questions.ts";
import { answer } from "./reader.ts";
import type { LakeFile } from "./manifest.ts";
import { noteOrphans, orphansAfter } from "./orphans.ts";
import type { ReplayedFrames, ReplayPortion } from "./replayed.ts";
import { RowsInbox } from "./rows-inbox.ts";
import { supersede, type SupersedeOptions } from "./supersede.ts";
import { takeOver, type TakeOverRequest } from "./take-over.ts";

export interface LakeThreadData {
  readonly settings: LakeSettings;
  readonly extensionFile: string | undefined;
}

export interface LakeRequest {
  readonly id: number;
  readonly method: keyof typeof methods;
  readonly args: readonly unknown[];
}

export interface StageRequest {
  /** Of the batch; every decode worker has sent its rows under it. */
  readonly id: number;
  /** Behind the last message of the batch. */
  readonly next: LogPosition;
  readonly delta: PipelineStats;
}

/** Results of insights in place of those that their units had. */
export interface AdoptRequest {
  readonly files: readonly LakeFile[];
  readonly units: readonly string[];
}

export interface FlushAnswer {
  /** What is before it is in files. */
  readonly position: LogPosition;
  /** What came meanwhile, or is left for the next flush: see {@link LakeCore.stagedPortions}. */
  readonly staged: number;
}

export type LakeAnswer =
  | { readonly damaged: readonly string[] }
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string; readonly code?: string };
    };

const { settings, extensionFile } = workerData as LakeThreadData;
const inbox = new RowsInbox();
const keyring = Keyring.fromFile(settings.keyFile);
const core = await LakeCore.open({
  folder: `${settings.dataFolder}/lake`,
  keyring,
  extensionFile,
  onDamage: (damaged) => reply({ damaged }),
  onWritten: (packs) => inbox.giveBack(packs),
});

/** After a look at every byte of the lake that found nothing wrong, the next one waits so many times as long as it took. */
const lookPause = 20;
let nextLook = 0;

/** Flushing and maintenance change the same files and views: one at a time. Rows are staged meanwhile. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = turn.then(work);
  turn = result.catch(() => undefined);
  return result;
}

/** Everything that is staged is there to be asked for. */
async function withConnection<Result>(
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  await core.show();
  const connection = await core.engine.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

const { folder, engine } = core;
const lake = { ...{ catalogue: core.catalogue, manifest: core.manifest, steady: inTurn }, folder, engine };
const askers = new Askers({ folder, key: keyring.key("curated").bytes, extensionFile });

/** Statements of ours are answered here; what somebody wrote, apart from everything that must go on. */
const isApart = ({ judged = false, scan }: QueryOptions): boolean => judged || scan !== undefined;

async function askedApart<Result>(
  sql: string,
  { scope = { devices: null } }: QueryOptions,
  ask: (ground: Ground) => Promise<Result>,
): Promise<Result> {
  await core.show();
  return onGround(lake, sql, scope, ask);
}

const entered = <Result>(
  sql: string | null,
  options: QueryOptions,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> =>
  withConnection(async (connection) => {
    await enter(lake, connection, sql, options);
    return work(connection);
  });

/** A damaged file is set aside and reported; what failed because of it is then done again with what is whole. */
async function orWithoutDamage<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = core.manifest.files;
  try {
    return await work();
  } catch (error) {
    if (!mayComeOfDamage(error as Error)) throw error;
    // Compaction replaced files that the question was still reading.
    const isReplaced = before.some((file) => !core.manifest.files.includes(file));
    if (!isReplaced && !(await setDamagedAside())) throw error;
    return work();
  }
}

async function setDamagedAside(): Promise<boolean> {
  const started = performance.now();
  if (started < nextLook) return false;
  const damaged = await findDamaged(core.folder, core.manifest.files, "content");
  if (damaged.length === 0) {
    const ended = performance.now();
    nextLook = ended + lookPause * (ended - started);
    return false;
  }
  await inTurn(() => core.setAside(damaged));
  return true;
}

const methods = {
  attach: async (ports: never) => inbox.attach(ports as readonly MessagePort[]),
  stage: async ({ id, next, delta }: StageRequest) => {
    const tables = inbox.take(id);
    const added = tables.map(({ table }) => table).filter((table) => !core.hasRoomFor(table));
    if (added.length > 0) await inTurn(() => core.addTables(added));
    core.stage({ tables, next, delta });
    return core.stagedPortions;
  },
  flush: (extent: FlushExtent) =>
    inTurn(async (): Promise<FlushAnswer> => {
      const position = await core.flush(extent);
      return { position, staged: core.stagedPortions };
    }),
  maintain: () => orWithoutDamage(() => inTurn(() => maintain(core, settings.retentionDays))),
  compact: () => orWithoutDamage(() => inTurn(() => compactOne(core, 2))),
  query: (sql: string, options: QueryOptions) =>
    orWithoutDamage(() =>
      isApart(options)
        ? askedApart(sql, options, (ground) => askers.query(sql, ground, options))
        : entered(sql, options, (connection) => answer(connection, sql, options)),
    ),
  exportDraft: (sql: string, options: DraftOptions) =>
    orWithoutDamage(() =>
      isApart(options)
        ? askedApart(sql, options, (ground) => askers.export(sql, ground, options))
        : entered(sql, options, (connection) => exportDraft({ folder }, connection, sql, options)),
    ),
  exportParquet: (sql: never, file: never) =>
    orWithoutDamage(() => withConnection((connection) => exportParquet(core, connection, sql, file))),
  stats: () => lakeStats(core),
  files: (options: never) => newestFiles(core, options),
  quarantine: (options: Parameters<LakeReader["quarantine"]>[0]) =>
    orWithoutDamage(() => entered(null, options, (connection) => quarantineEntries(connection, options))),
  showAlarms: (rows: readonly AlarmRow[]) => keepAlarms(core.engine, settings.tenant, rows),
  parts: async () => core.manifest.files,
  adopt: ({ files, units }: AdoptRequest) =>
    inTurn(() =>
      core.change(async ({ made }) => {
        made(files);
        const former = core.manifest.files.filter(({ derived }) => derived && units.includes(derived.unit));
        return { remove: former.map(({ path }) => path) };
      }),
    ),
  takeOver: (request: TakeOverRequest) => inTurn(() => takeOver(core, request)),
  knownIds: (limit: never, before?: never) =>
    orWithoutDamage(() => withConnection((connection) => knownIds(connection, limit, before))),
  replay: (portion: ReplayPortion, options: SupersedeOptions) =>
    orWithoutDamage(() =>
      inTurn(async () => {
        const added = portion.tables.map(({ table }) => table).filter((table) => !core.hasRoomFor(table));
        if (added.length > 0) await core.addTables(added);
        return supersede(core, portion, options);
      }),
    ),
  noteOrphans: (from: number, to: number) => orWithoutDamage(() => inTurn(() => noteOrphans(core, from, to))),
  orphansAfter: (number: number) => orWithoutDamage(() => inTurn(() => orphansAfter(core, number))),
  replays: async () => core.manifest.replays.map(({ frames: _, ...lineage }) => lineage),
  framesReplayed: async (since: number): Promise<ReplayedFrames> => {
    const { replays } = core.manifest;
    const commits = replays
      .slice(since)
      .flatMap(({ run, frames }) => (frames === undefined ? [] : [{ run, frames }]));
    return { commits, reached: replays.length };
  },
  position: async () => core.position,
  close: () =>
    inTurn(() => {
      askers.close();
      return core.close();
    }),
};

parentPort?.on("message", ({ id, method, args }: LakeRequest) => {
  const work = methods[method] as (...args: readonly unknown[]) => Promise<unknown>;
  work(...args).then(
    (result) => reply({ id, result }),
    (error: NodeJS.ErrnoException) => void refuse(id, error),
  );
});
reply({ id: 0, result: core.position });

/** A lake that can't go on ends its thread: it is opened again, and what was staged comes from the log once more. */
async function refuse(id: number, error: NodeJS.ErrnoException): Promise<void> {
  const { name, message, code } = error;
  const isUsable = await inTurn(() => core.isUsable());
  reply({ id, error: { name, message, ...(code === undefined ? {} : { code }) } });
  if (!isUsable) {
    setImmediate(() => {
      throw new Error(`the lake can't go on: ${message}`);
    });
  }
}

function reply(message: LakeAnswer): void {
  parentPort?.postMessage(message);
}
