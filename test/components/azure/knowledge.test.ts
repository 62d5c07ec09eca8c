/** Knowledge of the azure target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { autoName } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { toldMetrics } from "../told-metrics.ts";
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

  test("the dashboard shows metrics that exist", () => {
    const dashboard = inputsOf(plain, "portal:Dashboard", "acme-knowledge-dashboard");
    const named = [...JSON.stringify(dashboard).matchAll(/todouble\(m\.(\w+)\)/g)].map(([, name]) =>
      String(name),
    );
    expect(named).toEqual(
      expect.arrayContaining(["Messages", "FilesTaken", "InsightUnits", "ScoredWindows"]),
    );
    expect(named.filter((one) => !toldMetrics().has(one))).toEqual([]);
  });

  test("reports: at their hour, by who reads items and writes none; none where the schedule is null", async () => {
    const settings = (recorded: Recorded) =>
      Object.fromEntries(
        (
          inputsOf(recorded, "web:WebApp", "acme-knowledge-report")["siteConfig"] as {
            appSettings: { name: string; value: unknown }[];
          }
        ).appSettings.map(({ name, value }) => [name, value]),
      );
    expect(settings(plain)).toMatchObject({
      REPORT_SCHEDULE: "0 0 6 * * *",
      REPORTS: '{"schedule":{"every":"day","hourUtc":6},"days":7,"keep":30}',
    });
    expect(
      inputsOf(plain, "cosmosdb:SqlResourceSqlRoleAssignment", "acme-knowledge-report-items"),
    ).toMatchObject({
      roleDefinitionId: expect.stringMatching(/\/sqlRoleDefinitions\/00000000-0000-0000-0000-000000000001$/),
    });
    const weekly = { schedule: { every: "week", weekday: "wednesday", hourUtc: 22 } };
    expect(settings(await recordAzure({ ...frugal, reports: weekly }))).toMatchObject({
      REPORT_SCHEDULE: "0 0 22 * * 3",
    });
    const never = await recordAzure({ ...frugal, reports: { schedule: null } });
    expect(JSON.stringify(never.recording.inventory())).not.toContain("report");
  }, 60_000);

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

  test("models hear of new files in a group of their own, read their tables and put scores into the stream of messages", () => {
    const name = "acme-knowledge-scoring";
    expect(JSON.stringify(plain.recording.registrations)).not.toContain(name);
    const group = inputsOf(full, "eventhub:ConsumerGroup", "acme-knowledge-landed-scoring");
    expect(group).toMatchObject({ eventHubName: "landed", consumerGroupName: "scoring" });
    const { appSettings } = inputsOf(full, "web:WebApp", name)["siteConfig"] as {
      appSettings: { name: string; value: string }[];
    };
    const settings = Object.fromEntries(appSettings.map(({ name: key, value }) => [key, value]));
    expect(settings).toMatchObject({
      ...{ FRAMES_HUB: "landed", FRAMES_GROUP: "scoring", FRAMES__credential: "managedidentity" },
      STREAM_HUB: expect.stringMatching(/^https:\/\/[a-z0-9-]+\.servicebus\.windows\.net\/messages$/),
    });
    const model = `models/${"a".repeat(64)}.onnx`;
    const { files } = full.recording.one("fieldlake:azure:FunctionCode", `${name}-code`).inputs as {
      files: Record<string, { path?: string; text?: string }>;
    };
    expect(files[model]?.path).toMatch(/samples\/activity\.onnx$/);
    expect(JSON.parse(String(files["models.json"]?.text))).toEqual([
      expect.objectContaining({ name: "activity", file: model }),
    ]);
    expect(JSON.parse(String(files["host.json"]?.text))).toMatchObject({
      extensions: { eventHubs: { maxEventBatchSize: 50, maxWaitTime: "00:05:00" } },
    });
    const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
    expect(inputsOf(full, "authorization:RoleAssignment", `${name}-reads`)).toMatchObject({
      scope: expect.stringMatching(/\/containers\/curated$/),
      condition:
        `((!(ActionMatches{'${blobs}/read'} AND NOT SubOperationMatches{'Blob.List'})) OR ` +
        `(@Resource[${blobs}:path] StringLike 'frames_wearable_imu/*')) AND ` +
        `((!(ActionMatches{'${blobs}/read'} AND SubOperationMatches{'Blob.List'})) OR ` +
        `(@Request[${blobs}:prefix] StringStartsWith 'frames_wearable_imu/'))`,
    });
    expect(inputsOf(full, "authorization:RoleAssignment", `${name}-tells`)["scope"]).toMatch(
      /\/eventhubs\/messages$/,
    );
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
      "acme-knowledge-alert-put-aside",
      "acme-knowledge-alert-failures",
      "acme-knowledge-alert-failures-compaction",
    ]);
    const failures = inputsOf(full, "monitor:ScheduledQueryRule", "acme-knowledge-alert-failures-insights");
    expect(failures).toMatchObject({ evaluationFrequency: "PT1H", windowSize: "P1D", autoMitigate: true });
    const [last] = (failures["criteria"] as { allOf: { query: string }[] }).allOf;
    expect(last?.query).toMatch(
      / \| where isnotnull\(m\.InsightFailures\) \| summarize arg_max\(TimeGenerated, m\) \| where todouble\(m\.InsightFailures\) > 0$/,
    );
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
