/** Where a report of a stack in a cloud finds what it tells: services that the stack's outputs name, by the caller's own rights. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { blobList, type BlobList } from "../../../functions/adapters/blob-list.ts";
import { latestStateItems } from "../../../functions/adapters/cosmos.ts";
import { latestStateTable } from "../../../functions/adapters/dynamodb.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import type { LatestState } from "../../../functions/ports.ts";
import type { CloudSource, CloudZone } from "../../environment-report/cloud.ts";
import { awsAccessOf, azureFetchOf } from "../fleet/cloud-access.ts";
import { openRegistry, registryPlace, type OpenPlace } from "../fleet/open-registry.ts";

/** Of the stack's outputs. */
export const reportedOutputs = z.object({
  /** ARN of a table of DynamoDB, or address of a database of Cosmos DB. */
  latestState: z.union([z.string().startsWith("arn:"), z.url({ protocol: /^https$/ })]),
  /** `s3://<bucket>`, or address of a container. */
  curatedUri: z.url(),
  quarantineUri: z.url(),
  authority: z.object({ registry: registryPlace }),
});
export type ReportedOutputs = z.output<typeof reportedOutputs>;

/** Reading needs no retention: what is past it is gone. */
const anyDays = 1;

export type StackSource = Omit<CloudSource, "alarms" | "registry">;

/** Throws `CommandError` where credentials are missing. */
export function sourceOf({ latestState, curatedUri, quarantineUri }: ReportedOutputs): StackSource {
  const zones = (placeOf: (uri: string) => string): readonly CloudZone[] => [
    { zone: "curated", place: placeOf(curatedUri) },
    { zone: "quarantine", place: placeOf(quarantineUri) },
  ];
  const [, region, table] = /^arn:[^:]+:dynamodb:([^:]+):[^:]*:table\/(.+)$/.exec(latestState) ?? [];
  if (region !== undefined && table !== undefined) {
    const access = awsAccessOf("the report", region);
    const latest: LatestState = latestStateTable(access, table, anyDays);
    return { latest, files: s3List(access), zones: zones((uri) => new URL(uri).host) };
  }
  const fetch = azureFetchOf();
  const files: BlobList = blobList(fetch);
  return { latest: latestStateItems(fetch, latestState, anyDays), files, zones: zones((uri) => uri) };
}

/** Null where it is kept on a machine, and not on this one: none is made. */
export async function registryOf(
  place: OpenPlace,
  project: string,
): Promise<Awaited<ReturnType<typeof openRegistry>>["registry"] | null> {
  if (place.kind === "local" && !existsSync(resolve(project, place.folder))) return null;
  return (await openRegistry(place, project)).registry;
}
