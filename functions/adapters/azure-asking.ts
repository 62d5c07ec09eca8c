import { reportSettings, type AskingSettings } from "../agreements.ts";
import type { AskingApp } from "../asking/app.ts";
import { functionAsking } from "../asking/function-asking.ts";
import {
  alarmContainer,
  alarmsOn,
  latestDatabase,
  registryEndpoint,
  tokenContainer,
} from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";
import { blobList } from "./blob-list.ts";
import { blobObjects } from "./blob.ts";
import { documentContainer } from "./cosmos-documents.ts";
import { cosmosRegistryOf } from "./cosmos-registry.ts";
import { required, type Environment } from "./environment.ts";
import { scheduledReports } from "./report-settings.ts";
import { traceMetrics } from "./trace-metrics.ts";

/** An instance of 2 GB has less disk than a Lambda function may have (Microsoft Learn, "Azure Functions hosting options", temporary storage). */
const disk = { scan: { files: 2_000, bytes: 192 * 2 ** 20 }, cacheBytes: 384 * 2 ** 20 } as const;

/** What answers the HTTP API of an Azure environment. Throws an Error that names the setting that is missing. */
export function azureAsking(
  fetch: AzureFetch,
  env: Environment,
  settings: AskingSettings,
  folder?: string,
): AskingApp {
  const { [alarmsOn]: rules, [registryEndpoint]: registry, [reportSettings]: declared } = env;
  const endpoint = required(env, "COSMOS_ENDPOINT");
  const documents = (database: string, container: string) =>
    documentContainer(fetch, { endpoint, database, container });
  const environment = required(env, "TENANT");
  return functionAsking({
    ...{ environment, target: "azure", settings, folder, disk },
    ...{ objects: blobObjects(fetch), list: blobList(fetch) },
    ...{ curated: required(env, "CURATED_CONTAINER"), quarantine: required(env, "QUARANTINE_CONTAINER") },
    raw: required(env, "RAW_CONTAINER"),
    tokens: documents(tokenContainer.database, tokenContainer.name),
    alarms: rules === undefined ? null : documents(latestDatabase, alarmContainer.name),
    registry: registry === undefined ? null : cosmosRegistryOf(fetch, registry),
    reports: declared === undefined ? null : scheduledReports(env),
    // Its function has a timer and no door.
    askForReport: null,
    metrics: traceMetrics(environment),
  });
}
