/** A real log, lake and pipeline in a folder of its own. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { buildHandler } from "../../../functions/build.ts";
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import { scoreBindings, scoreProfiles, type ScoringModel } from "../../../functions/scoring/score-message.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { openIngestLog, type LogLimits, type SegmentLog } from "../../../site/log/ingest-log.ts";
import { Replays } from "../../../site/replay/replays.ts";
import { Keyring } from "../../../site/seal.ts";
import type { DecoderSettings } from "../../../site/settings.ts";
import { openBirths } from "../../../site/store/births.ts";
import { openLake, type Lake } from "../../../site/store/lake.ts";
import { startPipeline, type Pipeline } from "../../../site/store/pipeline.ts";

export interface Store {
  readonly lake: Lake;
  readonly log: SegmentLog;
  /** Appends messages of a device, objects as JSON; resolves when they are on disk. */
  send(deviceId: string, ...payloads: (object | string | Buffer)[]): Promise<void>;
  /** Through the decoder that is open. */
  readonly replays: Replays;
  readonly decoder: DecoderSettings;
  /** First column of the first row. */
  value(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

export type Adapt = (shipped: readonly Profile[]) => readonly Profile[];

export interface StoreFolder {
  readonly folder: string;
  readonly dataFolder: string;
  readonly keyFile: string;
  /**
   * With models whose scores it decodes, default none; `adapt` makes other profiles of those that it has, and what it adds
   * is bound to devices `<profile>-*`.
   */
  open(models?: readonly ScoringModel[], adapt?: Adapt): Promise<Store>;
  files(pattern: RegExp): string[];
  remove(): void;
}

const shippedProfiles = ["machine-json", "wearable-imu", "environment-senml", "edge-node-sparkplug"];

let last = 0;
/** Microseconds; no two messages arrive at once. */
export const now = (): number => (last = Math.max(last + 1, Date.now() * 1000));

export function storeFolder(
  dataFolder?: string,
  retention = { raw: 0, curated: 0, quarantine: 0 },
  limits: Partial<LogLimits> = {},
): StoreFolder {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-store-"));
  const data = dataFolder ?? join(folder, "data");
  const keyFile = join(folder, "lake.key");
  mkdirSync(data, { recursive: true });
  writeFileSync(keyFile, randomBytes(32).toString("base64"));
  return {
    folder,
    dataFolder: data,
    keyFile,
    open: (models = [], adapt = (shipped) => shipped) =>
      openStore(folder, data, keyFile, retention, limits, models, adapt),
    files: (pattern) =>
      readdirSync(data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => pattern.test(file)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openStore(
  folder: string,
  dataFolder: string,
  keyFile: string,
  retentionDays: { raw: number; curated: number; quarantine: number },
  limits: Partial<LogLimits>,
  models: readonly ScoringModel[],
  adapt: Adapt,
): Promise<Store> {
  const logger = pino({ level: "silent" });
  const settings = { tenant: "acme", dataFolder, keyFile, retentionDays };
  const lake = await openLake({ settings, extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"], logger });
  const log = await openIngestLog({
    folder: join(dataFolder, "log"),
    rawFolder: join(dataFolder, "lake", "raw"),
    keyring: Keyring.fromFile(keyFile),
    after: lake.position,
    limits,
  });
  const keyring = Keyring.fromFile(keyFile);
  const onTrouble = (error: Error) => {
    throw error;
  };
  const profiles = adapt(await readProfiles(shippedProfiles));
  const added = profiles.filter(({ name }) => !shippedProfiles.includes(name));
  const decoder = {
    bundle: await buildHandler("local", join(folder, "bundle")),
    workers: 2,
    profiles: [...profiles, ...models.flatMap(scoreProfiles)],
    bindings: [
      ...added.map(({ name }) => ({ devices: `${name}-*`, profile: name })),
      ...models.flatMap(scoreBindings),
      { devices: "press-*", profile: "machine-json" },
      { devices: "wrist-*", profile: "wearable-imu" },
      { devices: "room-*", profile: "environment-senml" },
      { devices: "cell-*", profile: "edge-node-sparkplug" },
    ],
    clockWindow: { behind: 604_800, ahead: 600 },
  };
  const births = await openBirths({ dataFolder, keyring, onTrouble });
  const pipeline: Pipeline = await startPipeline({ tenant: "acme", births, lake, log, decoder });
  const replays = new Replays({ tenant: "acme", dataFolder, keyFile, lake, log, decoder });
  return {
    lake,
    log,
    replays,
    decoder,
    async send(deviceId, ...payloads) {
      const bytes = payloads.map((payload) => {
        if (Buffer.isBuffer(payload)) return payload;
        return Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
      });
      await Promise.all(
        bytes.map((payload) => log.append({ deviceId, channel: "telemetry", payload, receivedAt: now() })),
      );
    },
    async value(sql) {
      return (await lake.query(sql)).rows[0]?.[0];
    },
    async close() {
      await replays.stop();
      await pipeline.stop();
      await lake.close();
      await log.close();
    },
  };
}
