/** Keys and lake of the azure target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { autoName, subscription, tenant } from "../azure-stand-ins.ts";
import type { Recording, Registration } from "../harness.ts";
import { everything, frugal, hierarchical, recordAzure } from "./environment.ts";

let plain: Recording;
let full: Recording;
let directories: Recording;
beforeAll(async () => {
  plain = (await recordAzure(frugal)).recording;
  full = (await recordAzure(everything)).recording;
  directories = (await recordAzure(hierarchical)).recording;
}, 60_000);

const accounts = ({ registrations }: Recording): Registration[] =>
  registrations.filter(({ type }) => type === "azure-native:storage:StorageAccount");
/** The account whose container has this name. */
function accountOf(recording: Recording, container: string): Registration {
  const held = recording.registrations.find(
    ({ type, inputs }) => type.endsWith(":BlobContainer") && inputs["containerName"] === container,
  );
  const found = accounts(recording).find(({ name }) => autoName(name) === held?.inputs["accountName"]);
  if (found === undefined) throw new Error(`no account has a container ${container}`);
  return found;
}
const idOf = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/${autoName("acme-group")}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${autoName(name)}`;

describe("keys", () => {
  test("the vault can't be emptied, knows no access policies, and lets in the services that encrypt by it alone", () => {
    const rules = { bypass: "AzureServices", defaultAction: "Deny", ipRules: [], virtualNetworkRules: [] };
    const properties = {
      tenantId: tenant,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enablePurgeProtection: true,
      enabledForDeployment: false,
      enabledForDiskEncryption: false,
      enabledForTemplateDeployment: false,
      networkAcls: rules,
    };
    expect(plain.one("azure-native:keyvault:Vault", "acme-keys").inputs["properties"]).toEqual({
      ...properties,
      publicNetworkAccess: "Enabled",
    });
    expect(full.one("azure-native:keyvault:Vault", "acme-keys").inputs["properties"]).toEqual({
      ...properties,
      publicNetworkAccess: "Disabled",
    });
  });

  test.each([
    "acme-operations",
    "acme-lake-raw",
    "acme-lake-curated",
    "acme-lake-quarantine",
    "acme-knowledge-latest",
  ])("%s wraps keys and does nothing else, and is another every year", (name) => {
    expect(plain.one("azure-native:keyvault:Key", `${name}-key`).inputs["properties"]).toEqual({
      kty: "RSA",
      keySize: 3072,
      keyOps: ["wrapKey", "unwrapKey"],
      attributes: { enabled: true, exportable: false },
      rotationPolicy: {
        attributes: { expiryTime: "P2Y" },
        lifetimeActions: [
          { action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } },
          { action: { type: "notify" }, trigger: { timeBeforeExpiry: "P30D" } },
        ],
      },
    });
  });

  test("a key of one's own takes the place of all, in its own vault, and none is made", () => {
    expect(directories.registrations.filter(({ type }) => type.includes(":keyvault:"))).toEqual([]);
    for (const { inputs } of accounts(directories)) {
      expect(inputs["encryption"]).toMatchObject({
        keyVaultProperties: { keyVaultUri: "https://acme-vault.vault.azure.net", keyName: "lake" },
      });
    }
  });
});

describe("accounts", () => {
  test.each(["raw", "curated", "quarantine"])(
    "%s is under its zone's key from the first moment, twice, by an identity, without a version",
    (zone) => {
      expect(accountOf(plain, zone).inputs["encryption"]).toEqual({
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: {
          keyVaultUri: `https://${autoName("acme-keys")}.vault.azure.net`,
          keyName: `acme-lake-${zone}`,
        },
        encryptionIdentity: { encryptionUserAssignedIdentity: idOf(`acme-lake-${zone}-key-identity`) },
        requireInfrastructureEncryption: true,
        services: {
          blob: { enabled: true, keyType: "Account" },
          file: { enabled: true, keyType: "Account" },
          queue: { enabled: true, keyType: "Account" },
          table: { enabled: true, keyType: "Account" },
        },
      });
    },
  );

  test("every account of the stack, the functions' too, knows neither keys of its own nor the public", () => {
    for (const recording of [plain, full, directories]) {
      expect(accounts(recording).length).toBeGreaterThanOrEqual(5);
      for (const { name, inputs } of accounts(recording)) {
        expect([name, inputs]).toEqual([
          name,
          expect.objectContaining({
            kind: "StorageV2",
            minimumTlsVersion: "TLS1_2",
            enableHttpsTrafficOnly: true,
            allowBlobPublicAccess: false,
            allowSharedKeyAccess: false,
            defaultToOAuthAuthentication: true,
            allowCrossTenantReplication: false,
            allowedCopyScope: "AAD",
            isLocalUserEnabled: false,
            isSftpEnabled: false,
            sasPolicy: { expirationAction: "Block", sasExpirationPeriod: "00.01:00:00" },
            encryption: expect.objectContaining({
              keySource: "Microsoft.Keyvault",
              requireInfrastructureEncryption: true,
            }),
          }),
        ]);
      }
      for (const { type, inputs } of recording.registrations)
        if (type.endsWith(":BlobContainer")) expect(inputs["publicAccess"]).toBe("None");
    }
  });

  test("in a private network no account has a way in but its endpoint", () => {
    for (const { inputs } of accounts(full)) {
      expect(inputs).toMatchObject({
        publicNetworkAccess: "Disabled",
        networkRuleSet: {
          bypass: "AzureServices",
          defaultAction: "Deny",
          ipRules: [],
          virtualNetworkRules: [],
        },
      });
    }
    const endpoints = full.registrations.filter(({ type }) => type.endsWith(":PrivateEndpoint"));
    const groups = endpoints.map(
      ({ inputs }) => (inputs["privateLinkServiceConnections"] as { groupIds: string[] }[])[0]?.groupIds[0],
    );
    const counted = Object.groupBy(groups, (group) => group ?? "");
    expect(Object.entries(counted).map(([group, its]) => [group, its?.length])).toEqual([
      ["vault", 1],
      ["blob", 12],
      ["namespace", 1],
      ["Sql", 1],
      ["sites", 9],
    ]);
  });

  test("raw is write-once from birth, for as long and as hard as asked; versions are kept everywhere", () => {
    const policy = (recording: Recording, container: string) =>
      accountOf(recording, container).inputs["immutableStorageWithVersioning"];
    expect(policy(plain, "raw")).toEqual({
      enabled: true,
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: 30,
        allowProtectedAppendWrites: false,
        state: "Unlocked",
      },
    });
    expect(policy(full, "raw")).toMatchObject({
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 10, state: "Locked" },
    });
    expect(policy(plain, "curated")).toBeUndefined();
    const retained = { enabled: true, days: 30 };
    for (const { type, inputs } of plain.registrations) {
      if (!type.endsWith(":BlobServiceProperties")) continue;
      expect(inputs).toMatchObject({
        isVersioningEnabled: true,
        deleteRetentionPolicy: { ...retained, allowPermanentDelete: false },
        containerDeleteRetentionPolicy: retained,
      });
    }
  });

  test("a copy that is younger than the lock has a mode of its own until it is locked too", async () => {
    const writeOnce = { days: 10, mode: "locked", replicaMode: "unlocked" };
    const { recording } = await recordAzure({
      ...frugal,
      azure: { replicaLocation: "northeurope", writeOnce },
    });
    const promises = recording.registrations.filter(({ type }) => type === "fieldlake:azure:WriteOnce");
    expect(promises.map(({ name, inputs }) => [name, inputs])).toEqual([
      ["acme-lake-raw-write-once", { days: 10, mode: "locked", setting: "fieldlake:azure.writeOnce.mode" }],
      [
        "acme-lake-copy-write-once",
        { days: 10, mode: "unlocked", setting: "fieldlake:azure.writeOnce.replicaMode" },
      ],
    ]);
    const { inputs } = recording.one("azure-native:storage:StorageAccount", "acmecopy");
    expect(JSON.stringify(inputs["immutableStorageWithVersioning"])).toContain('"state":"Unlocked"');
  });

  test("a hierarchical account asks for nothing that it can't have, and says what is lost", async () => {
    for (const zone of ["raw", "curated", "quarantine"]) {
      const { inputs } = accountOf(directories, zone);
      expect(inputs).toMatchObject({ isHnsEnabled: true, sku: { name: "Standard_GZRS" } });
      expect(inputs).not.toHaveProperty("immutableStorageWithVersioning");
    }
    const { parts } = await recordAzure(hierarchical);
    expect(parts.lake.exceptions.map(({ rule }) => rule)).toContain("azure-storage-require-write-once");
  });

  test("tiers and ends follow the retention of each zone, and the archive only where there is one", () => {
    const rule = (recording: Recording, zone: string) => {
      const { inputs } = recording.one(
        "azure-native:storage:ManagementPolicy",
        `acme-lake-${zone}-lifecycle`,
      );
      const { rules } = inputs["policy"] as { rules: { definition: { actions: unknown } }[] };
      return rules[0]?.definition.actions;
    };
    const after = (days: number) => ({ daysAfterModificationGreaterThan: days });
    const version = { delete: { daysAfterCreationGreaterThan: 30 } };
    expect(rule(plain, "raw")).toEqual({
      version,
      baseBlob: {
        tierToCool: after(30),
        tierToCold: after(90),
        tierToArchive: after(365),
        delete: after(400),
      },
    });
    expect(rule(full, "raw")).toEqual({
      version,
      baseBlob: { tierToCool: after(30), tierToCold: after(90), delete: after(400) },
    });
    expect(rule(plain, "curated")).toEqual({
      version,
      baseBlob: { tierToCool: after(90), tierToCold: after(365) },
    });
    expect(rule(plain, "quarantine")).toEqual({ version, baseBlob: { delete: after(2) } });
    expect(rule(directories, "quarantine")).toEqual({
      snapshot: version,
      baseBlob: { delete: after(2) },
    });
  });

  test("the copy in another region is under a key of a vault there, in a group there", () => {
    const vaults = full.registrations.filter(({ type }) => type.endsWith(":Vault"));
    expect(vaults.map(({ inputs }) => inputs["location"])).toEqual(["westeurope", "northeurope"]);
    const copy = accounts(full).find(({ inputs }) => inputs["location"] === "northeurope");
    expect(copy?.inputs["encryption"]).toMatchObject({
      keyVaultProperties: {
        keyVaultUri: `https://${autoName(vaults[1]?.name ?? "")}.vault.azure.net`,
        keyName: "acme-lake-raw-copy",
      },
    });
    const source = full.one("azure-native:storage:ObjectReplicationPolicy", "acme-lake-copy-out").inputs;
    const destination = full.one("azure-native:storage:ObjectReplicationPolicy", "acme-lake-copy-in").inputs;
    expect(destination).toMatchObject({ objectReplicationPolicyId: "default" });
    expect(source).toMatchObject({
      sourceAccount: destination["sourceAccount"],
      destinationAccount: destination["destinationAccount"],
      objectReplicationPolicyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      rules: [
        {
          sourceContainer: "raw",
          destinationContainer: "raw",
          ruleId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      ],
    });
    const feed = full.registrations.find(
      ({ type, inputs }) =>
        type.endsWith(":BlobServiceProperties") &&
        inputs["accountName"] === autoName(accountOf(full, "raw").name),
    );
    expect(feed?.inputs["changeFeed"]).toEqual({ enabled: true });
  });
});

test("everything that logs does so into the one workspace", () => {
  const settings = full.registrations.filter(({ type }) => type.endsWith(":DiagnosticSetting"));
  expect(new Set(settings.map(({ inputs }) => inputs["workspaceId"])).size).toBe(1);
  const workspace = plain.one("azure-native:operationalinsights:Workspace", "acme-logs").inputs;
  expect(workspace).toMatchObject({ retentionInDays: 365, features: { disableLocalAuth: true } });
});
