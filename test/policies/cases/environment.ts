/** Cases of the rules about what belongs to an environment of Fieldlake as a whole: what was dropped is missed. */
import type { RuleCases, Stack } from "../support/cases.ts";
import { notKnownYet, resource, type Extras, type Written } from "../support/stack.ts";

const ingest = "fieldlake:azure:SecureIngest";
const t = (name: string): string => `azure-native:${name}`;

const vault = (): Written =>
  resource(
    t("keyvault:Vault"),
    { location: "westeurope" },
    { name: "vault", component: ingest, outputs: { id: "/vault" } },
  );
const other = (): Written =>
  resource(t("eventhub:Namespace"), {}, { name: "hubs", component: ingest, outputs: { id: "/hubs" } });
const log = (inputs: object, extras: Extras = {}): Written =>
  resource(t("monitor:DiagnosticSetting"), inputs, { name: "log", ...extras });
const logs = [{ categoryGroup: "allLogs", enabled: true }];
const workspaceId = "/workspace";

const network = (): Written =>
  resource(t("network:VirtualNetwork"), { location: "westeurope" }, { name: "network" });
const endpoint = (connection: object, extras: Extras = {}): Written =>
  resource(
    t("network:PrivateEndpoint"),
    { subnet: { id: "/subnet" }, privateLinkServiceConnections: [{ groupIds: ["vault"], ...connection }] },
    { name: "endpoint", ...extras },
  );

const app = (): Written => resource(t("web:WebApp"), { name: "app" }, { name: "app", component: ingest });
const passwords = (kind: "Ftp" | "Scm", allow: unknown): Written =>
  resource(t(`web:WebApp${kind}Allowed`), { name: "app", allow }, { name: kind });

const group = (inputs: object): Written =>
  resource(t("monitor:ActionGroup"), inputs, { component: "fieldlake:azure:KnowledgeBase" });
const receivers = { enabled: true, emailReceivers: [{ name: "duty", emailAddress: "duty@example.com" }] };
const alert = (kind: string, inputs: object): Written =>
  resource(t(`monitor:${kind}`), inputs, { component: "fieldlake:azure:KnowledgeBase" });
const query = { enabled: true, scopes: ["/workspace"], actions: { actionGroups: ["/group"] } };

const domain = (): Written =>
  resource(
    "aws:iot/domainConfiguration:DomainConfiguration",
    {},
    { component: "fieldlake:aws:SecureIngest" },
  );
const options = (): Written => resource("aws:iot/loggingOptions:LoggingOptions", {});
const logGroup = (name: string): Written => resource("aws:cloudwatch/logGroup:LogGroup", { name });
const catalog = (): Written =>
  resource("aws:glue/catalogDatabase:CatalogDatabase", {}, { component: "fieldlake:aws:EncryptedLake" });
const settings = (): Written =>
  resource("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", {});

const vaultId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/vault";
const vaultById = (): Written =>
  resource(t("keyvault:Vault"), {}, { name: "vault", outputs: { id: vaultId } });
const assignment = (inputs: object): Written =>
  resource(t("authorization:RoleAssignment"), inputs, { component: ingest });
const topicArn = "arn:aws:sns:eu-central-1:123456789012:alarms";
const ownTopic = (): Written => resource("aws:sns/topic:Topic", {}, { outputs: { arn: topicArn } });
const alarm = (inputs: object): Written =>
  resource("aws:cloudwatch/metricAlarm:MetricAlarm", inputs, { component: "fieldlake:aws:KnowledgeBase" });
const lakeBucket = (): Written => resource("aws:s3/bucket:Bucket", { bucket: "lake" }, { name: "lake" });
const firehose = (bucketArn: string, extras: Extras = {}): Written =>
  resource(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    { extendedS3Configuration: { bucketArn } },
    { name: "firehose", component: "fieldlake:aws:StreamProcessor", ...extras },
  );

const waiting: Stack = [vault(), log({ logs, workspaceId, resourceUri: notKnownYet })];

