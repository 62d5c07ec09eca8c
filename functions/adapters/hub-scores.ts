/** Scores into the event hub that the broker fills. */
import type { FrameScoringPorts } from "../scoring/frame-scoring.ts";
import type { AzureFetch } from "./azure-client.ts";
import { scoreBatches } from "./score-batches.ts";

/** Whose token Event Hubs takes, in every cloud. */
const hubsResource = "https://eventhubs.azure.net";

/** A request has 1 MB (learn.microsoft.com, "Azure Event Hubs quotas and limits"); quotation marks within are escaped. */
const most = { records: 500, characters: 700_000 };

/**
 * "Send batch events" (learn.microsoft.com/rest/api/eventhub/send-batch-events): all of a request or nothing.
 * @param hub its address, `https://<namespace>/<hub>`
 */
export function hubScores(fetch: AzureFetch, hub: string): FrameScoringPorts["send"] {
  return async (scores) => {
    for (const batch of scoreBatches(scores, most)) {
      const answer = await fetch(hubsResource, `${hub}/messages?api-version=2014-01`, {
        method: "POST",
        headers: { "Content-Type": "application/vnd.microsoft.servicebus.json" },
        body: JSON.stringify(batch.map(({ text }) => ({ Body: text }))),
      });
      if (answer.status !== 201)
        throw new Error(
          `${hub} takes no scores: HTTP ${answer.status}, ${(await answer.text()).slice(0, 200)}`,
        );
    }
  };
}
