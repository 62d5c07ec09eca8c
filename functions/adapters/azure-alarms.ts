import { alarmContainer, alarmsOn, latestDatabase } from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";
import { cloudAlarms, type CloudAlarms } from "./cloud-alarms.ts";
import { documentContainer } from "./cosmos-documents.ts";
import { required, type Environment } from "./environment.ts";
import { traceNotices } from "./trace-notices.ts";

/** Null where the environment has no rules. @param folder where the bundle and its rules lie */
export function azureAlarms(folder: string, fetch: AzureFetch, env: Environment): CloudAlarms | null {
  if (env[alarmsOn] === undefined) return null;
  const place = {
    endpoint: required(env, "COSMOS_ENDPOINT"),
    database: latestDatabase,
    container: alarmContainer.name,
  };
  return cloudAlarms(
    folder,
    documentContainer(fetch, place),
    traceNotices(required(env, "TENANT")),
    Date.now,
  );
}
