/** The HTTP API as a function of 2 GB answers it, whatever the cloud. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AskingSettings } from "../agreements.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import type { ScheduledReports } from "../cloud-report/scheduled.ts";
import type { KeptDocuments } from "../core/kept-documents.ts";
import type { LakeReading } from "../lake/day-files.ts";
import type { Metrics, ObjectStore } from "../ports.ts";
import { alarmDesk } from "./alarm-desk.ts";
import { alarmRows } from "./alarm-rows.ts";
import { askingApp, type AskingApp } from "./app.ts";
import { CloudLake, type CloudLakeArgs } from "./cloud-lake.ts";
import { cloudUploads } from "./cloud-uploads.ts";
import { cloudDevices, type DevicesArgs } from "./devices.ts";
import { keptReportsOf, type KeptReportsArgs } from "./kept-reports.ts";
import { lakeSizes } from "./lake-sizes.ts";
import { tokenBook } from "./token-book.ts";

/**
 * Of disk, beside what does not fit into memory; and of a question, whose gateway waits for 29 s: files are brought and answers
 * are put away in what is left of it.
 */
export const functionLimits = {
  scan: { files: 2_000, bytes: 512 * 2 ** 20 },
  cacheBytes: 1_024 * 2 ** 20,
  most: { milliseconds: 18_000, exportBytes: 128 * 2 ** 20 },
  engine: { memory: "768MB", threads: 2 },
} as const;

export interface FunctionAskingArgs extends Omit<LakeReading, "objects"> {
  readonly objects: Pick<ObjectStore, "read" | "create">;
  readonly environment: string;
  readonly target: string;
  readonly settings: AskingSettings;
  /** Buckets, or containers by their address. */
  readonly curated: string;
  readonly quarantine: string;
  /** Where files of devices are put and looked for, and nothing is read. */
  readonly raw: string;
  readonly tokens: KeptDocuments;
  /** Null where the stack has no rules. */
  readonly alarms: KeptDocuments | null;
  /** Null where the fleet's registry is on a machine. */
  readonly registry: DevicesArgs["registry"];
  /** Null where none are made by themselves. */
  readonly reports: ScheduledReports | null;
  /** Null where nobody can be asked for one. */
  readonly askForReport: KeptReportsArgs["ask"];
  readonly metrics: Metrics;
  /** Of this instance alone; it is emptied first. Default: one below the system's. */
  readonly folder?: string | undefined;
  /** Where there is less of it than a Lambda function may have. */
  readonly disk?: Pick<CloudLakeArgs, "scan" | "cacheBytes">;
}

export function functionAsking({
  environment,
  settings: { profiles, pinned, bindings, models, resources },
  folder = join(tmpdir(), "fieldlake-lake"),
  disk = functionLimits,
  ...args
}: FunctionAskingArgs): AskingApp {
  const {
    objects,
    list,
    curated,
    quarantine,
    tokens,
    alarms,
    registry,
    reports,
    askForReport,
    metrics,
    target,
    raw,
  } = args;
  const now = Date.now;
  const tell = (message: string): void => console.error(JSON.stringify({ asking: message }));
  const book = alarms === null ? null : new CloudBook({ documents: alarms, now });
  const lake = new CloudLake({
    ...{ objects, list, containers: [curated, quarantine], tenant: environment, now },
    ...{ scan: disk.scan, cacheBytes: disk.cacheBytes, most: functionLimits.most },
    engine: { ...functionLimits.engine, folder },
    alarms: book && alarmRows(book, now),
    warn(message) {
      tell(message);
      metrics.put({ DamagedFiles: 1 });
    },
  });
  return askingApp({
    ...{ environment, target, lake, profiles, models, resources, now },
    sizes: () => lakeSizes(list, { curated, quarantine }),
    fleet: cloudDevices({ lake, registry, pinned, now }),
    tokens: tokenBook(tokens),
    alarms: book && alarmDesk(book),
    uploads: cloudUploads({ objects, list, raw, curated, bindings, profiles }),
    reports:
      reports === null
        ? null
        : keptReportsOf({
            ...{ objects, list, container: curated, environment, now },
            ...{ declaration: reports, ask: askForReport },
          }),
    complain: ({ message }) => tell(message),
  });
}
