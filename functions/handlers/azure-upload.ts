/** A function on `BlobCreated` below `offline/` of the raw zone: uploaded files become rows. Bundled by functions/build.ts. */

import type { InvocationContext } from "@azure/functions";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobFiles, blobObjects } from "../adapters/blob.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { putAside } from "../adapters/put-aside.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { uploadHost } from "../adapters/upload-host.ts";
import { triggers } from "../azure-agreements.ts";
import { offlineFolder } from "../core/files/upload-key.ts";
import { landedBlobs } from "../landed-blobs.ts";
import { onEventHub } from "../on-event-hub.ts";
import { takeUploaded, type UploadPorts } from "../uploaded-file.ts";

/** After these, minutes apart, a file is put aside: it must not hold up the others for ever. */
const retries = 10;

/** @param container address of the raw container @param aside address of the container of what could not be taken */
export function createHandler(container: string, aside: string, ports: UploadPorts) {
  return async (
    events: unknown,
    { retryContext }: Pick<InvocationContext, "retryContext">,
  ): Promise<void> => {
    for (const file of landedBlobs(events, container)) {
      if (!file.startsWith(`${offlineFolder}/`)) continue;
      try {
        await takeUploaded(container, file, ports);
      } catch (error) {
        if (retryContext === undefined || retryContext.retryCount < retryContext.maxRetryCount) throw error;
        const { metrics } = ports.decoding();
        await putAside("uploads", file, error as Error, {
          quarantine: aside,
          objects: ports.objects,
          metrics,
        });
      }
    }
  };
}

onEventHub(
  "upload",
  triggers.upload,
  retries,
  lazily(() => {
    const { env } = process;
    const fetch = azureFetch(env);
    const quarantine = required(env, "QUARANTINE_CONTAINER");
    const zones = { curated: required(env, "CURATED_CONTAINER"), quarantine };
    const ports = uploadHost(import.meta.dirname, blobFiles(fetch), blobObjects(fetch), zones, traceMetrics);
    return createHandler(required(env, "RAW_CONTAINER"), quarantine, ports);
  }),
);
