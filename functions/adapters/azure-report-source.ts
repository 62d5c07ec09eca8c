import type { CloudSource } from "../../fleet/environment-report/cloud-facts.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import { alarmContainer, alarmsOn, latestDatabase, registryEndpoint } from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";
import { blobList } from "./blob-list.ts";
import { documentContainer } from "./cosmos-documents.ts";
import { cosmosRegistryOf } from "./cosmos-registry.ts";
import { latestStateItems } from "./cosmos.ts";
import { required, type Environment } from "./environment.ts";

/** Reading needs no retention: what is past it is gone. */
const anyDays = 1;

/** What a report of an Azure environment asks. Throws an Error that names the setting that is missing. */
export function azureReportSource(fetch: AzureFetch, env: Environment): CloudSource {
  const endpoint = required(env, "COSMOS_ENDPOINT");
  const fleet = env[registryEndpoint];
  const documents = documentContainer(fetch, {
    ...{ endpoint, database: latestDatabase, container: alarmContainer.name },
  });
  const book = env[alarmsOn] === undefined ? null : new CloudBook({ documents, now: Date.now });
  return {
    alarms: book === null ? null : (request) => book.list(request),
    latest: latestStateItems(fetch, endpoint, anyDays),
    registry: fleet === undefined ? null : cosmosRegistryOf(fetch, fleet),
    issuer: required(env, "ISSUER_CERTIFICATE"),
    files: blobList(fetch),
    zones: [
      { zone: "curated", place: required(env, "CURATED_CONTAINER") },
      { zone: "quarantine", place: required(env, "QUARANTINE_CONTAINER") },
    ],
  };
}
