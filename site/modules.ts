/** How each module of the site is started and stopped, and what it offers to the others. */
import { join } from "node:path";
import { startBroker, type Broker } from "./broker/broker.ts";
import { startConsole, type Console } from "./console/console.ts";
import { openLake, type Lake } from "./store/lake.ts";
import { openIngestLog, type SegmentLog } from "./log/ingest-log.ts";
import type { Logger } from "./logger.ts";
import type { ModuleKinds } from "./module-host.ts";
import { startPipeline, type Pipeline } from "./store/pipeline.ts";
import { backlogBytes } from "./runtime.ts";
import { Keyring } from "./seal.ts";
import type { RegistrySettings } from "./settings.ts";

/** The log belongs to the lake's folder and key, and outlives changes of the decoder and the broker. */
export interface OpenLake {
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly keyring: Keyring;
  readonly tenant: string;
  readonly dataFolder: string;
}

export type Running = {
  lake: OpenLake;
  decoder: Pipeline;
  registry: RegistrySettings;
  broker: Broker;
  console: Console;
};

export interface SiteEnvironment {
  readonly logger: Logger;
  /** DuckDB's httpfs extension; undefined lets DuckDB install it online. */
  readonly httpfsExtension: string | undefined;
}

export function siteModules({ logger, httpfsExtension }: SiteEnvironment): ModuleKinds<Running> {
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
          return { lake, log, keyring, tenant: settings.tenant, dataFolder };
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
      start: (decoder, running) => startPipeline({ ...need(running.lake), decoder }),
      stop: (pipeline) => pipeline.stop(),
      ended: (pipeline) => pipeline.ended,
    },
    registry: {
      needs: [],
      start: async (settings) => settings,
      stop: async () => undefined,
      async apply(_former, settings, running) {
        await running.broker?.applyRegistry(settings);
        return settings;
      },
    },
    broker: {
      needs: ["lake", "registry"],
      start(settings, running) {
        const { log, keyring, dataFolder } = need(running.lake);
        const stateFolder = join(dataFolder, "broker");
        return startBroker({ settings, registry: need(running.registry), log, stateFolder, keyring, logger });
      },
      stop: (broker) => broker.stop(),
    },
    console: {
      needs: ["lake", "broker"],
      start: (settings, running) =>
        startConsole({
          settings,
          lake: need(running.lake).lake,
          fleet: need(running.broker),
          log: need(running.lake).log,
        }),
      stop: (console) => console.stop(),
    },
  };
}

/** The host starts a module only once what it needs runs. */
function need<Handle>(handle: Handle | undefined): Handle {
  if (handle === undefined) throw new Error("a module was started before what it needs");
  return handle;
}
