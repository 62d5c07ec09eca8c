import { azureFetch } from "./azure-client.ts";
import { birthBlobs } from "./blob-births.ts";
import { blobObjects } from "./blob.ts";
import { required, type Environment } from "./environment.ts";
import { hostIngest, type HostIngest } from "./host-ingest.ts";
import { traceMetrics } from "./trace-metrics.ts";

export type FunctionIngest = HostIngest;

/**
 * Throws an Error that names the variable or profile that makes no sense: the function then does not start.
 * @param folder where the bundle lies; the host tells it by no variable that every plan sets
 */
export function functionIngest(env: Environment, folder: string): FunctionIngest {
  const container = (zone: string): string => required(env, `${zone}_CONTAINER`);
  const zones = { raw: container("RAW"), curated: container("CURATED"), quarantine: container("QUARANTINE") };
  const fetch = azureFetch(env);
  const births = birthBlobs(fetch, container("BIRTHS"));
  return hostIngest(folder, blobObjects(fetch), zones, births, traceMetrics);
}
