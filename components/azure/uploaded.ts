import type { WebApp } from "@pulumi/azure-native/web/webApp.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { triggers } from "../../functions/azure-agreements.ts";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { belowPath } from "./blob-conditions.ts";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createHub, type Hub, type Hubs } from "./event-hubs.ts";
import { tellOfFiles } from "./file-news.ts";
import { createFunctionApp, hubSettings } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { functionPackage } from "./package.ts";
import { grant } from "./roles.ts";

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
  tellOfFiles(
    {
      messenger: `${name}-upload-messenger`,
      topic: `${name}-uploads`,
      subscription: `${name}-uploads-told`,
      called: "uploads",
      tells: "tells of files that were uploaded",
      news: "news of uploads",
      zone: raw,
      filter: { subjectBeginsWith: `/blobServices/default/containers/raw/blobs/${offlineFolder}/` },
    },
    lake.zones,
    hub,
    context,
    opts,
  );
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
      rights: rights(name, identity, hub, lake, context, opts),
    },
    context,
    opts,
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