export const environmentCases: RuleCases = {
  "azure-monitor-log-every-service": {
    compliant: [
      [vault(), log({ logs, workspaceId, resourceUri: "/vault" })],
      [vault(), log({ logs, workspaceId, resourceUri: notKnownYet }, { from: { resourceUri: ["vault"] } })],
    ],
    violating: [
      [vault(), log({ logs, resourceUri: "/vault" })],
      [vault(), log({ logs, workspaceId, resourceUri: "/another" })],
      // What the other one is computed from is known: it is not the vault.
      [
        vault(),
        other(),
        log({ logs, workspaceId, resourceUri: notKnownYet }, { from: { resourceUri: ["hubs"] } }),
      ],
    ],
    absent: [vault()],
    unknown: [waiting],
  },
  "azure-network-require-private-endpoint": {
    compliant: [[network(), vault(), endpoint({ privateLinkServiceId: "/vault" })]],
    violating: [
      [network(), vault(), endpoint({ privateLinkServiceId: "/another" })],
      [network(), vault(), endpoint({ privateLinkServiceId: "/vault", groupIds: [] })],
    ],
    absent: [[network(), vault()]],
    unknown: [[network(), vault(), endpoint({ privateLinkServiceId: notKnownYet })]],
  },
  "azure-app-require-passwords-off": {
    compliant: [[app(), passwords("Ftp", false), passwords("Scm", false)]],
    violating: [
      [app(), passwords("Ftp", false), passwords("Scm", true)],
      [app(), passwords("Ftp", true), passwords("Scm", false)],
    ],
    absent: [[app(), passwords("Ftp", false)], [app(), passwords("Scm", false)], app()],
    unknown: [[app(), passwords("Ftp", false), passwords("Scm", notKnownYet)]],
  },
  "azure-alerts-keep-on": {
    compliant: [
      alert("ScheduledQueryRule", query),
      alert("MetricAlert", { enabled: true, scopes: ["/hubs"], actions: [{ actionGroupId: "/group" }] }),
    ],
    violating: [
      alert("ScheduledQueryRule", { ...query, enabled: false }),
      alert("ScheduledQueryRule", { ...query, actions: { actionGroups: [] } }),
      alert("MetricAlert", { enabled: true, scopes: ["/hubs"], actions: [] }),
    ],
    absent: [alert("ScheduledQueryRule", { enabled: true, scopes: ["/workspace"] })],
    unknown: [alert("ScheduledQueryRule", { ...query, enabled: notKnownYet })],
  },
  "azure-alerts-name-receivers": {
    compliant: [
      group(receivers),
      group({ enabled: true, webhookReceivers: [{ name: "pager", serviceUri: "https://pager" }] }),
    ],
    violating: [group({ ...receivers, enabled: false }), group({ enabled: true, emailReceivers: [] })],
    absent: [group({}), group({ emailReceivers: receivers.emailReceivers })],
    unknown: [group({ ...receivers, enabled: notKnownYet })],
  },
  "azure-environment-name-own-resources": {
    compliant: [
      [vaultById(), log({ logs, workspaceId: vaultId, resourceUri: `${vaultId}` }, { component: ingest })],
      [
        vaultById(),
        assignment({
          roleDefinitionId: "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r",
          scope: vaultId,
        }),
      ],
    ],
    violating: [
      [
        vaultById(),
        log({ logs, workspaceId: `${vaultId}-elsewhere`, resourceUri: vaultId }, { component: ingest }),
      ],
      [vaultById(), assignment({ scope: "/subscriptions/s" })],
      [
        vaultById(),
        log(
          { identity: { userAssignedIdentities: { "/subscriptions/s/elsewhere": {} } } },
          { component: ingest },
        ),
      ],
    ],
    // Whether an id must be there is asked by other rules.
    absent: "is right",
    unknown: "is right",
  },
  "aws-environment-name-own-accounts": {
    compliant: [
      [ownTopic(), alarm({ alarmActions: [topicArn] })],
      [ownTopic(), alarm({ alarmActions: ["arn:aws:s3:::name"] })],
    ],
    violating: [
      [ownTopic(), alarm({ alarmActions: [topicArn.replace("123456789012", "999999999999")] })],
      [ownTopic(), alarm({ roleArn: "*" })],
    ],
    absent: "is right",
    unknown: "is right",
  },
  "aws-firehose-require-own-bucket": {
    compliant: [
      [lakeBucket(), firehose("arn:aws:s3:::lake")],
      [lakeBucket(), firehose(notKnownYet, { from: { extendedS3Configuration: ["lake"] } })],
    ],
    violating: [
      [lakeBucket(), firehose("*")],
      [lakeBucket(), firehose("arn:aws:s3:::elsewhere")],
    ],
    absent: [[lakeBucket(), firehose("")]],
    unknown: [[lakeBucket(), firehose(notKnownYet)]],
  },
  "aws-iot-keep-logging": {
    compliant: [[domain(), options(), logGroup("AWSIotLogsV2")]],
    violating: [[domain(), options(), logGroup("another")]],
    absent: [domain(), [domain(), options()], [domain(), logGroup("AWSIotLogsV2")]],
    unknown: "is right",
  },
  "aws-glue-keep-settings": {
    compliant: [[catalog(), settings()]],
    violating: [catalog()],
    absent: [catalog()],
    unknown: "is right",
    split: "settings are of a whole region, whoever has them",
  },
};
