/** What the offline provider for Azure makes of changes, wrong inputs and functions. */

import { beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../support.ts";
import type { ProviderUnderTest } from "./support.ts";
import { ResourceUnderTest, azureProvider, subscriptionId, tenantId } from "./support.ts";

let azure: ProviderUnderTest;
beforeEach(async () => {
  azure = await azureProvider();
});
const of = (token: string): ResourceUnderTest =>
  new ResourceUnderTest(azure.provider, `azure-native:${token}`);

const account = {
  resourceGroupName: "iot",
  accountName: "raw1",
  kind: "StorageV2",
  sku: { name: "Standard_LRS" },
};

const withPolicy = (state: string) => ({
  ...account,
  immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: { state } },
});

describe("a change", () => {
  test("in place leaves known at a preview what it does not touch, also what is absent", async () => {
    const changed = await of("storage:StorageAccount").update(
      account,
      { ...account, tags: { a: "b" } },
      true,
    );
    expect(changed).toMatchObject({ tags: { a: "b" }, name: "raw1", provisioningState: "Succeeded" });
    expect(JSON.stringify(changed)).not.toContain(UNKNOWN);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ["storage:StorageAccount", account, { ...account, isHnsEnabled: true }, ["isHnsEnabled"]],
    ["storage:StorageAccount", account, { ...account, resourceGroupName: "other" }, ["resourceGroupName"]],
    ["storage:StorageAccount", account, { ...account, location: "northeurope" }, ["location"]],
    [
      "storage:StorageAccount",
      account,
      { ...account, encryption: { requireInfrastructureEncryption: true } },
      [],
    ],
    [
      "storage:StorageAccount",
      { ...account, encryption: { requireInfrastructureEncryption: false } },
      { ...account, encryption: { requireInfrastructureEncryption: true } },
      ["encryption"],
    ],
    ["storage:StorageAccount", account, { ...account, minimumTlsVersion: "TLS1_2" }, []],
    // Called immutable by its documentation; what is, is that it can't be switched on later.
    ["storage:StorageAccount", withPolicy("Unlocked"), withPolicy("Locked"), []],
  ])("of a %s replaces it or not", async (token, olds, news, replaces) => {
    const { changes, replaces: found } = await of(token).diff(olds, news);
    expect(found).toEqual(replaces);
    expect(changes.length).toBeGreaterThan(0);
  });

  test("of a location's spelling is none", async () => {
    const { changes } = await of("storage:StorageAccount").diff(account, {
      ...account,
      location: "West Europe",
    });
    expect(changes).toEqual([]);
  });

  test("removes the old resource first, unless its name was made", async () => {
    const named = await of("storage:StorageAccount").diff(account, { ...account, isHnsEnabled: true });
    expect(named.deleteBeforeReplace).toBe(true);
    const { accountName: _, ...unnamed } = account;
    const made = await of("storage:StorageAccount").diff(unnamed, { ...unnamed, isHnsEnabled: true });
    expect(made.deleteBeforeReplace).toBe(false);
  });
});

describe("checks", () => {
  test("values against enumerations, and objects against the type that their fixed value names", async () => {
    expect(
      await of("storage:StorageAccount").failures({
        ...account,
        kind: "StorageV3",
        minimumTlsVersion: "1.2",
      }),
    ).toEqual([
      'kind: must be one of "StorageV2", "Storage", "BlobStorage", "FileStorage", "BlockBlobStorage"; received "StorageV3"',
      'minimumTlsVersion: must be one of "TLS1_2", "TLS1_0", "TLS1_1", "TLS1_3"; received "1.2"',
    ]);
    const trigger = { factoryName: "f", resourceGroupName: "g", triggerName: "t" };
    const events = { type: "BlobEventsTrigger", scope: "s", events: ["Microsoft.Storage.BlobCreate"] };
    const [failure, ...others] = await of("datafactory:Trigger").failures({ ...trigger, properties: events });
    expect(failure).toMatch(/^properties\.events\[0\]: must be one of "Microsoft\.Storage\.BlobCreated"/);
    expect(others).toEqual([]);
  });

  test("say that other versions of the API are not here", async () => {
    await expect(of("storage/v20230101:StorageAccount").check(account)).rejects.toThrow(
      /^the azure-native SDK 3\.\d+\.\d+ has no resource azure-native:storage\/v20230101:StorageAccount; the offline provider knows only what the installed SDK declares/,
    );
  });
});

test("functions say who we are, and hand out no token", async () => {
  const { result } = await azure.provider.invoke("azure-native:authorization:getClientConfig", {});
  expect(result).toMatchObject({ subscriptionId, tenantId });
  await expect(azure.provider.invoke("azure-native:authorization:getClientToken", {})).rejects.toThrow(
    "azure-native:authorization:getClientToken can't be answered: this is the offline provider for azure-native, and Azure was not asked",
  );
});
