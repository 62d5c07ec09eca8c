/** Bad input of the azure target: one clear error each, all at once, before any resource is planned. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { autoNamed, nameRules } from "../../../components/azure/names.ts";
import { keyReference } from "../../../components/azure/key-reference.ts";
import { subnetRanges } from "../../../components/azure/subnets.ts";
import { ConfigError, readConfig, stackConfig } from "../../../config.ts";
import { callers } from "./environment.ts";

const good = { target: "azure", environment: "acme" };
const here = { "azure-native:location": "westeurope" };

function mistakesOf(raw: Record<string, unknown>, all: Record<string, string> = here): readonly string[] {
  try {
    readConfig({ ...good, ...raw }, all);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

const own = (reference: string) => ({ key: { kind: "own", reference } });
const keyId =
  "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/mine/keys/lake";

describe("configuration of the azure target", () => {
  test("needs a location and nothing else, and takes it from the provider's own key, however it is written", () => {
    expect(mistakesOf({})).toEqual([]);
    expect(mistakesOf({}, { "azure-native:location": "West Europe" })).toEqual([]);
    const config = readConfig(
      stackConfig({ ...here, "fieldlake:target": "azure", "fieldlake:environment": "acme" }, "fieldlake"),
      here,
    );
    expect(config.region).toBe("westeurope");
    expect(config.azure).toMatchObject({
      redundancy: "LRS",
      hierarchicalNamespace: false,
      network: "public",
      writeOnce: { days: 30, mode: "unlocked" },
    });
  });

  test.each<[string, Record<string, unknown>, Record<string, string>, RegExp]>([
    [
      "no location",
      {},
      {},
      /^azure-native:location: received nothing; allowed, where Event Grid's MQTT broker/,
    ],
    [
      "location without the service",
      {},
      { "azure-native:location": "chinanorth3" },
      /^azure-native:location: received "chinanorth3"; allowed, where .*: australiaeast, .*westus3$/,
    ],
    [
      "replica in the same region",
      { azure: { replicaLocation: "West Europe" } },
      here,
      /^fieldlake:azure\.replicaLocation: received "West Europe"; allowed: another region/,
    ],
    [
      "hierarchical namespace with replication",
      { azure: { hierarchicalNamespace: true, replicaLocation: "northeurope" } },
      here,
      /^fieldlake:azure\.replicaLocation: received "northeurope"; allowed with fieldlake:azure\.hierarchicalNamespace: nothing, object replication takes flat accounts only$/,
    ],
    [
      "a mode for a copy that there is none of",
      { azure: { writeOnce: { replicaMode: "locked" } } },
      here,
      /^fieldlake:azure\.writeOnce\.replicaMode: received "locked"; allowed without fieldlake:azure\.replicaLocation: nothing/,
    ],
    [
      "a webhook at a hub, which has none",
      {
        azure: { ingest: "iothub", admission: { kind: "webhook", url: "https://a.example", audience: "a" } },
      },
      here,
      /^fieldlake:azure\.admission\.kind: received "webhook"; allowed with fieldlake:azure\.ingest iothub: registered/,
    ],
    [
      "a webhook in clear",
      { azure: { admission: { kind: "webhook", url: "http://a.example", audience: "a" } } },
      here,
      /^fieldlake:azure\.admission\.url: received "http:\/\/a\.example"; allowed: an https address/,
    ],
    [
      "a query function that nobody may ask",
      { azure: { query: { ...callers, allowed: [] } } },
      here,
      /^fieldlake:azure\.query\.allowed: .*allowed: at least one caller/,
    ],
    [
      "an application by its name",
      { azure: { query: { ...callers, application: "lake" } } },
      here,
      /^fieldlake:azure\.query\.application: received "lake"; allowed: a client id, a GUID/,
    ],
    [
      "a replica beside Azure's own",
      { azure: { redundancy: "GZRS", replicaLocation: "northeurope" } },
      here,
      /allowed with fieldlake:azure\.redundancy GZRS: nothing/,
    ],
    [
      "a customer's key on a tier without it",
      { azure: { eventHubs: { customerKey: true } } },
      here,
      /^fieldlake:azure\.eventHubs\.customerKey: received true; allowed with tier standard: false, only the premium tier takes a key of yours/,
    ],
    [
      "more clients than the units allow",
      { load: { devices: 45_000 }, azure: { throughputUnits: 2 } },
      here,
      /^fieldlake:load\.devices: received 45000; allowed with fieldlake:azure\.throughputUnits 2: at most 20000 clients \(set throughputUnits to at least 5; Azure grants 40\)$/,
    ],
    [
      "a vault's address in a key's place",
      own("https://mine.vault.azure.net/keys/lake"),
      here,
      /^fieldlake:key\.reference: received "https:.*allowed: the resource id of a Key Vault key without a version/,
    ],
    ["a key with a version", own(`${keyId}/versions/1`), here, /without a version/],
    [
      "raw gone before it may be deleted",
      { zones: { raw: { retentionDays: 7 } } },
      here,
      /^fieldlake:zones\.raw\.retentionDays: received 7; allowed: 0 \(for ever\) or at least/,
    ],
    [
      "retention beyond the tier's",
      { azure: { eventHubs: { retentionHours: 500 } } },
      here,
      /^fieldlake:azure\.eventHubs\.retentionHours: received 500; allowed with tier standard: at most 168$/,
    ],
    [
      "partitions beyond the tier's",
      { azure: { eventHubs: { partitions: 64 } } },
      here,
      /allowed with tier standard: at most 32$/,
    ],
    [
      "processing units that there are none of",
      { azure: { eventHubs: { tier: "premium", units: 3 } } },
      here,
      /allowed with tier premium: 1, 2, 4, 6, 8, 10, 12, 16$/,
    ],
    [
      "more devices than a hub takes",
      { load: { devices: 2_000_000 }, azure: { ingest: "iothub" } },
      here,
      /^fieldlake:load\.devices: received 2000000; allowed with fieldlake:azure\.ingest iothub: at most 1000000/,
    ],
    [
      "an odd schedule",
      { azure: { insightMinutes: 7 } },
      here,
      /^fieldlake:azure\.insightMinutes: received 7; allowed: 1, 2, 3/,
    ],
    ["a key that does not exist", { azure: { tls: "1.0" } }, here, /^fieldlake:azure\.tls: no such key/],
  ])("%s", (_what, raw, all, message) => {
    expect(mistakesOf(raw, all)).toEqual([expect.stringMatching(message)]);
  });

  test("all at once", () => {
    expect(
      mistakesOf(
        {
          ...own("mine"),
          azure: {
            hierarchicalNamespace: true,
            replicaLocation: "atlantis",
            eventHubs: { customerKey: true },
          },
        },
        {},
      ),
    ).toHaveLength(5);
  });

  test("a key's resource id says its vault and name", () => {
    expect(mistakesOf(own(keyId))).toEqual([]);
    expect(keyReference(keyId)).toEqual({ id: keyId, vaultName: "mine", keyName: "lake" });
    expect(() => keyReference("mine")).toThrow(/^key\.reference: received "mine"/);
  });
});

describe("names", () => {
  test.each(Object.entries(nameRules))(
    "%s: never beyond the resource's rule, eight digits included",
    (_kind, rule) => {
      const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
      fc.assert(
        fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
          const made = `${autoNamed(rule, ...parts)}01234567`;
          expect(made.length).toBeLessThanOrEqual(rule.maximum);
          for (const character of made) expect(character).toMatch(rule.allowed);
          expect(made).toMatch(/^[a-z]/);
          expect(made).not.toMatch(/--/);
        }),
      );
    },
  );
});

describe("subnets", () => {
  test("lie beside one another within the address space", () => {
    expect(subnetRanges("10.72.0.0/20")).toEqual({
      endpoints: "10.72.0.0/24",
      functions: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((part) => `10.72.${part}.0/24`),
    });
    expect(subnetRanges("172.16.0.0/16").functions[2]).toBe("172.16.48.0/20");
    expect(subnetRanges("192.168.4.0/22").endpoints).toBe("192.168.4.0/26");
  });

  test.each(["10.72.1.0/20", "300.0.0.0/16"])("%s is refused", (range) => {
    expect(() => subnetRanges(range)).toThrow(/^azure\.addressSpace: received/);
  });
});
