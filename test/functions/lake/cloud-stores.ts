/** Stores of both clouds, for real: moto's S3 and Azurite. */
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { blobList, type BlobList } from "../../../functions/adapters/blob-list.ts";
import { blobKept } from "../../../functions/adapters/blob-kept.ts";
import { blobFiles, blobObjects, blobRemoval } from "../../../functions/adapters/blob.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import { s3Kept } from "../../../functions/adapters/s3-kept.ts";
import { s3Files, s3Objects, s3Removal } from "../../../functions/adapters/s3.ts";
import type { KeptObjects, ObjectRemoval, ObjectStore, StoredFiles } from "../../../functions/ports.ts";
import { startMoto } from "../../fleet/support/tools.ts";
import { startAzurite } from "../../support/azurite.ts";
import { startFlakyProxy } from "../../support/flaky-proxy.ts";

export interface CloudStore {
  readonly objects: ObjectStore;
  readonly list: BlobList;
  readonly removal: ObjectRemoval;
  readonly kept: KeptObjects;
  readonly files: StoredFiles;
}

export interface CloudStores {
  /** By target; a server that can't be had is left out, as its start has said. */
  readonly of: Readonly<Record<string, CloudStore & { zone(name: string): string }>>;
  stop(): Promise<void>;
}

/** @param zones names of buckets and containers */
export async function startCloudStores(zones: readonly string[]): Promise<CloudStores> {
  const [moto, azurite] = await Promise.all([startMoto(), startAzurite(zones)]);
  const of: Record<string, CloudStores["of"][string]> = {};
  if (moto !== null) {
    const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    for (const bucket of zones)
      await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
    const store = { objects: s3Objects(access), list: s3List(access), removal: s3Removal(access) };
    of["aws"] = { ...store, kept: s3Kept(access), files: s3Files(access), zone: (name) => name };
  }
  const proxy = azurite === null ? null : await startFlakyProxy(new URL(azurite.endpoint).origin);
  if (azurite !== null && proxy !== null) {
    const fetch = azureFetch(azurite.env);
    const store = { objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) };
    const more = { kept: blobKept(fetch), files: blobFiles(fetch) };
    of["azure"] = { ...store, ...more, zone: (name) => `${proxy.url}/devstoreaccount1/${name}` };
  }
  return {
    of,
    async stop() {
      await moto?.stop();
      await proxy?.close();
      await azurite?.stop();
    },
  };
}
