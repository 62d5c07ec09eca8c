import { ConsumerGroup } from "@pulumi/azure-native/eventhub/consumerGroup.js";
import { interpolate, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { triggers } from "../../functions/azure-agreements.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { ScoringPackage } from "../shared/scoring-package.ts";
import { belowPaths } from "./blob-conditions.ts";
import { appState } from "./app-state.ts";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import type { Hub, Hubs } from "./event-hubs.ts";
import { createFunctionApp, hubSettings } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import type { Key } from "./keys.ts";
import { functionPackage } from "./package.ts";
import { grant } from "./roles.ts";

export interface ScoringArgs {
  readonly environment: string;
  readonly package: ScoringPackage;
  readonly lake: EncryptedLake;
  readonly hubs: Hubs;
  /** Hears of files that land. */
  readonly landed: Hub;
  /** What the decoder reads. */
  readonly messages: Hub;
}

/** News of one turn; each is a file of a batch of messages. */
const filesOfTurn = 50;

/**
 * Models score every file of frames that lands in the curated zone, whoever wrote it, and put their scores into the stream
 * of the devices' own messages. The function reads the tables of its models and nothing else of the lake; it hears the news
 * of the function that keeps the latest state, in a group of its own, because a storage account has one topic of events.
 */
export function createScoring(
  name: string,
  { environment, package: made, lake, hubs, landed, messages }: ScoringArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const { bundle, files, tables, wait } = made;
  const { curated, quarantine } = lake.zones;
  const group = new ConsumerGroup(
    `${name}-landed-scoring`,
    {
      resourceGroupName: context.group.name,
      namespaceName: hubs.namespace.name,
      eventHubName: landed.hub.name,
      consumerGroupName: "scoring",
    },
    { ...opts, parent: landed.hub },
  );
  const identity = createIdentity(`${name}-scoring`, "models score frames that landed", context, opts);
  createFunctionApp(
    `${name}-scoring`,
    {
      storage: [environment, "scoring"],
      identity,
      package: functionPackage([bundle], files, { batch: filesOfTurn, wait }),
      settings: {
        ...hubSettings(
          triggers.scoring,
          { host: hubs.host, hub: landed.hub.name, group: group.name },
          identity,
        ),
        TENANT: environment,
        CURATED_CONTAINER: curated.container,
        QUARANTINE_CONTAINER: quarantine.container,
        STREAM_HUB: interpolate`https://${hubs.host}/${messages.hub.name}`,
      },
      memoryMegabytes: 2_048,
      rights: rights(name, identity, { lake, landed, messages, tables }, context, opts),
    },
    context,
    opts,
  );
}

export const scoringState = (key: Key): EncryptionState =>
  appState("KnowledgeBase", "scoring", "its package with the models, leases and checkpoints", key);

function rights(
  name: string,
  principal: Principal,
  of: Pick<ScoringArgs, "lake" | "landed" | "messages"> & { readonly tables: readonly string[] },
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const { lake, landed, messages, tables } = of;
  const may = (what: string, right: Omit<Parameters<typeof grant>[2], "principal">) =>
    grant(`${name}-scoring-${what}`, context, { ...right, principal }, opts);
  return [
    may("hears", {
      role: "Azure Event Hubs Data Receiver",
      scope: landed.hub.id,
      why: "the function hears which files landed",
    }),
    may("tells", {
      role: "Azure Event Hubs Data Sender",
      scope: messages.hub.id,
      why: "the function puts scores into the stream",
    }),
    may("reads", {
      role: "Storage Blob Data Reader",
      scope: lake.zones.curated.scope,
      condition: belowPaths(tables),
      why: "the function finds and reads the frame tables of its models and nothing else",
    }),
    may("puts-aside", {
      role: lake.blobAdder,
      scope: lake.zones.quarantine.scope,
      why: "the function adds the names of files that it can't read",
    }),
  ];
}
