/** The registry in Cosmos DB against a server in the test: what the local one keeps to, this one keeps to. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { cosmosRegistry } from "../../functions/adapters/cosmos-registry.ts";
import { certificate, issuerChange, now } from "../fleet/registry/support.ts";
import { startFakeAzure, type FakeAzure } from "./azure-server.ts";
import { describeCloudRegistry, type CloudRegistries } from "./cloud-registry.ts";

let azure: FakeAzure;
let registries: CloudRegistries;
const opened = (clock?: () => Date, fetch = azureFetch(azure.env)) =>
  cosmosRegistry(fetch, { endpoint: azure.origin, database: "fieldlake", container: "fleet" }, clock);

beforeAll(async () => {
  azure = await startFakeAzure();
  registries = { registry: opened(() => now), batches: opened() };
  await registries.registry.record([issuerChange]);
});
afterAll(() => azure.close());

describeCloudRegistry("the registry in Cosmos DB", () => registries);

describe("the registry in Cosmos DB", () => {
  test("an answer that is lost after the write is no conflict, and others' writes in between are taken in", async () => {
    const plain = azureFetch(azure.env);
    let isLost = true;
    const lossy: typeof plain = async (resource, url, init, authorization) => {
      const answer = await plain(resource, url, init, authorization);
      const isBatch = JSON.stringify(init.headers).includes("batch-atomic");
      if (!isBatch || !isLost) return answer;
      isLost = false;
      // As the client asks again after a connection that broke behind the write.
      return plain(resource, url, init, authorization);
    };
    const one = certificate("lift-1");
    await opened(() => now, lossy).record([{ kind: "certificate", certificate: one, follows: null }]);
    expect(isLost).toBe(false);
    expect(await registries.registry.certificatesOf("lift-1")).toHaveLength(1);
    const at = now;
    await Promise.all([
      opened(() => now).record([{ kind: "seen", serial: one.serial, at }]),
      opened(() => now).record([{ kind: "revoked", serial: one.serial, at, reason: "keyCompromise" }]),
    ]);
    expect(await registries.registry.certificate(one.serial)).toMatchObject({
      state: "revoked",
      seenAt: now,
    });
  });

  test("a certificate takes some 2 kB of the partition", async () => {
    const before = new Set(azure.documents.keys());
    await registries.registry.record([
      {
        kind: "certificate",
        certificate: certificate("lift-2", { der: Buffer.alloc(430, 7) }),
        follows: null,
      },
    ]);
    // What Cosmos DB adds: _rid, _self, _etag, _attachments, _ts.
    const own = 220;
    const bytes = [...azure.documents].flatMap(([id, { body }]) =>
      before.has(id) || id.includes("device:") ? [] : [JSON.stringify(body).length + own],
    );
    expect(bytes).toHaveLength(3);
    const sum = bytes.reduce((total, one) => total + one, 0);
    expect([sum > 1_800, sum < 2_200]).toEqual([true, true]);
  });

  test("takes no more at once than a transaction, and says what the service says", async () => {
    const device = (index: number) =>
      ({ id: `tag-${index}`, profile: null, source: "issued", enrolledAt: now }) as const;
    const many = Array.from(
      { length: 100 },
      (_, index) => ({ kind: "device", device: device(index) }) as const,
    );
    await expect(registries.registry.record(many)).rejects.toThrow("takes 99 documents at once, not 100");
    expect(await registries.registry.device("tag-1")).toBeNull();
    azure.failures.push(403);
    await expect(registries.registry.device("tag-1")).rejects.toThrow(
      "the registry in the Cosmos DB container fleet: could not read the container fleet: HTTP 403",
    );
  });
});
