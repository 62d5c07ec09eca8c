/** A function on `BlobCreated` of frame tables: models score what landed. Bundled by functions/build.ts. */

import type { InvocationContext } from "@azure/functions";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobList } from "../adapters/blob-list.ts";
import { blobFiles, blobObjects } from "../adapters/blob.ts";
import { required } from "../adapters/environment.ts";
import { frameFiles } from "../adapters/frame-files.ts";
import { hubScores } from "../adapters/hub-scores.ts";
import { lazily } from "../adapters/lazily.ts";
import { putAside, type Aside } from "../adapters/put-aside.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { triggers } from "../azure-agreements.ts";
import { landedBlobs } from "../landed-blobs.ts";
import { onEventHub } from "../on-event-hub.ts";
import { FrameScoring, type FrameScoringPorts } from "../scoring/frame-scoring.ts";
import { modelsIn, type LoadedModel } from "../scoring/loaded-models.ts";

/** Attempts at a file that can't be read, some minutes in all: it holds up the news behind it. */
const attempts = 4;

/**
 * Throws where a file can't be read, until it is put aside; and where the lake or the stream fails, for as long as it does.
 * What the stream has already is not told again. @param curated address of the container
 */
export function createHandler(
  curated: string,
  models: readonly LoadedModel[],
  ports: FrameScoringPorts & Aside,
) {
  const scoring = new FrameScoring(models, ports);
  return async (events: unknown, { retryContext: turn }: Partial<InvocationContext>): Promise<void> => {
    for (const [file, error] of await scoring.score(landedBlobs(events, curated))) {
      if ((turn?.retryCount ?? 0) < attempts) throw error;
      await putAside("scoring", file, error, ports);
    }
  };
}

const unlimited = -1;
onEventHub(
  "scoring",
  triggers.scoring,
  unlimited,
  lazily(() => {
    const { env } = process;
    const fetch = azureFetch(env);
    const [curated, objects] = [required(env, "CURATED_CONTAINER"), blobObjects(fetch)];
    return createHandler(curated, modelsIn(import.meta.dirname), {
      files: frameFiles(curated, objects, blobFiles(fetch), blobList(fetch)),
      send: hubScores(fetch, required(env, "STREAM_HUB")),
      ...{ objects, quarantine: required(env, "QUARANTINE_CONTAINER"), now: Date.now },
      metrics: traceMetrics(required(env, "TENANT")),
    });
  }),
);
