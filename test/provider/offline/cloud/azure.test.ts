/** What the offline provider knows of Azure: settings, names, ids, places, replacements, functions. */

import { beforeEach, describe, expect, test } from "@jest/globals";
import { azureRules } from "../../../../provider/offline/azure-native/rules.ts";
import { CloudProvider } from "../../../../provider/offline/cloud/provider.ts";
import { UNKNOWN, secret } from "../support.ts";
import type { ProviderUnderTest } from "./support.ts";
import { ResourceUnderTest, azureProvider, libraries, subscriptionId, tenantId } from "./support.ts";

let azure: ProviderUnderTest;
beforeEach(async () => {
  azure = await azureProvider();
});
const of = (token: string, name?: string, { provider } = azure): ResourceUnderTest =>
  new ResourceUnderTest(provider, `azure-native:${token}`, name);

const account = {
  resourceGroupName: "iot",
  accountName: "raw1",
  kind: "StorageV2",
  sku: { name: "Standard_LRS" },
};
const accountId = `/subscriptions/${subscriptionId}/resourceGroups/iot/providers/Microsoft.Storage/storageAccounts/raw1`;

describe("settings", () => {
  const configured = async (settings: Record<string, unknown>, environment = {}): Promise<string[]> => {
    const told: string[] = [];
    const library = libraries["azure-native"];
    const provider = new CloudProvider(
      azureRules(environment),
      library,
      (message) => void told.push(message),
    );
    const { failures } = await provider.checkConfiguration(settings);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    await provider.configure(settings);
    return told;
  };

  test("the standard ones are taken", async () => {
    const settings = {
      subscriptionId,
      tenantId,
      location: "westeurope",
      environment: "public",
      metadataHost: "management.azure.com",
      useMsi: "true",
      msiEndpoint: "http://169.254.169.254",
      useOidc: "true",
      oidcTokenFilePath: "/run/token",
      oidcRequestToken: secret("token"),
      oidcRequestUrl: "https://example.org",
      auxiliaryTenantIds: JSON.stringify([tenantId]),
      clientSecret: secret("hunter2"),
    };
    expect(await configured(settings)).toEqual([
      expect.stringMatching(
        /^azure-native 3\.\d+\.\d+ runs OFFLINE: Azure is not asked, nothing is made there/,
      ),
    ]);
    // None at all will do: the real provider would take them from the Azure command line.
    await configured({});
  });

  test.each<[Record<string, unknown>, string]>([
    [
      { subscription: subscriptionId },
      "azure-native:subscription: is no property of this type; did you mean subscriptionId?",
    ],
    [{ subscriptionId: "mine" }, 'azure-native:subscriptionId: must be a UUID; received "mine"'],
    [{ useMsi: "perhaps" }, 'azure-native:useMsi: must be true or false, as JSON; received "perhaps"'],
    [
      { environment: "germany" },
      'azure-native:environment: must be one of public, usgovernment, china; received "germany"',
    ],
  ])("%j is an error", async (settings, message) => {
    await expect(configured(settings)).rejects.toThrow(message);
  });

  test("other clouds have other hosts, and the environment counts", async () => {
    const china = new CloudProvider(
      azureRules({ ARM_ENVIRONMENT: "china" }),
      libraries["azure-native"],
      () => undefined,
    );
    await china.configure({});
    const { state } = await of("storage:StorageAccount", "a", { provider: china, told: [] }).create(account);
    expect(state["primaryEndpoints"]).toMatchObject({ blob: "https://raw1.blob.core.chinacloudapi.cn/" });
  });
});

