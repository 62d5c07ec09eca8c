/** Event Hubs and functions of the azure target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { autoName, uuid } from "../azure-stand-ins.ts";
import type { Recording } from "../harness.ts";
import { everything, frugal, recordAzure, type Parts } from "./environment.ts";

interface Recorded {
  readonly recording: Recording;
  readonly parts: Parts;
}
let plain: Recorded;
let full: Recorded;
beforeAll(async () => {
  plain = await recordAzure(frugal);
  full = await recordAzure(everything);
}, 60_000);

const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  recording.one(`azure-native:${type}`, name).inputs;
const appsOf = ({ recording }: Recorded) =>
  recording.registrations.filter(({ type }) => type === "azure-native:web:WebApp");
const settingsOf = (inputs: Record<string, unknown>): Record<string, string> => {
  const { appSettings } = inputs["siteConfig"] as { appSettings: { name: string; value: string }[] };
  return Object.fromEntries(appSettings.map(({ name, value }) => [name, value]));
};

describe("hubs", () => {
  test("no keys; Standard by default, and the hop without a key of ours is named", () => {
    const inputs = inputsOf(plain, "eventhub:Namespace", "acme-stream-hubs");
    expect(inputs).toMatchObject({
      sku: { name: "Standard", tier: "Standard", capacity: 1 },
      disableLocalAuth: true,
      minimumTlsVersion: "1.2",
      publicNetworkAccess: "Enabled",
      isAutoInflateEnabled: false,
    });
    expect(inputs).not.toHaveProperty("encryption");
    expect(plain.parts.stream.exceptions.map(({ rule }) => rule)).toEqual([
      "azure-eventhub-require-customer-key",
    ]);
  });

  test("Premium is under our key, twice, by its identity, and in a private network", () => {
    expect(inputsOf(full, "eventhub:Namespace", "acme-stream-hubs")).toMatchObject({
      sku: { name: "Premium", tier: "Premium", capacity: 2 },
      disableLocalAuth: true,
      minimumTlsVersion: "1.2",
      zoneRedundant: true,
      publicNetworkAccess: "Disabled",
      encryption: {
        keySource: "Microsoft.KeyVault",
        requireInfrastructureEncryption: true,
        keyVaultProperties: [
          {
            keyVaultUri: `https://${autoName("acme-keys")}.vault.azure.net`,
            keyName: "acme-operations",
            identity: {
              userAssignedIdentity: expect.stringContaining(autoName("acme-operations-key-identity")),
            },
          },
        ],
      },
    });
    expect(inputsOf(full, "eventhub:NamespaceNetworkRuleSet", "acme-stream-hubs-rules")).toMatchObject({
      defaultAction: "Deny",
      publicNetworkAccess: "Disabled",
      trustedServiceAccessEnabled: true,
    });
    expect(full.parts.stream.exceptions).toEqual([]);
  });

  test("the profiles differ in partitions; messages are kept as long as asked", () => {
    const hub = (of: Recorded) => inputsOf(of, "eventhub:EventHub", "acme-stream-messages");
    expect(hub(plain)).toMatchObject({
      partitionCount: 4,
      retentionDescription: { cleanupPolicy: "Delete", retentionTimeInHours: 24 },
    });
    expect(hub(full)).toMatchObject({
      partitionCount: 32,
      retentionDescription: { retentionTimeInHours: 720 },
    });
    expect(hub(plain)).not.toHaveProperty("captureDescription");
  });

  test("Standard grows by itself with the profile throughput", async () => {
    const throughput = await recordAzure({ ...frugal, stream: { profile: "throughput" } });
    expect(inputsOf(throughput, "eventhub:Namespace", "acme-stream-hubs")).toMatchObject({
      isAutoInflateEnabled: true,
      maximumThroughputUnits: 20,
    });
  });
});

describe("functions", () => {
  test("every app: Flex Consumption, Node 24, no password, no key, TLS 1.2, its package by identity", () => {
    for (const recorded of [plain, full]) {
      expect(
        appsOf(recorded)
          .map(({ name }) => name)
          .sort(),
      ).toEqual([
        // In a private network it has no way to the broker's list.
        ...(recorded === full ? [] : ["acme-ingest-grant"]),
        "acme-knowledge-api",
        "acme-knowledge-compact",
        // With declared insights.
        ...(recorded === full ? ["acme-knowledge-declared"] : []),
        "acme-knowledge-insight",
        "acme-knowledge-query",
        "acme-knowledge-report",
        // With models.
        ...(recorded === full ? ["acme-knowledge-scoring"] : []),
        "acme-stream-decoder",
        "acme-stream-upload",
      ]);
      for (const { name, inputs } of appsOf(recorded)) {
        expect([name, inputs]).toEqual([
          name,
          expect.objectContaining({
            kind: "functionapp,linux",
            httpsOnly: true,
            publicNetworkAccess: recorded === full ? "Disabled" : "Enabled",
            functionAppConfig: {
              deployment: {
                storage: {
                  type: "blobContainer",
                  value: expect.stringMatching(
                    /^https:\/\/[a-z0-9]+\.blob\.core\.windows\.net\/deployments$/,
                  ),
                  authentication: {
                    type: "UserAssignedIdentity",
                    userAssignedIdentityResourceId: expect.stringContaining("/userAssignedIdentities/"),
                  },
                },
              },
              runtime: { name: "node", version: "24" },
              scaleAndConcurrency: {
                instanceMemoryMB: /-(report|grant)$/.test(name) ? 512 : 2_048,
                maximumInstanceCount: recorded === full && name.includes("decoder") ? 64 : 40,
              },
            },
            siteConfig: expect.objectContaining({
              minTlsVersion: "1.2",
              scmMinTlsVersion: "1.2",
              ftpsState: "Disabled",
              remoteDebuggingEnabled: false,
            }),
          }),
        ]);
        const { type } = inputs["identity"] as { type: string };
        expect(type).toBe("UserAssigned");
      }
      for (const what of ["ftp", "deployment"]) {
        const closed = recorded.recording.registrations.filter(({ name }) =>
          name.endsWith(`-no-${what}-password`),
        );
        expect(closed.map(({ inputs }) => inputs["allow"])).toEqual(appsOf(recorded).map(() => false));
      }
    }
  });

  test("no setting of an app holds a key or a connection string: every connection is an identity's", () => {
    for (const recorded of [plain, full]) {
      for (const { inputs } of appsOf(recorded)) {
        const settings = settingsOf(inputs);
        expect(JSON.stringify(settings)).not.toMatch(/AccountKey|SharedAccess|Endpoint=sb|Password/i);
        expect(settings).not.toHaveProperty("AzureWebJobsStorage");
        for (const connection of Object.keys(settings).filter((name) => name.endsWith("__credential")))
          expect([connection, settings[connection]]).toEqual([connection, "managedidentity"]);
        expect(settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]).toBe(
          `Authorization=AAD;ClientId=${settings["AZURE_CLIENT_ID"]}`,
        );
      }
    }
    expect(inputsOf(plain, "applicationinsights:Component", "acme-traces")).toMatchObject({
      disableLocalAuth: true,
      ingestionMode: "LogAnalytics",
    });
  });

  test("the decoder is told its hub, its containers, and nothing more", () => {
    const clientId = uuid("client acme-stream-decoder-identity");
    const settings = settingsOf(inputsOf(plain, "web:WebApp", "acme-stream-decoder"));
    expect(settings).toMatchObject({
      EVENTS__fullyQualifiedNamespace: `${autoName("acme-stream-hubs")}.servicebus.windows.net`,
      EVENTS__clientId: clientId,
      EVENTS_HUB: "messages",
      EVENTS_GROUP: "fieldlake",
      RAW_CONTAINER: expect.stringMatching(/\/raw$/),
      CURATED_CONTAINER: expect.stringMatching(/\/curated$/),
      QUARANTINE_CONTAINER: expect.stringMatching(/\/quarantine$/),
      // In the app's own account, which no other function may read.
      BIRTHS_CONTAINER: expect.stringMatching(/acmedecoder.*\/births$/),
    });
  });

  test("what is published is decided by its content alone", async () => {
    const hash = async (over: object) =>
      (await recordAzure({ ...frugal, ...over })).recording.one(
        "fieldlake:azure:FunctionCode",
        "acme-stream-decoder-code",
      ).inputs["hash"];
    const before = await hash({});
    expect(await hash({})).toBe(before);
    expect(await hash({ azure: { logRetentionDays: 30 } })).toBe(before);
    expect(await hash({ azure: { bufferSeconds: 5 } })).not.toBe(before);
    expect(await hash({ profiles: ["wearable-imu"] })).not.toBe(before);
  });

  test("the host reads in batches, and samples no trace away: traces carry the metrics", () => {
    const { files } = plain.recording.one("fieldlake:azure:FunctionCode", "acme-stream-decoder-code")
      .inputs as unknown as { files: Record<string, { text: string }> };
    expect(Object.keys(files).sort()).toEqual([
      "bundle.mjs",
      "bundle.mjs.map",
      "decoder.json",
      "host.json",
      "package.json",
    ]);
    expect(JSON.parse(files["host.json"]?.text ?? "")).toMatchObject({
      version: "2.0",
      extensions: {
        eventHubs: { maxEventBatchSize: 1_000, minEventBatchSize: 500, maxWaitTime: "00:01:00" },
      },
      logging: { applicationInsights: { samplingSettings: { isEnabled: false } } },
    });
    expect(JSON.parse(files["package.json"]?.text ?? "")).toEqual({
      name: "fieldlake",
      type: "module",
      main: "*.mjs",
    });
  });
});
