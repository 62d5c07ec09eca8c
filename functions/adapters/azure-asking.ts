import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportSettings, type AskingSettings } from "../agreements.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import { alarmDesk } from "../asking/alarm-desk.ts";
import { askingApp, type AskingApp } from "../asking/app.ts";
import { cloudDevices } from "../asking/devices.ts";
import { functionLake } from "../asking/function-lake.ts";
import { keptReportsOf } from "../asking/kept-reports.ts";
import { tokenBook } from "../asking/token-book.ts";
import { alarmsOn, latestDatabase, registryEndpoint, tokenContainer } from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";
import { blobList } from "./blob-list.ts";
import { blobObjects } from "./blob.ts";
import { alarmContainerItems } from "./cosmos-alarms.ts";
import { cosmosRegistryOf } from "./cosmos-registry.ts";
import { required, type Environment } from "./environment.ts";
import { scheduledReports } from "./report-settings.ts";

/** An instance of 2 GB has less disk than a Lambda function may have (Microsoft Learn, "Azure Functions hosting options", temporary storage). */
const disk = { scan: { files: 2_000, bytes: 192 * 2 ** 20 }, cacheBytes: 384 * 2 ** 20 } as const;

/** What answers the HTTP API of an Azure environment. Throws an Error that names the setting that is missing. */
export function azureAsking(
  fetch: AzureFetch,
  env: Environment,
  { profiles, pinned }: AskingSettings,
  folder = join(tmpdir(), "fieldlake-lake"),
): AskingApp {
  const { [alarmsOn]: rules, [registryEndpoint]: registryAt, [reportSettings]: reports } = env;
  const now = Date.now;
  const environment = required(env, "TENANT");
  const endpoint = required(env, "COSMOS_ENDPOINT");
  const reading = { objects: blobObjects(fetch), list: blobList(fetch) };
  const curated = required(env, "CURATED_CONTAINER");
  const lake = functionLake({
    ...{ ...reading, tenant: environment, folder, ...disk },
    containers: [curated, required(env, "QUARANTINE_CONTAINER")],
  });
  const registry = registryAt === undefined ? null : cosmosRegistryOf(fetch, registryAt);
  const { database, name: container } = tokenContainer;
  const alarms = alarmContainerItems(fetch, { endpoint, database: latestDatabase });
  return askingApp({
    ...{ environment, lake, profiles, now },
    fleet: cloudDevices({ lake, registry, pinned, now }),
    tokens: tokenBook(alarmContainerItems(fetch, { endpoint, database, container })),
    alarms: rules === undefined ? null : alarmDesk(new CloudBook({ documents: alarms, now })),
    reports:
      reports === undefined
        ? null
        : keptReportsOf({
            ...{ ...reading, container: curated, environment, now },
            declaration: scheduledReports(env),
          }),
    complain: (error) => console.error(JSON.stringify({ asking: error.message })),
  });
}
