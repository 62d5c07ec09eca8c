import type { KeptDocuments, KeptDocument } from "../core/kept-documents.ts";
import type { AzureFetch } from "./azure-client.ts";
import {
  cosmosPartition,
  type CosmosPartition,
  type CosmosPlace,
  type Document,
} from "./cosmos-partition.ts";

const secondsPerDay = 86_400;
/** What is taken away: the service removes it then, and it counts as not there until that. */
const goneSeconds = 1;
/**
 * Partitions whose clients are kept, the longest unused go: one of each has the session by which it reads what it wrote,
 * and behind a document whatever had been written to its partition before that one, by whomever.
 */
const mostPartitions = 1_000;

/** Documents in a container whose partitions are by `/p`. @param place endpoint of the account */
export function documentContainer(fetch: AzureFetch, place: Omit<CosmosPlace, "partition">): KeptDocuments {
  const known = new Map<string, CosmosPartition>();
  const at = (partition: string): CosmosPartition => {
    const client = known.get(partition) ?? cosmosPartition(fetch, { ...place, partition });
    known.delete(partition);
    known.set(partition, client);
    const [oldest] = known.keys();
    if (known.size > mostPartitions && oldest !== undefined) known.delete(oldest);
    return client;
  };
  return {
    async read(partition, id) {
      const stored = await at(partition).read(idOf(id));
      return stored === null ? null : documentOf(stored.document, stored.tag);
    },
    async write(partition, id, body, former, days) {
      const ttl = body === null ? goneSeconds : days === undefined ? -1 : days * secondsPerDay;
      const document: Document = { id: idOf(id), body, ttl };
      const place = at(partition);
      if (former !== null) return place.write([{ document, tag: former }]);
      if (await place.write([{ document, tag: null }])) return true;
      // What was taken away may be there for a moment.
      const there = await place.read(document.id);
      return there !== null && there.document["body"] === null
        ? place.write([{ document, tag: there.tag }])
        : false;
    },
    async *below(partition, prefix) {
      for await (const document of at(partition).below(`${lead}${escaped(prefix)}`)) {
        const kept = documentOf(document, "");
        if (kept !== null)
          yield { id: decodeURIComponent(document.id.slice(lead.length).replaceAll("$", "%")), ...kept };
      }
    },
  };
}

/** Before each id, so that a range has a beginning where all are asked for. */
const lead = "a:";
/** An item's id may hold neither / nor \\ nor ? nor #. */
const escaped = (id: string): string => encodeURIComponent(id).replaceAll("%", "$");
const idOf = (id: string): string => `${lead}${escaped(id)}`;

function documentOf(document: Document, revision: string): KeptDocument | null {
  const { body } = document;
  return body === null || body === undefined ? null : { body, revision };
}
