import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import { interpolate, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { blobs } from "./blob-conditions.ts";
import type { AzurePlace } from "./context.ts";
import type { Principal } from "./identities.ts";

/**
 * Built-in roles by name; their ids are the same in every tenant (learn.microsoft.com, "Azure built-in roles"; each was
 * looked up again there and in templates that others deploy by, 2026-11).
 * None may assign roles, and none is Owner or Contributor.
 */
export const builtInRoles = {
  "Azure Event Hubs Data Receiver": "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
  "Azure Event Hubs Data Sender": "2b629674-e913-4c01-ae53-ef4638d8f975",
  "EventGrid Data Sender": "d5a91429-5739-47e2-a06b-3470a27159e7",
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "Storage Blob Delegator": "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
} as const;
export type BuiltInRole = keyof typeof builtInRoles;

export interface Grant {
  readonly role: BuiltInRole | RoleDefinition;
  /** Id of the resource that the right is about; never a subscription's. */
  readonly scope: Input<string>;
  readonly principal: Pick<Principal, "principalId">;
  /** Narrows the right further, in the language of Azure's attribute conditions. */
  readonly condition?: string;
  /** Kept with the assignment. */
  readonly why: string;
}

/** What needs the right depends on it: an assignment takes effect only minutes after it was made. */
export function grant(
  name: string,
  { subscriptionId }: AzurePlace,
  { role, scope, principal, condition, why }: Grant,
  opts: CustomResourceOptions,
): RoleAssignment {
  return new RoleAssignment(
    name,
    {
      principalId: principal.principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId:
        typeof role === "string"
          ? interpolate`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles[role]}`
          : role.id,
      scope,
      ...(condition === undefined ? {} : { condition, conditionVersion: "2.0" }),
      description: `Fieldlake: ${why}`,
    },
    opts,
  );
}

/** A role of the stack's own, where no built-in one does so little. @param called what its name and its resource's end with */
export function createRole(
  name: string,
  called: string,
  { description, actions = [], dataActions = [], beside = [] }: OwnRole,
  { group }: AzurePlace,
  opts: CustomResourceOptions,
): RoleDefinition {
  return new RoleDefinition(
    `${name}-${called.replaceAll(" ", "-")}`,
    {
      // Role names are unique in a tenant; the group's name is unique in a subscription and has digits of its own.
      roleName: interpolate`Fieldlake ${called} ${group.name}`,
      description,
      scope: group.id,
      assignableScopes: [group.id, ...beside],
      permissions: [{ actions, dataActions, notActions: [], notDataActions: [] }],
    },
    opts,
  );
}

export interface OwnRole {
  /** What it may, and what it may not. */
  readonly description: string;
  readonly actions?: string[];
  readonly dataActions?: string[];
  /** Ids of other resource groups that it may be assigned in. */
  readonly beside?: readonly string[];
}

/**
 * No built-in role may write without reading. `add` makes new blobs and replaces none (Put Blob, "Permissions"): what
 * was written can neither be read back nor overwritten.
 */
export const createBlobAdder = (name: string, place: AzurePlace, opts: CustomResourceOptions) =>
  createRole(
    name,
    "blob adder",
    {
      description: "Makes new blobs; reads, replaces and deletes none",
      dataActions: [`${blobs}/add/action`],
    },
    place,
    opts,
  );

/** Built-in roles that delete also write. What was deleted can be had back while the account keeps it. */
export const createBlobRemover = (name: string, place: AzurePlace, opts: CustomResourceOptions) =>
  createRole(
    name,
    "blob remover",
    { description: "Deletes blobs; reads, makes and replaces none", dataActions: [`${blobs}/delete`] },
    place,
    opts,
  );

/** Built-in roles that write also read, and change containers. What was replaced or deleted can be had back while the account keeps it. */
export const createBlobKeeper = (name: string, place: AzurePlace, opts: CustomResourceOptions) =>
  createRole(
    name,
    "blob keeper",
    {
      description: "Writes, replaces and deletes blobs; reads none",
      dataActions: [`${blobs}/write`, `${blobs}/delete`],
    },
    place,
    opts,
  );

/** Built-in roles that sign also decrypt, wrap and change keys. @param keys resource ids; those of their groups may be signed with */
export function createKeySigner(
  name: string,
  keys: readonly string[],
  place: AzurePlace,
  opts: CustomResourceOptions,
): RoleDefinition {
  const beside = [...new Set(keys.map((id) => id.split("/").slice(0, 5).join("/")))].sort();
  const description = "Signs with a key and reads its public half; changes none, and decrypts nothing";
  const dataActions = ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/sign/action"];
  return createRole(name, "key signer", { description, dataActions, beside }, place, opts);
}

/** A container is a scope of its own. */
export const containerScope = (accountId: Output<string>, container: Input<string>): Output<string> =>
  interpolate`${accountId}/blobServices/default/containers/${container}`;
