import type { CustomResourceOptions } from "@pulumi/pulumi";
import { manifestFolder } from "../../functions/agreements.ts";
import type { AzureContext } from "./context.ts";
import { createHub, type Hub, type Hubs } from "./event-hubs.ts";
import { tellOfFiles } from "./file-news.ts";
import type { Zones } from "./zones.ts";

const partitions = 4;

/** A hub that hears of each file that lands in the curated zone. */
export function createLanded(
  name: string,
  zones: Zones,
  hubs: Hubs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Hub {
  const landed = createHub(name, "landed", partitions, hubs, context, opts);
  const container = "/blobServices/default/containers/curated/blobs/";
  tellOfFiles(
    {
      messenger: `${name}-messenger`,
      topic: `${name}-files`,
      subscription: `${name}-files-landed`,
      called: "landed",
      tells: "tells of files that landed",
      news: "news of files",
      zone: zones.curated,
      filter: {
        subjectBeginsWith: container,
        subjectEndsWith: ".parquet",
        advancedFilters: [
          {
            operatorType: "StringNotBeginsWith",
            key: "subject",
            values: [`${container}${manifestFolder}/`],
          },
        ],
      },
    },
    zones,
    landed,
    context,
    opts,
  );
  return landed;
}
