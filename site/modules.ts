/** How each module of the site is started and stopped, and what it offers to the others. */
import { join } from "node:path";
import type { Profile } from "../functions/core/profiles/profile.ts";
import type { ReportSource } from "../fleet/environment-report/facts.ts";
import { TokenStore } from "./access/token-store.ts";
import { startAlarms, type Alarms } from "./alarms/alarms.ts";
import { startInsights, type Insights } from "./insights/insights.ts";
import { startDrops, type Drops } from "./drops/drops.ts";
import { startBroker, type Broker } from "./broker/broker.ts";
import { startEnrolment, type Enrolment } from "./enrolment/enrolment.ts";
import { startConsole, type Console } from "./console/console.ts";
import { openBirths } from "./store/births.ts";
import { openLake, type Lake } from "./store/lake.ts";
import { openIngestLog, type SegmentLog } from "./log/ingest-log.ts";
import type { Logger } from "./logger.ts";
import type { ModuleHost, ModuleKinds } from "./module-host.ts";
import { startPipeline, type Pipeline } from "./store/pipeline.ts";
import { backlogBytes } from "./runtime.ts";
import { openRegistry, type OpenRegistry } from "./registry/open-registry.ts";
import { Replays } from "./replay/replays.ts";
import { startReports, type Reports } from "./reports/reports.ts";
import { startScoring, type Scoring } from "./scoring/scoring.ts";
import { Keyring } from "./seal.ts";
import type { LakeSettings } from "./settings.ts";
import { Uploads } from "./uploads/uploads.ts";

/** The log belongs to the lake's folder and key, and outlives changes of the decoder and the broker. */
export interface OpenLake {
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly keyring: Keyring;
  readonly settings: LakeSettings;
  readonly tenant: string;
  readonly dataFolder: string;
}

/** What takes messages to the lake, and files: both by the same profiles. */
export interface OpenDecoder {
  readonly pipeline: Pipeline;
  readonly uploads: Uploads;
  readonly replays: Replays;
  readonly profiles: readonly Profile[];
}

export type Running = {
  lake: OpenLake;
  decoder: OpenDecoder;
  registry: OpenRegistry;
  broker: Broker;
  enrolment: Enrolment;
  drops: Drops;
  scoring: Scoring;
  alarms: Alarms;
  insights: Insights;
  reports: Reports;
  console: Console;
};

export interface SiteEnvironment {
  readonly logger: Logger;
  /** Of the site's own key: settings and registry are sealed under it. */
  readonly keyring: Keyring;
  /** DuckDB's httpfs extension; undefined lets DuckDB install it online. */
  readonly httpfsExtension: string | undefined;
  /** Of all modules, as reports tell of it. */
  readonly health: ModuleHost<Running>["health"];
}

