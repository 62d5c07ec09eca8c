import type { Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import type { Hub } from "./event-hubs.ts";
import type { Principal } from "./identities.ts";
import { grant } from "./roles.ts";

/** What the functions that hear of files may do. */
export function insightRights(
  name: string,
  principal: Principal,
  { hub }: Hub,
  { zones, blobAdder }: EncryptedLake,
  context: AzureContext,
  opts: { parent: Resource },
): Resource[] {
  const { scope } = zones.curated;
  return [
    grant(
      `${name}-insight-hears`,
      context,
      {
        role: "Azure Event Hubs Data Receiver",
        scope: hub.id,
        principal,
        why: "the function hears which files landed",
      },
      opts,
    ),
    grant(
      `${name}-insight-reads`,
      context,
      {
        role: "Storage Blob Data Reader",
        scope,
        principal,
        why: "the function reads the files that landed",
      },
      opts,
    ),
    grant(
      `${name}-insight-adds`,
      context,
      { role: blobAdder, scope, principal, why: "the function adds each file's manifest" },
      opts,
    ),
  ];
}
