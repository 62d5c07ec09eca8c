/** The thread that holds DuckDB, so that neither broker nor page waits for it: requests in, answers out, in order where it matters. */
import { parentPort, workerData } from "node:worker_threads";
import { Keyring } from "../seal.ts";
import type { LakeSettings } from "../settings.ts";
import { maintain } from "./maintenance.ts";
import { LakeCore, type StageRequest } from "./lake-core.ts";
import { exportParquet, knownIds, lakeStats, quarantineEntries } from "./questions.ts";
import { answer } from "./reader.ts";

export interface LakeThreadData {
  readonly settings: LakeSettings;
  readonly extensionFile: string | undefined;
}

export interface LakeRequest {
  readonly id: number;
  readonly method: keyof typeof methods;
  readonly args: readonly unknown[];
}

export type LakeAnswer =
  | { readonly damaged: readonly string[] }
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string; readonly code?: string };
    };

const { settings, extensionFile } = workerData as LakeThreadData;
const core = await LakeCore.open({
  folder: `${settings.dataFolder}/lake`,
  keyring: Keyring.fromFile(settings.keyFile),
  extensionFile,
});

/** Staging, flushing and maintenance change the same tables: one at a time. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = turn.then(work);
  turn = result.catch(() => undefined);
  return result;
}

async function withConnection<Result>(
  work: (connection: Awaited<ReturnType<typeof core.engine.connect>>) => Promise<Result>,
): Promise<Result> {
  const connection = await core.engine.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** What DuckDB says of a file that was cut, changed or removed behind the lake's back. */
const damageSigns =
  /parquet|decrypt|AES tag|tag mismatch|magic bytes|No files found|Could not (read|open)|IO Error/i;

/** A damaged file is set aside and reported; the question is then asked again of what is whole. */
async function orWithoutDamage<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!damageSigns.test((error as Error).message)) throw error;
    const damaged = await inTurn(() => core.setAsideDamaged());
    if (damaged.length === 0) throw error;
    parentPort?.postMessage({ damaged });
    return ask();
  }
}

const methods = {
  stage: (request: never) =>
    inTurn(async () => {
      await core.stage(request as StageRequest);
      return core.stagedRows;
    }),
  flush: () => inTurn(() => core.flush()),
  maintain: () => inTurn(() => maintain(core, settings.retentionDays)),
  query: (sql: never, options: never) =>
    orWithoutDamage(() => withConnection((connection) => answer(connection, sql, options))),
  exportParquet: (sql: never, file: never) =>
    withConnection((connection) => exportParquet(core, connection, sql, file)),
  stats: () => lakeStats(core),
  quarantine: (options: never) => withConnection((connection) => quarantineEntries(connection, options)),
  knownIds: (limit: never) => withConnection((connection) => knownIds(connection, limit)),
  position: async () => core.position,
  close: () => inTurn(() => core.close()),
};

parentPort?.on("message", ({ id, method, args }: LakeRequest) => {
  const work = methods[method] as (...args: readonly unknown[]) => Promise<unknown>;
  work(...args).then(
    (result) => reply({ id, result }),
    (error: NodeJS.ErrnoException) => {
      const { name, message, code } = error;
      reply({ id, error: { name, message, ...(code === undefined ? {} : { code }) } });
    },
  );
});
reply({ id: 0, result: core.position });

function reply(message: LakeAnswer): void {
  parentPort?.postMessage(message);
}
