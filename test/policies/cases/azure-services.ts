import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const range = (type: string) => (startIpAddress: unknown, endIpAddress: unknown) =>
  resource(t(type), { startIpAddress, endIpAddress });
const sql = range("sql:FirewallRule");
const hubs = (ipMask: unknown): Written =>
  resource(t("eventhub:NamespaceNetworkRuleSet"), {
    defaultAction: "Deny",
    ipRules: [{ ipMask, action: "Allow" }],
  });
const app = (ipAddress: unknown, action = "Allow"): Written =>
  resource(t("web:WebApp"), { siteConfig: { ipSecurityRestrictions: [{ ipAddress, action }] } });
const vault = (value: unknown): Written =>
  resource(t("keyvault:Vault"), {
    properties: { networkAcls: { defaultAction: "Deny", ipRules: [{ value }] } },
  });
const ages = (actions: object): Written =>
  resource(t("storage:ManagementPolicy"), {
    policy: { rules: [{ name: "age", type: "Lifecycle", definition: { actions } }] },
  });
const ending = (days: unknown) => ({ delete: { daysAfterCreationGreaterThan: days } });
const wide = ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "*", "Any"];

export const azureServiceCases: RuleCases = {
  "azure-signalr-forbid-shared-keys": weakened({
    token: t("signalrservice:SignalR"),
    inputs: { disableLocalAuth: true },
    weak: { disableLocalAuth: [false] },
  }),
  "azure-automation-forbid-shared-keys": weakened({
    token: t("automation:AutomationAccount"),
    inputs: { disableLocalAuth: true },
    weak: { disableLocalAuth: [false] },
  }),
  "azure-automation-close-network": weakened({
    token: t("automation:AutomationAccount"),
    inputs: { publicNetworkAccess: false },
    weak: { publicNetworkAccess: [true] },
  }),
  "azure-ml-close-endpoints": weakened({
    token: t("machinelearningservices:OnlineEndpoint"),
    inputs: { properties: { publicNetworkAccess: "Disabled" } },
    weak: { "properties.publicNetworkAccess": ["Enabled"] },
  }),
  "azure-databricks-forbid-public-nodes": weakened({
    token: t("databricks:Workspace"),
    inputs: { parameters: { enableNoPublicIp: { value: true } } },
    weak: { "parameters.enableNoPublicIp.value": [false] },
  }),
  "azure-sql-forbid-passwords": weakened({
    token: t("sql:Server"),
    inputs: { administrators: { azureADOnlyAuthentication: true } },
    weak: { "administrators.azureADOnlyAuthentication": [false] },
  }),
  "azure-streamanalytics-require-identity": weakened(
    {
      token: t("streamanalytics:Output"),
      inputs: { datasource: { type: "Microsoft.Storage/Blob", authenticationMode: "Msi" } },
      weak: { "datasource.authenticationMode": ["ConnectionString", "UserToken"] },
    },
    {
      violating: [
        resource(t("streamanalytics:Input"), {
          properties: {
            type: "Stream",
            datasource: { type: "Microsoft.EventHub/EventHub", authenticationMode: "ConnectionString" },
          },
        }),
      ],
    },
  ),
  "azure-loganalytics-keep-a-week": weakened({
    token: t("operationalinsights:Workspace"),
    inputs: { retentionInDays: 30 },
    optional: { retentionInDays: [0, 1, 6] },
  }),
  "azure-storage-keep-versions-a-week": {
    compliant: [ages({ version: ending(30) }), ages({ snapshot: ending(7), version: ending(90) })],
    violating: [ages({ version: ending(1) }), ages({ version: ending(30), snapshot: ending(0) })],
    absent: [ages({ version: { delete: {} } })],
    unknown: [ages({ version: ending(notKnownYet) })],
  },
  "azure-network-name-addresses": {
    compliant: [
      hubs("203.0.113.0/28"),
      app("10.0.0.0/8"),
      [app("Any", "Deny"), app("10.0.0.0/8")].map((one, index) => ({ ...one, name: `app${index}` })),
      vault("203.0.113.7"),
    ],
    violating: wide.flatMap((one) => [hubs(one), app(one), vault(one)]),
    absent: "is right",
    unknown: [hubs(notKnownYet), app(notKnownYet)],
  },
  "azure-sql-name-addresses": {
    compliant: [
      sql("203.0.113.7", "203.0.113.9"),
      range("dbforpostgresql:FirewallRule")("203.0.113.7", "203.0.113.7"),
    ],
    violating: [
      sql("0.0.0.0", "255.255.255.255"),
      sql("0.0.0.0", "0.0.0.0"),
      sql("1.0.0.0", "127.255.255.255"),
      range("dbformysql:FirewallRule")("0.0.0.1", "255.255.255.255"),
    ],
    absent: [resource(t("sql:FirewallRule"), {})],
    unknown: [sql(notKnownYet, notKnownYet), sql("203.0.113.7", notKnownYet)],
  },
};
