import type { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { manifestFolder } from "../../functions/agreements.ts";
import { quarantineTable } from "../../functions/core/table.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { belowPaths, changedFilesOnly, rowFilesOnly } from "./blob-conditions.ts";
import { appState } from "./app-state.ts";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import type { Key } from "./keys.ts";
import { functionPackage } from "./package.ts";
import { createBlobRemover, grant, type Grant } from "./roles.ts";
import { parquetCodec } from "./serverless-sql-settings.ts";

export interface CompactionArgs {
  readonly environment: string;
  readonly lake: EncryptedLake;
  readonly bundle: FunctionBundle;
}

/** `hh:mm:ss` of one run; it stops beginning days after half of it. */
const longest = "00:30:00";

/**
 * Small files of the curated zone become larger ones, on a schedule, in an app of its own: nothing else in the stack may
 * take rows away, and it may take away nothing but what was merged, and in quarantine what a replay left.
 */
export function createCompaction(
  name: string,
  { environment, lake, bundle }: CompactionArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const identity = createIdentity(`${name}-compact`, "merges small files of the curated zone", context, opts);
  const remover = createBlobRemover(name, context, opts);
  createFunctionApp(
    `${name}-compact`,
    {
      storage: [environment, "compact"],
      identity,
      package: functionPackage([bundle], {}, null, undefined, longest),
      settings: {
        TENANT: environment,
        CURATED_CONTAINER: lake.zones.curated.container,
        QUARANTINE_CONTAINER: lake.zones.quarantine.container,
        PARQUET_CODEC: parquetCodec(context.settings.serverlessSql),
      },
      memoryMegabytes: 2_048,
      rights: rights(name, identity, lake, remover, context, opts),
    },
    context,
    opts,
  );
}

export const compactionState = (key: Key): EncryptionState =>
  appState("KnowledgeBase", "compaction", "its package and the lease of its timer", key);

function rights(
  name: string,
  principal: Principal,
  { zones, blobAdder }: EncryptedLake,
  remover: RoleDefinition,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const { curated, quarantine } = zones;
  const changes = `${manifestFolder}/changes/${quarantineTable.name}`;
  const may = (what: string, right: Omit<Grant, "principal">) =>
    grant(`${name}-compact-${what}`, context, { ...right, principal }, opts);
  return [
    may("reads", {
      role: "Storage Blob Data Reader",
      scope: curated.scope,
      why: "the function reads the files that it merges",
    }),
    may("adds", {
      role: blobAdder,
      scope: curated.scope,
      why: "the function adds merged files, and records of them",
    }),
    may("removes", {
      role: remover,
      scope: curated.scope,
      condition: rowFilesOnly,
      why: "the function takes files of rows away that it has merged, and no record of them",
    }),
    may("looks", {
      role: "Storage Blob Data Reader",
      scope: quarantine.scope,
      condition: belowPaths([changes], [changes, quarantineTable.name]),
      why: "the function reads which files count, and no row",
    }),
    may("clears", {
      role: remover,
      scope: quarantine.scope,
      condition: changedFilesOnly,
      why: "the function takes away what a replay left that had ended early",
    }),
  ];
}
