/**
 * A fleet's registry in DynamoDB: one table, every change a transaction, so that serial numbers, keys and the order of a
 * device's certificates hold however many functions issue at the same time.
 */
import { randomUUID } from "node:crypto";
import { storedIssuer, storedList, type Change } from "../../fleet/registry/model.ts";
import {
  RegistryConflictError,
  RegistryError,
  type Conflict,
  type FleetRegistry,
} from "../../fleet/registry/registry.ts";
import type { AwsAccess } from "./aws-client.ts";
import {
  certificateKey,
  certificatePrefix,
  certificateRecord,
  dateOf,
  deviceKey,
  fleetKey,
  keyKey,
  seconds,
  serialKey,
  text,
  textOf,
  toSeconds,
  type Item,
} from "./dynamodb-items.ts";
import { tableCall, TransactionCanceled } from "./dynamodb-call.ts";
import { actionOf, merged, UnknownCertificate, writesOf, type Write } from "./dynamodb-writes.ts";
import { isWanted } from "./wanted-certificates.ts";

/** Actions of a transaction (DynamoDB developer guide, Quotas). */
const mostActions = 100;
const attempts = 6;
const firstPauseMs = 30;
/** How exactly `lastChange` is known: writing it each time would make one item as hot as the whole fleet. */
const lastChangeMs = 60_000;

type IndexedWrite = Write & { /** Of the change it comes from. */ readonly index: number };

