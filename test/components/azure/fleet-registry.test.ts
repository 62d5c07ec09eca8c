/** The fleet's registry in Cosmos DB, and the webhook that asks it: what Azure is told, value by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../config.ts";
import { registryPlace } from "../../../fleet/commands/fleet/open-registry.ts";
import { unwrapped } from "../../../provider/values.ts";
import { autoName, location, tenant, uuid } from "../azure-stand-ins.ts";
import { settled } from "../harness.ts";
import { frugal, inCloud, recordAzure } from "./environment.ts";

let recorded: Awaited<ReturnType<typeof recordAzure>>;
beforeAll(async () => {
  recorded = await recordAzure(inCloud);
});

const inputsOf = (type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recorded.recording.one(type, name).inputs);
const clientId = inCloud.azure.fleetRegistry.webhookClientId;

describe("the registry", () => {
  test("is one partition under a key of its own, for Entra identities only, found by id and nothing else", () => {
    expect(inputsOf("azure-native:cosmosdb:DatabaseAccount", "acme-fleet-registry")).toMatchObject({
      capabilities: [{ name: "EnableServerless" }],
      keyVaultKeyUri: expect.stringContaining("/keys/acme-fleet-registry"),
      minimalTlsVersion: "Tls12",
      disableLocalAuth: true,
      disableKeyBasedMetadataWriteAccess: true,
      backupPolicy: { type: "Continuous" },
      networkAclBypass: "None",
    });
    expect(
      inputsOf("azure-native:cosmosdb:SqlResourceSqlContainer", "acme-fleet-registry-fleet")["resource"],
    ).toEqual({
      id: "fleet",
      partitionKey: { kind: "Hash", paths: ["/p"], version: 2 },
      indexingPolicy: {
        indexingMode: "consistent",
        automatic: true,
        includedPaths: [{ path: "/id/?" }],
        excludedPaths: [{ path: "/*" }],
      },
    });
  });

  test("is where the stack says it is to the fleet's commands", async () => {
    const { registry } = (await settled(recorded.parts.fleet.authority)) as { registry: unknown };
    expect(registryPlace.parse(registry)).toMatchObject({
      kind: "azure-cosmos",
      endpoint: expect.stringMatching(/^https:\/\/acme-fleet-registry[0-9a-f]{8}\.documents\.azure\.com/),
      database: "fieldlake",
      container: "fleet",
    });
  });
});

describe("the webhook", () => {
  test("reads the registry and writes nothing, and says its address", async () => {
    const items = inputsOf(
      "azure-native:cosmosdb:SqlResourceSqlRoleAssignment",
      "acme-fleet-admission-items",
    );
    expect(items).toMatchObject({
      principalId: uuid("principal acme-fleet-admission-identity"),
      // Cosmos DB Built-in Data Reader.
      roleDefinitionId: expect.stringMatching(/\/sqlRoleDefinitions\/00000000-0000-0000-0000-000000000001$/),
      scope: expect.stringMatching(/\/dbs\/fieldlake$/),
    });
    const [settings] = [
      inputsOf("azure-native:web:WebApp", "acme-fleet-admission") as {
        httpsOnly: boolean;
        siteConfig: { appSettings: { name: string; value: string }[] };
      },
    ];
    const given = Object.fromEntries(settings.siteConfig.appSettings.map(({ name, value }) => [name, value]));
    expect(given).toMatchObject({
      ENVIRONMENT: "acme",
      ENROLMENT: "on-first-connect",
      PINNED_DEVICES: "wrist-01 wrist-02",
      ISSUER_CERTIFICATE: "-----BEGIN acme-fleet-intermediate\n",
    });
    expect(given["COSMOS_ENDPOINT"]).toMatch(/^https:\/\/acme-fleet-registry/);
    const states = recorded.parts.fleet.encryption.filter(({ name }) => name === "admission webhook");
    const [url] = await Promise.all(states.map(({ detail }) => settled(detail as never)));
    expect(url).toBe(`https://${autoName("acme-fleet-admission")}.azurewebsites.net/api/admission`);
  });

  test("answers the broker's own identity, by a token for its Entra application, and turns everybody else away", () => {
    expect(inputsOf("azure-native:web:WebAppAuthSettingsV2", "acme-fleet-admission-callers")).toMatchObject({
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },
      httpSettings: { requireHttps: true },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: { clientId, openIdIssuer: `https://login.microsoftonline.com/${tenant}/v2.0` },
          validation: {
            allowedAudiences: [clientId, `api://${clientId}`],
            defaultAuthorizationPolicy: {
              allowedApplications: [uuid("client acme-router-identity")],
              allowedPrincipals: { identities: [uuid("principal acme-router-identity")] },
            },
          },
        },
      },
    });
  });

  test("is refused where nobody could reach it, or would ask it", () => {
    const read = (azure: object) => () =>
      readConfig({ ...frugal, azure: { ...inCloud.azure, ...azure } }, { "azure-native:location": location });
    expect(read({ network: "private" })).toThrow("Event Grid reaches a webhook by the internet only");
    expect(read({ ingest: "iothub" })).toThrow("IoT Hub asks no webhook");
    expect(read({ fleetRegistry: { webhookClientId: "api://x" } })).toThrow(
      "allowed: the client id of an Entra application",
    );
  });
});
