/** The lake of a stack in a cloud: where its zones are, and how they are reached by the user's own login. */
import { z } from "zod";
import type { Config } from "../../config.ts";
import { blobList, type BlobList } from "../../functions/adapters/blob-list.ts";
import { blobKept } from "../../functions/adapters/blob-kept.ts";
import { blobFiles, blobObjects, blobRemoval } from "../../functions/adapters/blob.ts";
import { s3Kept } from "../../functions/adapters/s3-kept.ts";
import { s3List } from "../../functions/adapters/s3-list.ts";
import { s3Files, s3Objects, s3Removal } from "../../functions/adapters/s3.ts";
import type { LakeReplayOptions, ReplayPlaces } from "../../functions/lake/replay-options.ts";
import type { KeptObjects, ObjectRemoval, ObjectStore, StoredFiles } from "../../functions/ports.ts";
import { awsAccessOf, azureFetchOf } from "./fleet/cloud-access.ts";

export const zoneOutputs = z.object({
  rawUri: z.string(),
  curatedUri: z.string(),
  quarantineUri: z.string(),
});

export interface LakeStore {
  readonly objects: ObjectStore;
  readonly list: BlobList;
  readonly removal: ObjectRemoval;
  readonly kept: KeptObjects;
  readonly files: StoredFiles;
}

/** By the user's own login. @param what asks, for the message where something is missing */
export function storeOf({ target, region }: Pick<Config, "target" | "region">, what: string): LakeStore {
  if (target === "azure") {
    const fetch = azureFetchOf();
    return {
      ...{ objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) },
      ...{ kept: blobKept(fetch), files: blobFiles(fetch) },
    };
  }
  const access = awsAccessOf(what, region ?? undefined);
  return {
    ...{ objects: s3Objects(access), list: s3List(access), removal: s3Removal(access) },
    ...{ kept: s3Kept(access), files: s3Files(access) },
  };
}

/** A bucket by its name, a container by its address. */
export const withoutScheme = (places: ReplayPlaces): ReplayPlaces => {
  const place = (uri: string): string => uri.replace(/^s3:\/\//, "").replace(/\/$/, "");
  return { raw: place(places.raw), curated: place(places.curated), quarantine: place(places.quarantine) };
};

/** As the stack's decoder writes them: Synapse documents Snappy, and no encoding of the second version; nor does Athena. */
export const filesOf = ({ target, azure }: Pick<Config, "target" | "azure">): LakeReplayOptions["files"] => ({
  codec: target === "azure" && azure.serverlessSql !== undefined ? "SNAPPY" : "ZSTD",
  version: target === "azure" && azure.serverlessSql === undefined ? "V2" : "V1",
});