export function dynamodbRegistry(access: AwsAccess, table: string, now = () => new Date()): FleetRegistry {
  const call = tableCall(access, table);
  const get = async (Key: Item): Promise<Item | null> =>
    (await call("GetItem", { TableName: table, Key, ConsistentRead: true })).Item ?? null;
  async function* pages(operation: "Query" | "Scan", body: object): AsyncGenerator<Item> {
    for (let start: Item | undefined; ;) {
      const more = start === undefined ? {} : { ExclusiveStartKey: start };
      const answer = await call(operation, { TableName: table, ConsistentRead: true, ...body, ...more });
      yield* answer.Items ?? [];
      start = answer.LastEvaluatedKey;
      if (start === undefined) return;
    }
  }
  const below = (partition: Item, prefix: string, isNewestFirst = false): AsyncGenerator<Item> =>
    pages("Query", {
      KeyConditionExpression: "p = :p AND begins_with(s, :prefix)",
      ExpressionAttributeValues: { ":p": partition["p"], ":prefix": text(prefix) },
      ScanIndexForward: !isNewestFirst,
    });
  const pointed = async (pointer: Item | null): Promise<Item | null> =>
    pointer === null
      ? null
      : certificateKey(
          textOf(pointer, "device_id"),
          toSeconds(dateOf(pointer, "recorded_at") ?? new Date(0)),
          textOf(pointer, "serial"),
        );
  const keyOf = async (serial: string): Promise<Item | null> => pointed(await get(serialKey(serial)));
  const certificateAt = async (key: Item | null): Promise<Item | null> => (key === null ? null : get(key));
  let noted = 0;

  const registry: FleetRegistry = {
    description: `the registry in the DynamoDB table ${table}`,
    // Of each: five writes, and the end of up to five others.
    mostCertificates: mostActions / 10,
    mostChanges: mostActions,
    async device(id) {
      const item = await get(deviceKey(id));
      return item === null ? null : deviceOf(item);
    },
    async invitation(deviceId) {
      const at = dateOf((await get(deviceKey(deviceId))) ?? {}, "invited_at");
      return at === null || at.getTime() === 0 ? null : at;
    },
    async certificate(serial) {
      const item = await certificateAt(await keyOf(serial));
      return item === null ? null : certificateRecord(item, now());
    },
    async certificatesOf(deviceId) {
      const found = [];
      for await (const item of below(deviceKey(deviceId), certificatePrefix, true)) found.push(item);
      return found.map((item) => certificateRecord(item, now()));
    },
    async certificateOfKey(keyId) {
      const item = await certificateAt(await pointed(await get(keyKey(keyId))));
      return item === null ? null : certificateRecord(item, now());
    },
    async encoded(serial) {
      const der = (await certificateAt(await keyOf(serial)))?.["der"];
      return der !== undefined && "B" in der ? Buffer.from(der.B, "base64") : null;
    },
    async *certificates(query = {}) {
      const filter = "begins_with(s, :prefix)";
      const values = { ":prefix": text(certificatePrefix) };
      for await (const item of pages("Scan", {
        FilterExpression: filter,
        ExpressionAttributeValues: values,
      })) {
        const record = certificateRecord(item, now());
        if (isWanted(record, query)) yield record;
      }
    },
    async *devices() {
      const only = { FilterExpression: "s = :s", ExpressionAttributeValues: { ":s": text("device") } };
      for await (const item of pages("Scan", only)) yield deviceOf(item);
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
      for await (const item of below(fleetKey(""), "issuer#")) found.push(storedIssuer.parse(bodyOf(item)));
      return found.sort((one, other) => one.at.getTime() - other.at.getTime());
    },
    async lists() {
      const found = [];
      for await (const item of below(fleetKey(""), "list#")) found.push(storedList.parse(bodyOf(item)));
      return found;
    },
    async lastChange() {
      return dateOf((await get(fleetKey("last"))) ?? {}, "at");
    },
    async record(changes) {
      if (changes.length === 0) return;
      const writes = merged(await allWrites(changes));
      if (writes.length > mostActions) {
        throw new RegistryError(
          `${registry.description} takes ${mostActions} writes at once, not ${writes.length}`,
        );
      }
      await transact(writes);
      if (now().getTime() - noted < lastChangeMs) return;
      noted = now().getTime();
      await call("PutItem", { TableName: table, Item: { ...fleetKey("last"), at: seconds(now()) } });
    },
    close: () => Promise.resolve(),
  };
  return registry;

  async function allWrites(changes: readonly Change[]): Promise<readonly IndexedWrite[]> {
    const writes: IndexedWrite[] = [];
    const unknown: Conflict[] = [];
    const added = new Set<string>();
    const made = new Map<string, Item>();
    const placeOf = async (serial: string) => made.get(serial) ?? keyOf(serial);
    for (const [index, change] of changes.entries()) {
      if (change.kind === "device") added.add(change.device.id);
      if (change.kind === "certificate") {
        const { deviceId, recordedAt, serial } = change.certificate;
        made.set(serial, certificateKey(deviceId, toSeconds(recordedAt), serial));
      }
      try {
        for (const write of await writesOf(change, placeOf, (id) => added.has(id)))
          writes.push({ ...write, index });
      } catch (error) {
        if (!(error instanceof UnknownCertificate)) throw error;
        unknown.push({ index, kind: "unknown", message: error.message });
      }
    }
    if (unknown.length > 0) throw new RegistryConflictError(unknown);
    return writes;
  }

  async function transact(writes: readonly IndexedWrite[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const reasons = await call("TransactWriteItems", {
        // Sent again after an answer that was lost, it is the same transaction, and no conflict with itself.
        ClientRequestToken: randomUUID(),
        TransactItems: writes.map((write) => actionOf(write, table)),
      }).then(
        () => null,
        (error: unknown) => {
          if (error instanceof TransactionCanceled) return error.reasons;
          throw error;
        },
      );
      if (reasons === null) return;
      const failed = writes.filter((_write, place) => reasons[place] === "ConditionalCheckFailed");
      if (failed.length > 0) throw new RegistryConflictError(conflictsOf(failed));
      // Somebody else writes the same items at the same time.
      if (attempt === attempts) {
        throw new RegistryError(`${registry.description} is too busy: ${reasons.join(", ")}`);
      }
      await new Promise((done) => setTimeout(done, firstPauseMs * 2 ** attempt * (0.5 + Math.random())));
    }
  }
}

const bodyOf = (item: Item): unknown => JSON.parse(textOf(item, "body"));

const conflictsOf = (writes: readonly IndexedWrite[]): Conflict[] =>
  writes.flatMap(({ index, conflict }) => (conflict === undefined ? [] : [{ index, ...conflict }]));

const deviceOf = (item: Item) => ({
  id: textOf(item, "p").slice("device#".length),
  profile: textOf(item, "profile") || null,
  source: textOf(item, "source") as "stack" | "issued" | "imported",
  enrolledAt: dateOf(item, "enrolled_at") ?? new Date(0),
});