export function siteModules({
  logger,
  keyring: siteKeyring,
  httpfsExtension,
  health,
}: SiteEnvironment): ModuleKinds<Running> {
  return {
    lake: {
      needs: [],
      async start(settings) {
        const { dataFolder } = settings;
        const keyring = Keyring.fromFile(settings.keyFile);
        const lake = await openLake({ settings, extensionFile: httpfsExtension, logger });
        try {
          const log = await openIngestLog({
            folder: join(dataFolder, "log"),
            rawFolder: join(dataFolder, "lake", "raw"),
            keyring,
            after: lake.position,
            limits: { backlogBytes },
            onDamage: (report) => logger.error(report, "part of the log cannot be read"),
          });
          return { lake, log, keyring, settings, tenant: settings.tenant, dataFolder };
        } catch (error) {
          await lake.close();
          throw error;
        }
      },
      async stop({ lake, log }) {
        await lake.close();
        await log.close();
      },
      trouble: ({ lake }) => lake.trouble,
      ended: ({ lake }) => lake.ended,
    },
    decoder: {
      needs: ["lake"],
      async start(decoder, running) {
        const lake = need(running.lake);
        const onTrouble = (error: Error) => logger.error({ error }, "Sparkplug births cannot be written");
        const births = await openBirths({ ...lake, onTrouble });
        const pipeline = await startPipeline({ ...lake, decoder, births });
        const profiles = decoder.profiles as readonly Profile[];
        const scoring = () => running.scoring;
        const replays = new Replays({ ...lake, keyFile: lake.settings.keyFile, decoder, scoring });
        return { pipeline, uploads: new Uploads({ ...lake, decoder }), replays, profiles };
      },
      async stop({ pipeline, replays }) {
        await replays.stop();
        await pipeline.stop();
      },
      ended: ({ pipeline }) => pipeline.ended,
    },
    registry: {
      needs: [],
      start: (settings) => openRegistry(settings, siteKeyring, logger),
      stop: ({ book }) => book?.stop() ?? Promise.resolve(),
      trouble: ({ book }) => book?.problems.join("; ") || null,
      async apply(former, settings, running) {
        // Another folder is another fleet: the module and the broker start anew.
        if (former.settings.folder !== settings.folder) return null;
        former.book?.follow();
        await running.broker?.applyRegistry(settings);
        return { ...former, settings };
      },
    },
    broker: {
      needs: ["lake", "registry"],
      start(settings, running) {
        const { log, keyring, dataFolder, tenant: environment } = need(running.lake);
        const { settings: registry, book } = need(running.registry);
        const stateFolder = join(dataFolder, "broker");
        return startBroker({ settings, registry, book, environment, log, stateFolder, keyring, logger });
      },
      stop: (broker) => broker.stop(),
      trouble: (broker) => expiredLists(broker),
    },
    enrolment: {
      needs: ["registry"],
      start(settings, running) {
        const { book } = need(running.registry);
        if (book === null)
          throw new Error("enrolment needs the fleet's registry: give the registry its folder");
        const tokenKey = siteKeyring.key("bootstrap tokens").bytes;
        const uploads = () => {
          const { broker, decoder } = running;
          if (broker === undefined || decoder === undefined) return null;
          return { uploads: decoder.uploads, judge: broker.judge };
        };
        return startEnrolment({ settings, registry: book.registry, tokenKey, uploads, logger });
      },
      stop: (enrolment) => enrolment.stop(),
      trouble: (enrolment) => enrolment.trouble,
    },
    drops: {
      needs: ["lake", "decoder"],
      start: async (settings, running) =>
        startDrops({ settings, uploads: need(running.decoder).uploads, logger }),
      stop: (drops) => drops.stop(),
      trouble: (drops) => drops.trouble,
    },
    scoring: {
      needs: ["lake"],
      start(settings, running) {
        const { tenant, lake, log, keyring, dataFolder } = need(running.lake);
        return startScoring({ settings, tenant, lake, log, keyring, dataFolder, logger });
      },
      stop: (scoring) => scoring.stop(),
      trouble: (scoring) => scoring.trouble,
    },
    alarms: {
      needs: ["lake", "broker"],
      start(settings, running) {
        const { lake, dataFolder, keyring } = need(running.lake);
        return startAlarms({ settings, lake, broker: need(running.broker), dataFolder, keyring, logger });
      },
      stop: (alarms) => alarms.stop(),
      trouble: (alarms) => alarms.trouble,
    },
    insights: {
      needs: ["lake"],
      async start(declaration, running) {
        const { lake, settings } = need(running.lake);
        const { tenant, dataFolder, keyFile, retentionDays } = settings;
        return startInsights({
          ...{ lake, declaration, tenant, dataFolder, keyFile, logger },
          ...{ retentionDays: retentionDays.curated, extensionFile: httpfsExtension },
        });
      },
      stop: (insights) => insights.stop(),
      trouble: (insights) => insights.trouble,
    },
    reports: {
      needs: ["lake", "broker"],
      start(declaration, running) {
        const { lake, log, dataFolder, keyring } = need(running.lake);
        const broker = need(running.broker);
        const source: ReportSource = {
          health: async () => ({ modules: health() }),
          status: async () => ({ fleet: broker.devices(), log: log.stats(), lake: await lake.stats() }),
          query: (sql, options) => lake.query(sql, options),
          alarms: async (request) => need(running.alarms).desk.list(request),
        };
        return startReports({ declaration, source, dataFolder, keyring, logger });
      },
      stop: (reports) => reports.stop(),
      trouble: (reports) => reports.trouble,
    },
    console: {
      needs: ["lake", "broker"],
      start(settings, running) {
        const { lake, log, dataFolder } = need(running.lake);
        const tokens = TokenStore.open(
          join(dataFolder, "access", "tokens.sealed"),
          siteKeyring.key("api tokens"),
        );
        const profiles = () => running.decoder?.profiles ?? [];
        const alarms = () => running.alarms?.desk;
        const models = () => running.scoring?.states() ?? [];
        const uploads = () => running.decoder?.uploads;
        const replays = () => running.decoder?.replays;
        const reports = () => running.reports;
        const fleet = need(running.broker);
        return startConsole({
          ...{ settings, lake, log, fleet, tokens, profiles, alarms, models, uploads, replays, reports },
        });
      },
      stop: (console) => console.stop(),
    },
  };
}

/** An expired list stays in force, but says nothing of what was revoked since: somebody has to know. */
function expiredLists(broker: Broker): string | null {
  const expired = broker.revocationLists().filter(({ isExpired }) => isExpired);
  if (expired.length === 0) return null;
  return expired
    .map(({ issuer, nextUpdate }) => {
      return `the revocation list of ${issuer} expired at ${nextUpdate?.toISOString()} and stays in force; npm start renews it`;
    })
    .join("; ");
}

/** The host starts a module only once what it needs runs. */
function need<Handle>(handle: Handle | undefined): Handle {
  if (handle === undefined) throw new Error("a module was started before what it needs");
  return handle;
}
