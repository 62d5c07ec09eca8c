import { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import { interpolate, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import type { Broker } from "./broker.ts";
import type { AzureContext, AzurePlace } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import type { Principal } from "./identities.ts";
import { blobs, grant } from "./roles.ts";
import type { ZoneStorage } from "./zones.ts";

/**
 * A block is written by `write` alone, a whole blob also by `add` (learn.microsoft.com, "Authorize with Microsoft Entra ID",
 * Permissions for calling data operations). What is handed out is narrower than both: to create.
 */
const createUploader = (name: string, { group }: AzurePlace, opts: CustomResourceOptions): RoleDefinition =>
  new RoleDefinition(
    `${name}-blob-uploader`,
    {
      roleName: interpolate`Fieldlake blob uploader ${group.name}`,
      description: "Writes blobs, whole or in blocks; reads and deletes none",
      scope: group.id,
      assignableScopes: [group.id],
      permissions: [
        {
          actions: [],
          dataActions: [`${blobs}/add/action`, `${blobs}/write`],
          notActions: [],
          notDataActions: [],
        },
      ],
    },
    opts,
  );

/** An uploader's right for blobs below a folder only. */
export const writtenBelow = (folder: string): string =>
  `((!(ActionMatches{'${blobs}/add/action'}) AND !(ActionMatches{'${blobs}/write'})) OR ` +
  `(@Resource[${blobs}:path] StringLike '${folder}/*'))`;

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

/** An adder's right for blobs below a folder only. */
export const addedBelow = (folder: string): string => added("StringLike", folder);

/** An adder's right for blobs anywhere but below a folder. */
export const addedBeside = (folder: string): string => added("StringNotLike", folder);

const added = (operator: "StringLike" | "StringNotLike", folder: string): string =>
  `((!(ActionMatches{'${blobs}/add/action'})) OR (@Resource[${blobs}:path] ${operator} '${folder}/*'))`;

/** A reader's right for lists below a folder, and for no blob (learn.microsoft.com, "Example Azure role assignment conditions for Blob Storage"). */
export const listsBelow = (folder: string): string =>
  `((!(ActionMatches{'${blobs}/read'})) OR ` +
  `(SubOperationMatches{'Blob.List'} AND @Request[${blobs}:prefix] StringStartsWith '${folder}/'))`;

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
  const { group } = context;
  const role = new RoleDefinition(
    `${name}-broker-reader`,
    {
      roleName: interpolate`Fieldlake broker reader ${group.name}`,
      description: "Reads which clients and authorities an MQTT broker knows; changes none",
      scope: group.id,
      assignableScopes: [group.id],
      permissions: [
        {
          actions: [
            "Microsoft.EventGrid/namespaces/caCertificates/read",
            "Microsoft.EventGrid/namespaces/clients/read",
          ],
          dataActions: [],
          notActions: [],
          notDataActions: [],
        },
      ],
    },
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
