/**
 * A fleet's registry in Cosmos DB. It is one partition, because a transaction there has no more: so serial numbers, keys
 * and the order of a device's certificates hold however many functions issue at the same time. A partition takes 20 GB
 * (Microsoft Learn, "Azure Cosmos DB service quotas"); a certificate takes some 2 kB of it.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { storedIssuer, storedList, type Change } from "../../fleet/registry/model.ts";
import { RegistryConflictError, RegistryError, type FleetRegistry } from "../../fleet/registry/registry.ts";
import { fleetContainer, latestDatabase } from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";
import {
  cosmosPartition,
  mostOperations,
  type CosmosPlace,
  type Document,
  type Put,
  type Stored,
} from "./cosmos-partition.ts";
import { inTurns } from "./in-turns.ts";
import {
  applied,
  certificateRecord,
  certificatesOf,
  dateIn,
  deviceId,
  deviceRecord,
  idsOf,
  keyId,
  lastChangeId,
  pointedTo,
  prefixes,
  serialId,
} from "./registry-documents.ts";
import { isWanted } from "./wanted-certificates.ts";

const attempts = 6;
const firstPauseMs = 30;
const parallelReads = 16;
/** How exactly `lastChange` is known: writing it each time would make one document as hot as the whole fleet. */
const lastChangeMs = 60_000;

/** Where a stack keeps it. @param endpoint of the account */
export const registryPlace = (endpoint: string): Omit<CosmosPlace, "partition"> => ({
  ...{ endpoint, database: latestDatabase, container: fleetContainer.name },
});

/** The one that a stack makes. @param endpoint of the account */
export const cosmosRegistryOf = (fetch: AzureFetch, endpoint: string): FleetRegistry =>
  cosmosRegistry(fetch, registryPlace(endpoint));

export function cosmosRegistry(
  fetch: AzureFetch,
  place: Omit<CosmosPlace, "partition">,
  now = () => new Date(),
): FleetRegistry {
  const description = `the registry in the Cosmos DB container ${place.container}`;
  const partition = cosmosPartition(fetch, { ...place, partition: "fleet" });
  const told = async <Answer>(work: Promise<Answer>): Promise<Answer> =>
    work.catch((error: Error) => {
      throw new RegistryError(`${description}: ${error.message}`);
    });
  const read = (id: string): Promise<Stored | null> => told(partition.read(id));
  const get = async (id: string): Promise<Document | null> => (await read(id))?.document ?? null;
  async function* below(prefix: string, order?: "DESC"): AsyncGenerator<Document> {
    try {
      yield* partition.below(prefix, order);
    } catch (error) {
      throw new RegistryError(`${description}: ${(error as Error).message}`);
    }
  }
  const behind = async (pointer: string): Promise<Document | null> => {
    const id = pointedTo(await get(pointer));
    return id === null ? null : get(id);
  };
  const recordOf = (document: Document | null) =>
    document === null ? null : certificateRecord(document, now());
  let noted = 0;

  const registry: FleetRegistry = {
    description,
    // Of each: four documents, and the end of up to five others.
    mostCertificates: mostOperations / 10,
    // One is kept for the time of the last change.
    mostChanges: mostOperations - 1,
    async device(id) {
      const document = await get(deviceId(id));
      return document === null ? null : deviceRecord(document);
    },
    invitation: async (id) => dateIn(await get(deviceId(id)), "invitedAt"),
    certificate: async (serial) => recordOf(await behind(serialId(serial))),
    certificateOfKey: async (id) => recordOf(await behind(keyId(id))),
    async certificatesOf(id) {
      const found = [];
      for await (const one of below(certificatesOf(id), "DESC")) found.push(certificateRecord(one, now()));
      return found;
    },
    async encoded(serial) {
      const der = (await behind(serialId(serial)))?.["der"];
      return typeof der === "string" ? Buffer.from(der, "base64") : null;
    },
    async *certificates(query = {}) {
      for await (const one of below(`${prefixes.certificate}${query.idPrefix ?? ""}`)) {
        const record = certificateRecord(one, now());
        if (isWanted(record, query)) yield record;
      }
    },
    async *devices() {
      for await (const one of below(prefixes.device)) yield deviceRecord(one);
    },
    async counts() {
      const certificates = { issued: 0, active: 0, superseded: 0, revoked: 0, expired: 0 };
      let devices = 0;
      for await (const { state } of registry.certificates()) certificates[state] += 1;
      for await (const _device of registry.devices()) devices += 1;
      return { devices, certificates };
    },
    async issuers() {
      const found = [];
      for await (const { body } of below(prefixes.issuer))
        found.push(storedIssuer.parse(JSON.parse(String(body))));
      return found.sort((one, other) => one.at.getTime() - other.at.getTime());
    },
    async lists() {
      const found = [];
      for await (const { body } of below(prefixes.list))
        found.push(storedList.parse(JSON.parse(String(body))));
      return found;
    },
    lastChange: async () => dateIn(await get(lastChangeId), "at"),
    record: async (changes) => (changes.length === 0 ? undefined : write(changes)),
    close: () => Promise.resolve(),
  };
  return registry;

  /** Read, judge, write what was judged; again where somebody else wrote in between. */
  async function write(changes: readonly Change[]): Promise<void> {
    // An answer that was lost on the way back must not make a transaction that went through look like a conflict.
    const by = randomUUID();
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const found = await documentsFor(changes);
      if (attempt > 1 && [...found.values()].some((one) => one?.document["by"] === by)) return;
      const plain = new Map([...found].map(([id, one]) => [id, one?.document ?? null]));
      const { documents, conflicts } = applied(changes, plain);
      if (conflicts.length > 0) throw new RegistryConflictError(conflicts);
      const puts = documents.map((one): Put => ({
        document: { ...one, by },
        tag: found.get(one.id)?.tag ?? null,
      }));
      if (puts.length === 0) return;
      if (puts.length >= mostOperations)
        throw new RegistryError(
          `${description} takes ${mostOperations - 1} documents at once, not ${puts.length}`,
        );
      const at = now().getTime();
      const isNoted = at - noted < lastChangeMs;
      const note = { document: { id: lastChangeId, at: Math.floor(at / 1000) } };
      if (await told(partition.write(isNoted ? puts : [...puts, note]))) {
        if (!isNoted) noted = at;
        return;
      }
      await pause(firstPauseMs * 2 ** attempt * (0.5 + Math.random()));
    }
    throw new RegistryError(`${description} is too busy: others wrote the same ${attempts} times`);
  }

  async function documentsFor(changes: readonly Change[]): Promise<Map<string, Stored | null>> {
    const found = new Map<string, Stored | null>();
    const readAll = (ids: readonly string[]): Promise<void> =>
      inTurns(
        [...new Set(ids)].map((id) => async () => void found.set(id, await read(id))),
        parallelReads,
      );
    await readAll(changes.flatMap(idsOf));
    const ended = changes.flatMap((change) => ("serial" in change ? [serialId(change.serial)] : []));
    await readAll(ended.flatMap((id) => pointedTo(found.get(id)?.document) ?? []));
    return found;
  }
}