describe("names", () => {
  test("are random at the top, copied below, and UUIDs where Azure wants them", async () => {
    const group = await of("resources:ResourceGroup", "iot").inputs({});
    expect(group).toMatchObject({
      resourceGroupName: expect.stringMatching(/^iot[0-9a-f]{8}$/) as unknown,
      __createBeforeDelete: true,
    });
    const container = await of("storage:BlobContainer", "curated").inputs({
      resourceGroupName: "g",
      accountName: "a",
    });
    expect(container["containerName"]).toBe("curated");
    expect(container).not.toHaveProperty("__createBeforeDelete");
    const role = { scope: "/subscriptions/s", principalId: "p", roleDefinitionId: "r" };
    expect((await of("authorization:RoleAssignment").inputs(role))["roleAssignmentName"]).toMatch(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  });

  test("are kept, and follow the project's autonaming", async () => {
    const { accountName: _, ...unnamed } = account;
    const storage = of("storage:StorageAccount", "raw");
    const first = await storage.inputs(unnamed);
    expect(await storage.inputs({ ...unnamed, kind: "BlobStorage" }, first)).toMatchObject({
      accountName: first["accountName"],
      __createBeforeDelete: true,
    });
    expect((await storage.inputs(unnamed))["accountName"]).not.toBe(first["accountName"]);
    const enforced = await storage.check(unnamed, {}, { mode: "enforce", proposedName: "fixed" });
    expect(enforced.inputs["accountName"]).toBe("fixed");
    const disabled = await storage.check(unnamed, {}, { mode: "disable", proposedName: "" });
    expect(disabled.failures[0]).toMatch(/^accountName: is required and missing: pulumi:autonaming/);
  });

  test.each([
    ["storage:StorageAccount", "raw-zone", account, "accountName", "3 to 24 of a-z 0-9 (no hyphens)"],
    [
      "keyvault:Vault",
      "v",
      { properties: { tenantId, sku: { family: "A", name: "standard" } }, vaultName: "a--b" },
      "vaultName",
      "3 to 24 of a-z A-Z 0-9 -",
    ],
  ])("of a %s: one that Azure refuses is an error", async (token, name, inputs, property, allowed) => {
    const given = {
      resourceGroupName: "g",
      ...inputs,
      ...(token.startsWith("storage") ? { accountName: name } : {}),
    };
    const [failure] = await of(token, name).failures(given);
    expect(failure?.startsWith(`${property}: allowed: ${allowed}`)).toBe(true);
  });
});

test("a query rule's operators are Azure's, where the SDK names another enumeration's", async () => {
  const given = (operator: string) => ({
    resourceGroupName: "g",
    ruleName: "alert",
    scopes: ["/subscriptions/s"],
    criteria: { allOf: [{ operator, query: "traces", threshold: 1, timeAggregation: "Count" }] },
  });
  const rule = of("monitor:ScheduledQueryRule", "alert");
  expect(await rule.failures(given("GreaterThan"))).toEqual([]);
  expect(await rule.failures(given("gt"))).toEqual([
    expect.stringMatching(
      /^criteria\.allOf\[0\]\.operator: must be one of "Equals", .*"GreaterThan".*received "gt"$/,
    ),
  ]);
});

describe("places", () => {
  test("come from the resource, the old one, the settings, or the resource group", async () => {
    const nowhere = await azureProvider({ location: undefined });
    const groups = of("resources:ResourceGroup", "g", nowhere);
    await groups.inputs({ resourceGroupName: "IoT", location: "northeurope" });
    const storage = of("storage:StorageAccount", "a", nowhere);
    expect((await storage.inputs(account))["location"]).toBe("northeurope");
    expect((await storage.inputs({ ...account, location: "uksouth" }))["location"]).toBe("uksouth");
    expect((await storage.inputs(account, { location: "eastus" }))["location"]).toBe("eastus");
    expect((await storage.inputs({ ...account, resourceGroupName: UNKNOWN }))["location"]).toBeUndefined();
    expect((await of("storage:StorageAccount").inputs(account))["location"]).toBe("westeurope");
  });

  test("of databases are those of their account", async () => {
    const database = { resourceGroupName: "g", accountName: "a", resource: { id: "d" } };
    expect(await of("cosmosdb:SqlResourceSqlDatabase").inputs(database)).not.toHaveProperty("location");
  });
});

describe("a made resource", () => {
  test("has an id, a type and addresses of its kind", async () => {
    const { id, state } = await of("storage:StorageAccount").create(account);
    expect(id).toBe(accountId);
    expect(state).toMatchObject({
      name: "raw1",
      type: "Microsoft.Storage/storageAccounts",
      location: "westeurope",
      provisioningState: "Succeeded",
      azureApiVersion: expect.stringMatching(/^\d{4}-\d\d-\d\d/) as unknown,
      primaryEndpoints: { blob: "https://raw1.blob.core.windows.net/", web: expect.any(String) as unknown },
      sku: { name: "Standard_LRS", tier: expect.any(String) as unknown },
    });
    expect(state).not.toHaveProperty("accountName");
  });

  test("has identities with principals", async () => {
    const identity = { type: "SystemAssigned,UserAssigned", userAssignedIdentities: ["/a/b"] };
    const { state } = await of("storage:StorageAccount").create({ ...account, identity });
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;
    expect(state["identity"]).toEqual({
      type: "SystemAssigned,UserAssigned",
      principalId: uuid,
      tenantId,
      userAssignedIdentities: { "/a/b": { clientId: uuid, principalId: uuid } },
    });
  });

  test("stands below its parent or its scope", async () => {
    const container = await of("storage:BlobContainer", "raw").create({
      resourceGroupName: "iot",
      accountName: "raw1",
    });
    expect(container.id).toBe(`${accountId}/blobServices/default/containers/raw`);
    expect(container.state["type"]).toBe("Microsoft.Storage/storageAccounts/blobServices/containers");
    const setting = await of("monitor:DiagnosticSetting").create({ resourceUri: accountId, name: "logs" });
    expect(setting.id).toBe(`${accountId}/providers/Microsoft.Insights/diagnosticSettings/logs`);
    expect(setting.state["type"]).toBe("Microsoft.Insights/diagnosticSettings");
  });

  test("that the table does not have gets a path like the others", async () => {
    const { id, state } = await of("search:Service", "find").create({ resourceGroupName: "iot" });
    expect(id).toMatch(/\/resourceGroups\/iot\/providers\/Microsoft\.Search\/services\/find[0-9a-f]{8}$/);
    expect(state["name"]).toBe(id.split("/").at(-1));
  });

  test("is unknown in all that was not given at a preview", async () => {
    const state = await of("storage:StorageAccount").preview(account);
    expect(state).toMatchObject({
      kind: "StorageV2",
      name: UNKNOWN,
      primaryEndpoints: UNKNOWN,
      minimumTlsVersion: UNKNOWN,
      sku: { name: "Standard_LRS", tier: UNKNOWN },
    });
  });
});
