import type { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import { addedBelow, blobs, listsBelow, writtenBelow } from "./blob-conditions.ts";
import type { Broker } from "./broker.ts";
import type { AzureContext, AzurePlace } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import type { Principal } from "./identities.ts";
import { createRole, grant } from "./roles.ts";
import type { ZoneStorage } from "./zones.ts";

/**
 * A block is written by `write` alone, a whole blob also by `add` (learn.microsoft.com, "Authorize with Microsoft Entra ID",
 * Permissions for calling data operations). What is handed out is narrower than both: to create.
 */
const createUploader = (name: string, place: AzurePlace, opts: CustomResourceOptions): RoleDefinition =>
  createRole(
    name,
    "blob uploader",
    {
      description: "Writes blobs, whole or in blocks; reads and deletes none",
      dataActions: [`${blobs}/add/action`, `${blobs}/write`],
    },
    place,
    opts,
  );

/** What is signed may do no more than who signs it. */
export function uploadRights(
  name: string,
  { scope, storage }: ZoneStorage,
  principal: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const why = `devices are handed the right to create one file below ${offlineFolder}/`;
  return [
    grant(
      `${name}-grant-signs`,
      context,
      { role: "Storage Blob Delegator", scope: storage.accountId, principal, why: `${why}, signed` },
      opts,
    ),
    grant(
      `${name}-grant-creates`,
      context,
      {
        role: createUploader(name, context, opts),
        scope,
        principal,
        condition: writtenBelow(offlineFolder),
        why,
      },
      opts,
    ),
  ];
}

/** To put whole files of devices where uploaded ones lie, and to see which are there; to read and replace none. */
export function takesFiles(
  name: string,
  { zones, blobAdder }: EncryptedLake,
  principal: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const { scope } = zones.raw;
  const given = { scope, principal };
  return [
    grant(
      `${name}-takes`,
      context,
      {
        ...{ ...given, role: blobAdder, condition: addedBelow(offlineFolder) },
        why: `the function adds files of devices below ${offlineFolder}/`,
      },
      opts,
    ),
    grant(
      `${name}-sees`,
      context,
      {
        ...{ ...given, role: "Storage Blob Data Reader" as const, condition: listsBelow(offlineFolder) },
        why: `the function sees which files there are below ${offlineFolder}/, and reads none`,
      },
      opts,
    ),
  ];
}

/** Built-in roles that read clients also read everything else of Event Grid. */
export function readsBroker(
  name: string,
  { namespace }: Broker,
  principal: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource {
  const role = createRole(
    name,
    "broker reader",
    {
      description: "Reads which clients and authorities an MQTT broker knows; changes none",
      actions: [
        "Microsoft.EventGrid/namespaces/caCertificates/read",
        "Microsoft.EventGrid/namespaces/clients/read",
      ],
    },
    context,
    opts,
  );
  return grant(
    `${name}-grant-judges`,
    context,
    {
      role,
      scope: namespace.id,
      principal,
      why: "whom the broker lets in is handed an upload, and nobody else",
    },
    opts,
  );
}
