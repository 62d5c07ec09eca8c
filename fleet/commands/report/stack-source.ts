/** Where a report of a stack in a cloud finds what it tells: services that the stack's outputs name, by the caller's own rights. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { blobList, type BlobList } from "../../../functions/adapters/blob-list.ts";
import { latestStateItems } from "../../../functions/adapters/cosmos.ts";
import { latestStateTable } from "../../../functions/adapters/dynamodb.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import type { LatestState } from "../../../functions/ports.ts";
import type { CloudSource, CloudZone } from "../../environment-report/cloud-facts.ts";
import { awsAccessOf, azureFetchOf } from "../fleet/cloud-access.ts";
import { openRegistry, registryPlace, type OpenPlace } from "../fleet/open-registry.ts";

/** Of the stack's outputs. */
export const reportedOutputs = z.object({
  /** ARN of a table of DynamoDB, or address of a database of Cosmos DB. */
  latestState: z.union([z.string().startsWith("arn:"), z.url({ protocol: /^https$/ })]),
  /** `s3://<bucket>`, or address of a container. */
  curatedUri: z.url(),
  quarantineUri: z.url(),
  /** `certificate`: PEM of the one that signs devices. */
  authority: z.object({ certificate: z.string(), registry: registryPlace }),
});
export type ReportedOutputs = z.output<typeof reportedOutputs>;

/** Reading needs no retention: what is past it is gone. */
const anyDays = 1;

export type StackSource = Omit<CloudSource, "alarms" | "registry">;

/** Of an ARN of a table of DynamoDB; null for what is none. */
export function tableOf(arn: string): { readonly region: string; readonly table: string } | null {
  const [, region, table] = /^arn:[^:]+:dynamodb:([^:]+):[^:]*:table\/(.+)$/.exec(arn) ?? [];
  return region === undefined || table === undefined ? null : { region, table };
}

/** Throws `CommandError` where credentials are missing. */
export function sourceOf({
  latestState,
  curatedUri,
  quarantineUri,
  authority: { certificate: issuer },
}: ReportedOutputs): StackSource {
  const zones = (placeOf: (uri: string) => string): readonly CloudZone[] => [
    { zone: "curated", place: placeOf(curatedUri) },
    { zone: "quarantine", place: placeOf(quarantineUri) },
  ];
  const found = tableOf(latestState);
  if (found !== null) {
    const access = awsAccessOf("the report", found.region);
    const latest: LatestState = latestStateTable(access, found.table, anyDays);
    return { latest, issuer, files: s3List(access), zones: zones((uri) => new URL(uri).host) };
  }
  const fetch = azureFetchOf();
  const files: BlobList = blobList(fetch);
  const latest = latestStateItems(fetch, latestState, anyDays);
  return { latest, issuer, files, zones: zones((uri) => uri) };
}

/** Null where it is kept on a machine, and not on this one: none is made. */
export async function registryOf(
  place: OpenPlace,
  project: string,
): Promise<Awaited<ReturnType<typeof openRegistry>>["registry"] | null> {
  if (place.kind === "local" && !existsSync(resolve(project, place.folder))) return null;
  return (await openRegistry(place, project)).registry;
}
