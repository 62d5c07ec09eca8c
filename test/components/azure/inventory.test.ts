/** What the azure target consists of, in the SDK's own terms. Mocks prove what is registered, not that Azure accepts it. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { unwrapped } from "../../../provider/values.ts";
import type { Recording } from "../harness.ts";
import { azureApiVersion, sdkProblems } from "../sdk-types.ts";
import {
  asked,
  enrolling,
  everything,
  frugal,
  hierarchical,
  hub,
  inCloud,
  native,
  recordAzure,
} from "./environment.ts";
import { logFaults } from "./log-settings.ts";

const environments = { frugal, everything, hierarchical, hub, inCloud, enrolling, asked, native };
const recordings: Record<string, Recording> = {};

beforeAll(async () => {
  for (const [name, raw] of Object.entries(environments)) {
    recordings[name] = (await recordAzure(raw)).recording;
  }
}, 60_000);

const of = (name: string): Recording => recordings[name] as Recording;

/** Most characters of a name that Pulumi makes: the logical name and eight digits. */
const autoNamed: Record<string, { readonly maximum: number; readonly pattern: RegExp }> = {
  "azure-native:storage:StorageAccount": { maximum: 24, pattern: /^[a-z0-9]{3,}$/ },
  "azure-native:keyvault:Vault": { maximum: 24, pattern: /^(?!.*--)[a-z][a-z0-9-]*[a-z0-9]$/ },
  "azure-native:eventhub:Namespace": { maximum: 50, pattern: /^[a-z][a-z0-9-]+$/ },
  "azure-native:eventgrid:Namespace": { maximum: 50, pattern: /^[a-z0-9-]+$/ },
  "azure-native:eventgrid:Topic": { maximum: 50, pattern: /^[a-z0-9-]+$/ },
  "azure-native:eventgrid:EventSubscription": { maximum: 64, pattern: /^[a-z0-9-]+$/ },
  "azure-native:cosmosdb:DatabaseAccount": { maximum: 44, pattern: /^[a-z0-9-]+$/ },
  "azure-native:web:WebApp": { maximum: 32, pattern: /^[a-z0-9-]+$/ },
  "azure-native:web:AppServicePlan": { maximum: 60, pattern: /^[a-z0-9-]+$/ },
  "azure-native:operationalinsights:Workspace": { maximum: 63, pattern: /^[a-z0-9-]+$/ },
  "azure-native:managedidentity:UserAssignedIdentity": { maximum: 128, pattern: /^[a-z0-9-]+$/ },
  "azure-native:network:VirtualNetwork": { maximum: 64, pattern: /^[a-z0-9-]+$/ },
  "azure-native:network:PrivateEndpoint": { maximum: 64, pattern: /^[a-z0-9-]+$/ },
  "azure-native:synapse:Workspace": { maximum: 50, pattern: /^(?!.*-ondemand)[a-z0-9][a-z0-9-]*[a-z0-9]$/ },
  "azure-native:resources:ResourceGroup": { maximum: 90, pattern: /^[a-z0-9-]+$/ },
};
const nameFaults = (recording: Recording): string[] =>
  recording.registrations.flatMap(({ type, name }) => {
    const rule = autoNamed[type];
    const made = `${name}12345678`;
    return rule === undefined || (made.length <= rule.maximum && rule.pattern.test(made))
      ? []
      : [`${type} ${made}`];
  });

describe.each(Object.keys(environments))("environment %s", (name) => {
  test("consists of exactly these resources", () => {
    expect(of(name).inventory()).toMatchSnapshot();
  });

  test("uses no deprecated or unknown type or property of the SDK", () => {
    const problems = of(name).registrations.flatMap((registration) =>
      sdkProblems({ ...registration, inputs: unwrapped(registration.inputs) as Record<string, unknown> }),
    );
    expect(problems).toEqual([]);
  });

  test("sends on the logs of every resource that has some", () => {
    expect(logFaults(of(name))).toEqual([]);
  });

  test("names what Pulumi names so that eight digits more are still a name of its kind", () => {
    expect(nameFaults(of(name))).toEqual([]);
  });
});

test("the longest environment's names are names too, and stay apart", async () => {
  const environment = `a${"b-c".repeat(10)}d`;
  expect(environment).toHaveLength(32);
  const { recording } = await recordAzure({ ...everything, environment });
  expect(nameFaults(recording)).toEqual([]);
  const accounts = recording.registrations.filter(({ type }) => type.endsWith(":StorageAccount"));
  expect(new Set(accounts.map(({ name }) => name)).size).toBe(accounts.length);
});

test("a deprecated property, and one that is none, are found", () => {
  const vault = (properties: object) => ({
    type: "azure-native:keyvault:Vault",
    name: "v",
    inputs: { resourceGroupName: "g", properties },
  });
  expect(sdkProblems(vault({ enablePurgeProtektion: true }))).toEqual([
    "azure-native:keyvault:Vault v.properties.enablePurgeProtektion: no such property",
  ]);
  expect(sdkProblems(vault({ enablePurgeProtection: true }))).toEqual([]);
});

test("a resource that nobody logs, and a type that nobody looked up, are found", () => {
  const { registrations } = of("everything");
  const without = registrations.filter(({ name }) => name !== "acme-network-rules-diagnostics");
  expect(logFaults({ registrations: without })).toEqual([
    "azure-native:network:NetworkSecurityGroup acme-network-rules: logs NetworkSecurityGroupEvent, NetworkSecurityGroupFlowEvent, NetworkSecurityGroupRuleCounter; its settings: none",
  ]);
  const unknown = { type: "azure-native:redis:Redis", name: "cache", inputs: {} };
  expect(logFaults({ registrations: [...registrations, unknown] })).toEqual([
    "azure-native:redis:Redis cache: not in log-categories.ts",
  ]);
});

/**
 * Where azure-native 3.28 itself uses a preview version of the API: there is no other in the package. What each does has
 * been generally available for years; only this version of its interface has not been declared so.
 */
const previews: Readonly<Record<string, string>> = {
  "azure-native:authorization:RoleDefinition":
    "the only version in the package; a custom role is how a function writes without reading",
  "azure-native:deviceprovisioningservices:DpsCertificate": "the only version in the package",
  "azure-native:deviceprovisioningservices:IotDpsResource":
    "the only version in the package; it links a hub by key, which is a named exception",
  "azure-native:monitor:ActionGroup": "the only version in the package; alerts need it",
  "azure-native:monitor:DiagnosticSetting":
    "Azure never declared a version stable that knows category groups",
  "azure-native:monitor:ScheduledQueryRule":
    "the only version in the package; metrics are traces, so alerts are queries",
  "azure-native:portal:Dashboard": "the only version in the package; holds no data",
};

test("a preview version of the API is used only where it is listed with its reason", () => {
  const types = new Set(
    Object.values(recordings).flatMap(({ registrations }) => registrations.map(({ type }) => type)),
  );
  const used = [...types].filter(
    (type) => type.startsWith("azure-native:") && azureApiVersion(type).includes("preview"),
  );
  expect(used.sort()).toEqual(Object.keys(previews).sort());
});
