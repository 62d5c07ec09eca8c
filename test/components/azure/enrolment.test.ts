/** EST on Azure, value by value: two doors of one function, what it may do, and what it signs with. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../config.ts";
import { isSecret, unwrapped } from "../../../provider/values.ts";
import { autoName, location, uuid } from "../azure-stand-ins.ts";
import { settled } from "../harness.ts";
import { logFaults } from "./log-settings.ts";
import { enrolling, frugal, recordAzure, signingKey } from "./environment.ts";

let recorded: Awaited<ReturnType<typeof recordAzure>>;
beforeAll(async () => {
  recorded = await recordAzure(enrolling);
});
const inputsOf = (type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recorded.recording.one(`azure-native:${type}`, name).inputs);

interface App {
  readonly siteConfig: {
    readonly http20Enabled: boolean;
    readonly appSettings: readonly { readonly name: string; readonly value: string }[];
  };
}
const appOf = (door: string) => inputsOf("web:WebApp", `acme-fleet-${door}`) as unknown as App;
const settingsOf = (door: string): Record<string, string> =>
  Object.fromEntries(appOf(door).siteConfig.appSettings.map(({ name, value }) => [name, value]));
const vault = autoName("acme-enrol");

describe("the two doors", () => {
  test("are HTTPS, of TLS 1.2 or later, and only the one for renewal takes client certificates: nobody without", () => {
    const common = {
      httpsOnly: true,
      publicNetworkAccess: "Enabled",
      siteConfig: { minTlsVersion: "1.2", scmMinTlsVersion: "1.2", ftpsState: "Disabled" },
    };
    expect(appOf("enrol")).toMatchObject(common);
    expect(appOf("enrol")).not.toHaveProperty("clientCertEnabled");
    expect(appOf("renew")).toMatchObject({
      ...common,
      ...{ clientCertEnabled: true, clientCertMode: "Required" },
      siteConfig: { ...common.siteConfig, http20Enabled: false },
    });
    expect(appOf("renew")).not.toHaveProperty("clientCertExclusionPaths");
    expect(settingsOf("renew")["CLIENT_CERTIFICATES"]).toBe("required");
    // Without it the function does not read the header that a caller could write.
    expect(settingsOf("enrol")).not.toHaveProperty("CLIENT_CERTIFICATES");
  });

  test("are where the connection says", async () => {
    expect(await settled(recorded.parts.ingest.connection)).toMatchObject({
      enrolmentUrl: `https://${autoName("acme-fleet-enrol")}.azurewebsites.net`,
      renewalUrl: `https://${autoName("acme-fleet-renew")}.azurewebsites.net`,
    });
    const without = await recordAzure(frugal);
    expect(await settled(without.parts.ingest.connection)).toMatchObject({
      enrolmentUrl: null,
      renewalUrl: null,
    });
  });

  test("a third one takes certificates for uploads: it asks the registry and reads it only", async () => {
    const app = recorded.recording.one("azure-native:web:WebApp", "acme-ingest-grant");
    expect(unwrapped<Record<string, unknown>>(app.inputs)).toMatchObject({
      ...{ clientCertEnabled: true, clientCertMode: "Required", httpsOnly: true },
      siteConfig: { minTlsVersion: "1.2", http20Enabled: false },
    });
    const { siteConfig } = unwrapped<{ siteConfig: { appSettings: { name: string; value: string }[] } }>(
      app.inputs,
    );
    const settings = Object.fromEntries(siteConfig.appSettings.map(({ name, value }) => [name, value]));
    expect(settings).toMatchObject({
      ...{ ENVIRONMENT: "acme", ENROLMENT: "on-first-connect", PINNED_DEVICES: "wrist-01 wrist-02" },
      ISSUER_CERTIFICATE: expect.stringContaining("acme-fleet-intermediate"),
      RAW_CONTAINER: expect.stringMatching(/^https:\/\/acmeraw[0-9a-f]+\.blob\.core\.windows\.net\/raw$/),
    });
    expect(settings).not.toHaveProperty("BROKER_NAMESPACE");
    expect(inputsOf("cosmosdb:SqlResourceSqlRoleAssignment", "acme-ingest-grant-items")).toMatchObject({
      roleDefinitionId: expect.stringMatching(/00000000-0000-0000-0000-000000000001$/),
    });
    expect((await settled(recorded.parts.ingest.connection)).upload?.credentialsUrl).toMatch(
      /^https:\/\/acme-ingest-grant[0-9a-f]{8}\.azurewebsites\.net\/uploads\//,
    );
  });

  test("take few requests at once, at the paths of RFC 7030, and bring the roots that devices trust", () => {
    const { inputs } = recorded.recording.one("fieldlake:azure:FunctionCode", "acme-fleet-renew-code");
    const files = unwrapped<Record<string, { readonly text: string }>>(inputs["files"]);
    expect(JSON.parse(files["host.json"]?.text ?? "")).toMatchObject({
      extensions: { http: { routePrefix: "", maxConcurrentRequests: 10, maxOutstandingRequests: 40 } },
    });
    expect(files["roots.pem"]?.text).toContain("-----BEGIN CERTIFICATE-----");
  });
});

describe("what it signs with", () => {
  test("is a secret that ends with the intermediate, in a vault that takes nobody but the two apps' subnets", () => {
    expect(inputsOf("keyvault:Vault", "acme-enrol")).toMatchObject({
      properties: {
        enableRbacAuthorization: true,
        enablePurgeProtection: true,
        networkAcls: {
          defaultAction: "Deny",
          ipRules: [],
          virtualNetworkRules: ["enrol", "renew"].map((door) => ({
            id: expect.stringContaining(`subnet-${door}`),
          })),
        },
      },
    });
    const { properties } = inputsOf("keyvault:Secret", "acme-fleet-enrolment-settings") as {
      properties: { value: string; attributes: unknown };
    };
    expect(properties.attributes).toEqual({
      enabled: true,
      expires: Date.parse("2029-11-26T00:00:00Z") / 1_000,
    });
    expect(JSON.parse(properties.value)).toEqual({
      tokenKey: Buffer.from("acme-fleet-token-key").toString("base64"),
      issuer: {
        certificate: "-----BEGIN acme-fleet-intermediate\n",
        key: "-----BEGIN acme-fleet-intermediate-key",
      },
    });
    for (const door of ["enrol", "renew"]) {
      expect(settingsOf(door)["FLEET_SETTINGS"]).toMatch(
        new RegExp(`^https://${vault}\\.vault\\.azure\\.net/secrets/enrolment/[0-9a-f]{32}$`),
      );
      expect(JSON.stringify(settingsOf(door))).not.toContain("intermediate-key");
    }
  });

  test("never stands in the clear in what Azure or the state is told", () => {
    const { inputs } = recorded.recording.one(
      "azure-native:keyvault:Secret",
      "acme-fleet-enrolment-settings",
    );
    // Pulumi marks the whole of the properties where a member is one.
    expect(
      isSecret(inputs["properties"]) || isSecret((inputs["properties"] as { value: unknown }).value),
    ).toBe(true);
  });

  test("are reached from subnets that Key Vault knows, and that nobody reaches from outside", () => {
    for (const [door, range] of [
      ["enrol", "10.72.1.0/24"],
      ["renew", "10.72.2.0/24"],
    ] as const) {
      expect(inputsOf("network:Subnet", `acme-fleet-enrol-subnet-${door}`)).toMatchObject({
        addressPrefix: range,
        serviceEndpoints: [{ service: "Microsoft.KeyVault" }],
        delegations: [{ serviceName: "Microsoft.App/environments" }],
      });
      expect(appOf(door)).toMatchObject({
        virtualNetworkSubnetId: expect.stringContaining(`subnet-${door}`),
      });
    }
  });
});

describe("what it may do", () => {
  const identity = uuid("principal acme-fleet-enrol-identity");

  test("is to read its own secret, to record in the registry, and to sign with the key that is named", () => {
    expect(inputsOf("authorization:RoleAssignment", "acme-fleet-enrol-reads")).toMatchObject({
      principalId: identity,
      scope: expect.stringMatching(new RegExp(`/vaults/${vault}/secrets/enrolment$`)),
      // Key Vault Secrets User.
      roleDefinitionId: expect.stringContaining("4633458b-17de-408a-b874-0445c86b69e6"),
    });
    expect(
      inputsOf("authorization:RoleAssignment", "acme-fleet-enrol-signs-acme-authority-next"),
    ).toMatchObject({ principalId: identity, scope: signingKey });
    expect(inputsOf("cosmosdb:SqlResourceSqlRoleAssignment", "acme-fleet-enrol-items")).toMatchObject({
      principalId: identity,
      roleDefinitionId: expect.stringMatching(/\/00000000-0000-0000-0000-000000000002$/),
      scope: expect.stringMatching(/\/dbs\/fieldlake$/),
    });
  });
});

test("is refused with keys that are none", () => {
  const signingKeys = ["https://acme.vault.azure.net/keys/next"];
  expect(() =>
    readConfig({ ...frugal, azure: { enrolment: { signingKeys } } }, { "azure-native:location": location }),
  ).toThrow(
    'fieldlake:azure.enrolment.signingKeys: received "https://acme.vault.azure.net/keys/next"; allowed: resource ids',
  );
});

describe("in a private network", () => {
  let closed: Awaited<ReturnType<typeof recordAzure>>["recording"];
  beforeAll(async () => {
    const azure = { ...enrolling.azure, network: "private" };
    ({ recording: closed } = await recordAzure({ ...enrolling, azure }));
  }, 60_000);
  const found = (type: string, name: string) =>
    unwrapped<Record<string, unknown>>(closed.one(`azure-native:${type}`, name).inputs);

  test("both doors answer inside of it only, and are in subnets of it", () => {
    for (const door of ["enrol", "renew"]) {
      const app = found("web:WebApp", `acme-fleet-${door}`);
      expect(app).toMatchObject({
        publicNetworkAccess: "Disabled",
        virtualNetworkSubnetId: expect.stringContaining(`subnet-acme-fleet-${door}`),
      });
      expect(found("network:Subnet", `acme-subnet-acme-fleet-${door}`)).toMatchObject({
        virtualNetworkName: autoName("acme-network"),
        addressPrefix: door === "enrol" ? "10.72.8.0/24" : "10.72.9.0/24",
      });
    }
    expect(found("web:WebApp", "acme-ingest-grant")).toMatchObject({ publicNetworkAccess: "Disabled" });
    expect(found("network:Subnet", "acme-subnet-acme-ingest-grant")).toMatchObject({
      addressPrefix: "10.72.13.0/24",
    });
    expect(closed.inventory().filter((line) => line.includes("acme-fleet-enrol-network"))).toEqual([]);
  });

  test("the doors, what they sign with and what they ask have endpoints there, and nobody has another way", () => {
    const reached = closed.registrations
      .filter(({ type, name }) => type.endsWith(":PrivateEndpoint") && name.startsWith("acme-fleet"))
      .flatMap(({ inputs }) => unwrapped<{ groupIds: string[] }[]>(inputs["privateLinkServiceConnections"]))
      .flatMap(({ groupIds }) => groupIds);
    expect(reached.sort()).toEqual(["Sql", "blob", "blob", "sites", "sites", "vault"]);
    expect(found("keyvault:Vault", "acme-enrol")).toMatchObject({
      properties: {
        publicNetworkAccess: "Disabled",
        networkAcls: { defaultAction: "Deny", ipRules: [], virtualNetworkRules: [] },
      },
    });
    expect(logFaults(closed)).toEqual([]);
  });
});
