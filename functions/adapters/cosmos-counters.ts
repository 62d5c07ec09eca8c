import { setTimeout as pause } from "node:timers/promises";
import type { SharedCounters } from "../../fleet/est/allowance.ts";
import { RegistryError } from "../../fleet/registry/registry.ts";
import type { AzureFetch } from "./azure-client.ts";
import { cosmosPartition, type CosmosPlace } from "./cosmos-partition.ts";

const attempts = 8;
const firstPauseMs = 5;

/** Counters beside the registry, in a partition of their own: whoever asks too much slows nobody who writes certificates. */
export function cosmosCounters(fetch: AzureFetch, place: Omit<CosmosPlace, "partition">): SharedCounters {
  const partition = cosmosPartition(fetch, { ...place, partition: "allowance" });
  const told = (error: Error): never => {
    throw new RegistryError(`the counters in the Cosmos DB container ${place.container}: ${error.message}`);
  };
  return {
    async add(counter, { window, portion, most }) {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const found = await partition.read(counter).catch(told);
        const standing = Number(found?.document["window"] ?? -1);
        // An instance whose clock is behind counts with the others.
        const taken = standing >= window ? Number(found?.document["taken"]) : 0;
        if (taken + portion > most) return false;
        const document = { id: counter, window: Math.max(standing, window), taken: taken + portion };
        if (await partition.write([{ document, tag: found?.tag ?? null }]).catch(told)) return true;
        await pause(firstPauseMs * 2 ** attempt * Math.random());
      }
      return false;
    },
  };
}
