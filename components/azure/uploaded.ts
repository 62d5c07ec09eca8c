import { SystemTopic } from "@pulumi/azure-native/eventgrid/systemTopic.js";
import { SystemTopicEventSubscription } from "@pulumi/azure-native/eventgrid/systemTopicEventSubscription.js";
import type { WebApp } from "@pulumi/azure-native/web/webApp.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { triggers } from "../../functions/azure-agreements.ts";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { AzureContext } from "./context.ts";
import { deliveryByIdentity, deliveryRights } from "./delivery.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createHub, type Hub, type Hubs } from "./event-hubs.ts";
import { createFunctionApp, hubSettings } from "./function.ts";
import { assignedByName, createIdentity, type Principal } from "./identities.ts";
import { diagnose } from "./logs.ts";
import { functionPackage } from "./package.ts";
import { belowPath, grant } from "./roles.ts";
import type { Zones } from "./zones.ts";

export interface UploadedArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  /** Files beside the bundle, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly lake: EncryptedLake;
  readonly hubs: Hubs;
}

/** Files are read one by one in a partition: a long one holds up those behind it there. */
const partitions = 8;
/** The least that Flex Consumption takes as a limit of an app's instances. */
const leastInstances = 40;
/** `hh:mm:ss` of one file. */
const longest = "02:00:00";

/**
 * Every file that comes to lie below `offline/` in the raw zone becomes rows, whoever sent it: a hub keeps the news, a
 * function reads the file by ranges. It reads nothing of the raw zone but these files, and nothing of what it writes.
 */
export function createUploaded(
  name: string,
  { environment, bundle, files, lake, hubs }: UploadedArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): WebApp {
  const { raw, curated, quarantine } = lake.zones;
  const hub = createHub(name, "uploads", partitions, hubs, context, opts);
  tell(name, lake.zones, hub, context, opts);
  const identity = createIdentity(`${name}-upload`, "makes rows of uploaded files", context, opts);
  return createFunctionApp(
    `${name}-upload`,
    {
      storage: [environment, "upload"],
      identity,
      package: functionPackage([bundle], files, { batch: 1, wait: 1 }, undefined, longest),
      settings: {
        ...hubSettings(
          triggers.upload,
          { host: hubs.host, hub: hub.hub.name, group: hub.group.name },
          identity,
        ),
        RAW_CONTAINER: raw.container,
        CURATED_CONTAINER: curated.container,
        QUARANTINE_CONTAINER: quarantine.container,
      },
      memoryMegabytes: 2_048,
      maximumInstances: leastInstances,
      rights: rights(name, identity, hub, lake, context, opts),
    },
    context,
    opts,
  );
}

/** News of uploaded files, by a topic of the raw zone's account. */
function tell(
  name: string,
  { raw, quarantine }: Zones,
  { hub }: Hub,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const messenger = createIdentity(
    `${name}-upload-messenger`,
    "tells of files that were uploaded",
    context,
    opts,
  );
  const topic = new SystemTopic(
    `${name}-uploads`,
    {
      resourceGroupName: context.group.name,
      location: context.location,
      source: raw.storage.accountId,
      topicType: "Microsoft.Storage.StorageAccounts",
      identity: assignedByName(messenger),
    },
    opts,
  );
  diagnose(`${name}-uploads`, topic.id, context.logs, { parent: topic });
  const delivery = { hubId: hub.id, by: messenger, quarantine, orderedBy: null };
  const granted = deliveryRights(`${name}-uploads`, delivery, "news of uploads", context, opts);
  new SystemTopicEventSubscription(
    `${name}-uploads-told`,
    {
      resourceGroupName: context.group.name,
      systemTopicName: topic.name,
      eventSubscriptionName: "uploads",
      ...deliveryByIdentity(delivery),
      filter: {
        includedEventTypes: ["Microsoft.Storage.BlobCreated"],
        subjectBeginsWith: `/blobServices/default/containers/raw/blobs/${offlineFolder}/`,
      },
    },
    { ...opts, parent: topic, dependsOn: granted },
  );
}

function rights(
  name: string,
  principal: Principal,
  { hub }: Hub,
  { zones, blobAdder }: EncryptedLake,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const adds = (zone: "curated" | "quarantine", what: string) =>
    grant(
      `${name}-upload-adds-${zone}`,
      context,
      { role: blobAdder, scope: zones[zone].scope, principal, why: `the function adds ${what}` },
      opts,
    );
  return [
    grant(
      `${name}-upload-hears`,
      context,
      {
        role: "Azure Event Hubs Data Receiver",
        scope: hub.id,
        principal,
        why: "the function hears which files were uploaded",
      },
      opts,
    ),
    grant(
      `${name}-upload-reads`,
      context,
      {
        role: "Storage Blob Data Reader",
        scope: zones.raw.scope,
        principal,
        condition: belowPath(offlineFolder),
        why: `the function reads files below ${offlineFolder}/ and nothing else of the raw zone`,
      },
      opts,
    ),
    adds("curated", "rows of uploaded files, and a manifest of each"),
    adds("quarantine", "what no decoder takes"),
  ];
}
