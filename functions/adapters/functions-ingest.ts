import { join } from "node:path";
import { decoderSettings as name } from "../azure-agreements.ts";
import { settingsFile } from "../decoder-settings.ts";
import type { Environment } from "./aws-client.ts";
import { required } from "./aws-client.ts";
import { blobObjects, storageResource } from "./azure-blob.ts";
import { azureAccess } from "./azure-client.ts";
import { ingestPorts, readSettings, type HostIngest } from "./host-ingest.ts";
import { loggedMetrics } from "./logged-metrics.ts";

/**
 * Throws an Error that names the setting or profile that makes no sense: the function then does not start.
 * @param folder where the bundle and its settings lie
 */
export function functionsIngest(
  env: Environment,
  folder: string,
  log: (line: string) => void,
  ask: typeof fetch = fetch,
): HostIngest {
  const settings = readSettings(join(folder, settingsFile));
  const zones = {
    raw: required(env, name.rawContainer),
    curated: required(env, name.curatedContainer),
    quarantine: required(env, name.quarantineContainer),
  };
  const blobs = blobObjects(azureAccess(env, storageResource, ask), required(env, name.blobEndpoint));
  return ingestPorts(settings, blobs, zones, "bytes", loggedMetrics(settings.tenant, log));
}
