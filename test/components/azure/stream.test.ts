/** Event Hubs, functions and knowledge of the azure target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { autoName, uuid } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
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
      ).toEqual(["acme-knowledge-insight", "acme-stream-decoder", "acme-stream-upload"]);
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
                instanceMemoryMB: 2_048,
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
        expect(closed.map(({ inputs }) => inputs["allow"])).toEqual([false, false, false]);
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

describe("knowledge", () => {
  test("the state store: our key by identity, no keys of its own, TLS 1.2, restorable to any second of a week", () => {
    const account = inputsOf(plain, "cosmosdb:DatabaseAccount", "acme-knowledge-latest");
    expect(account).toMatchObject({
      capabilities: [{ name: "EnableServerless" }],
      keyVaultKeyUri: `https://${autoName("acme-keys")}.vault.azure.net/keys/acme-knowledge-latest`,
      defaultIdentity: expect.stringMatching(
        /^UserAssignedIdentity=.*acme-knowledge-latest-key-identity[0-9a-f]{8}$/,
      ),
      minimalTlsVersion: "Tls12",
      disableLocalAuth: true,
      disableKeyBasedMetadataWriteAccess: true,
      backupPolicy: { type: "Continuous", continuousModeProperties: { tier: "Continuous7Days" } },
      publicNetworkAccess: "Enabled",
    });
    expect(inputsOf(full, "cosmosdb:DatabaseAccount", "acme-knowledge-latest")).toMatchObject({
      publicNetworkAccess: "Disabled",
      locations: [{ locationName: "westeurope", isZoneRedundant: true }],
    });
  });

  test("the functions read and write items of the one database", () => {
    expect(
      inputsOf(plain, "cosmosdb:SqlResourceSqlRoleAssignment", "acme-knowledge-insight-items"),
    ).toMatchObject({
      roleDefinitionId: expect.stringMatching(/\/sqlRoleDefinitions\/00000000-0000-0000-0000-000000000002$/),
      scope: expect.stringMatching(/\/dbs\/fieldlake$/),
    });
  });

  test("only files of the curated zone are news, manifests left out", () => {
    expect(
      inputsOf(plain, "eventgrid:SystemTopicEventSubscription", "acme-knowledge-files-landed")["filter"],
    ).toMatchObject({
      includedEventTypes: ["Microsoft.Storage.BlobCreated"],
      subjectBeginsWith: "/blobServices/default/containers/curated/blobs/",
      subjectEndsWith: ".parquet",
      advancedFilters: [
        {
          operatorType: "StringNotBeginsWith",
          key: "subject",
          values: ["/blobServices/default/containers/curated/blobs/_manifest/"],
        },
      ],
    });
  });

  test("files below offline/ are news for a function of their own, which reads these blobs and no others", () => {
    expect(
      inputsOf(plain, "eventgrid:SystemTopicEventSubscription", "acme-stream-uploads-told"),
    ).toMatchObject({
      filter: {
        includedEventTypes: ["Microsoft.Storage.BlobCreated"],
        subjectBeginsWith: "/blobServices/default/containers/raw/blobs/offline/",
      },
      deliveryWithResourceIdentity: { destination: { endpointType: "EventHub" } },
      deadLetterWithResourceIdentity: { deadLetterDestination: { blobContainerName: "dead-letters" } },
    });
    const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
    expect(inputsOf(plain, "authorization:RoleAssignment", "acme-stream-upload-reads")).toMatchObject({
      scope: expect.stringMatching(/\/containers\/raw$/),
      conditionVersion: "2.0",
      condition:
        `((!(ActionMatches{'${blobs}/read'})) OR ` +
        `(!(SubOperationMatches{'Blob.List'}) AND @Resource[${blobs}:path] StringLike 'offline/*'))`,
    });
  });

  test("alerts reach whoever was named, and each query looks at this environment's metrics alone", () => {
    const actions = inputsOf(full, "monitor:ActionGroup", "acme-knowledge-alerts");
    expect(actions).toMatchObject({
      enabled: true,
      groupShortName: "acme",
      emailReceivers: [{ emailAddress: "ops@acme.example" }],
    });
    const rules = plain.recording.registrations.filter(({ type }) => type.endsWith(":ScheduledQueryRule"));
    expect(rules.map(({ name }) => name)).toEqual([
      "acme-knowledge-alert-freshness",
      "acme-knowledge-alert-quarantine-rate",
      "acme-knowledge-alert-issuer-expiry",
      "acme-knowledge-alert-failures",
    ]);
    expect(actions["webhookReceivers"]).toEqual([
      { name: "webhook", serviceUri: "https://alarms.acme.example/fieldlake", useCommonAlertSchema: true },
    ]);
    for (const { inputs } of rules) {
      const { allOf } = inputs["criteria"] as { allOf: { query: string }[] };
      expect(allOf[0]?.query).toMatch(/acme/);
    }
  });

  test("rules get a container for their alarms, and each notice is an alert that reaches the action group once", async () => {
    const container = inputsOf(full, "cosmosdb:SqlResourceSqlContainer", "acme-knowledge-latest-alarms");
    expect(container).toMatchObject({
      containerName: "alarms",
      resource: { partitionKey: { kind: "Hash", paths: ["/p"], version: 2 }, defaultTtl: -1 },
    });
    const alert = inputsOf(full, "monitor:ScheduledQueryRule", "acme-knowledge-alert-rules");
    expect(alert).toMatchObject({
      enabled: true,
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      autoMitigate: false,
      muteActionsDuration: "PT15M",
    });
    const { allOf } = alert["criteria"] as { allOf: { query: string; dimensions: { name: string }[] }[] };
    const [{ query, dimensions }] = allOf as [(typeof allOf)[number]];
    expect(query).toContain(
      `startswith '{"fieldlake":"acme"' | extend m = parse_json(Message) | where isnotnull(m.alarm)`,
    );
    for (const { name } of dimensions) expect(query).toContain(`${name} = `);
    expect(await settled(full.parts.knowledge.alarmBook)).toMatchObject({
      kind: "azure-cosmos",
      database: "fieldlake",
    });
    expect(await settled(plain.parts.knowledge.alarmBook)).toEqual({ kind: "none" });
  });
});
