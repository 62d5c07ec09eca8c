/** Azure's own SQL over the lake: who gets in, from where, under which key, and what the decoder writes for it. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ConfigError, readConfig } from "../../../config.ts";
import { unwrapped } from "../../../provider/values.ts";
import { autoName, location } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import {
  administrator,
  callers,
  everything,
  frugal,
  native,
  recordAzure,
  type Parts,
} from "./environment.ts";

let recording: Recording;
let parts: Parts;
let closed: Recording;
beforeAll(async () => {
  ({ recording, parts } = await recordAzure(native));
  const { azure, ...rest } = everything;
  ({ recording: closed } = await recordAzure({
    ...rest,
    azure: { ...azure, serverlessSql: { administrator } },
  }));
}, 60_000);

const inputsOf = (type: string, name: string, of = recording) =>
  unwrapped<Record<string, unknown>>(of.one(`azure-native:${type}`, name).inputs);
const workspace = "acme-lake-sql";
const keyUri = expect.stringMatching(/^https:\/\/[^/]+\/keys\/acme-operations$/);

describe("the workspace", () => {
  test("has no password, no other tenant, no way out, and a key of ours", () => {
    expect(inputsOf("synapse:Workspace", workspace)).toEqual({
      resourceGroupName: autoName("acme-group"),
      location: "westeurope",
      identity: { type: "SystemAssigned" },
      azureADOnlyAuthentication: true,
      cspWorkspaceAdminProperties: { initialWorkspaceAdminObjectId: administrator },
      defaultDataLakeStorage: {
        accountUrl: `https://${autoName("acmesql")}.dfs.core.windows.net`,
        filesystem: "workspace",
        resourceId: expect.stringMatching(new RegExp(`/${autoName("acmesql")}$`)),
        createManagedPrivateEndpoint: false,
      },
      encryption: { cmk: { key: { name: "fieldlake", keyVaultUrl: keyUri } } },
      managedVirtualNetwork: "default",
      managedVirtualNetworkSettings: {
        preventDataExfiltration: true,
        linkedAccessCheckOnTargetResource: true,
        allowedAadTenantIdsForLinking: [],
      },
      publicNetworkAccess: "Enabled",
      trustedServiceBypassEnabled: false,
    });
  });

  test("has no -ondemand in its name, which Azure keeps for itself, whatever the environment is called", async () => {
    const { recording: named } = await recordAzure({ ...native, environment: "plant-ondemand" });
    const [made] = named.registrations.filter(({ type }) => type === "azure-native:synapse:Workspace");
    expect(made?.name).toBe("plant-on-demand-lake-sql");
  });

  test("is activated under the key after its identity may use it; the key goes with it", () => {
    expect(inputsOf("synapse:Key", "acme-lake-sql-key")).toEqual({
      resourceGroupName: autoName("acme-group"),
      workspaceName: autoName(workspace),
      keyName: "fieldlake",
      keyVaultUrl: keyUri,
      isActiveCMK: true,
    });
  });

  test("has no pool of its own, and lets the named address in", () => {
    expect(inputsOf("synapse:IpFirewallRule", "acme-lake-sql-address-1")).toMatchObject({
      startIpAddress: "203.0.113.7",
      endIpAddress: "203.0.113.7",
    });
    const types = recording.registrations
      .map(({ type }) => type)
      .filter((type) => type.includes(":synapse:"));
    expect([...new Set(types)].sort()).toEqual([
      "azure-native:synapse:IpFirewallRule",
      "azure-native:synapse:Key",
      "azure-native:synapse:Workspace",
    ]);
  });

  test("in a private network is reached by an endpoint only, of the serverless pool", () => {
    expect(inputsOf("synapse:Workspace", workspace, closed)).toMatchObject({
      publicNetworkAccess: "Disabled",
    });
    const [endpoint] = closed.registrations.filter(({ name }) => name === "acme-lake-sql-workspace-endpoint");
    expect(
      unwrapped<Record<string, unknown>>(endpoint?.inputs ?? {})["privateLinkServiceConnections"],
    ).toEqual([
      {
        name: "fieldlake",
        privateLinkServiceId: expect.stringContaining(autoName(workspace)),
        groupIds: ["SqlOnDemand"],
      },
    ]);
    expect(inputsOf("privatedns:PrivateZone", "acme-dns-sqlondemand", closed)).toMatchObject({
      privateZoneName: "privatelink.sql.azuresynapse.net",
    });
  });
});

describe("what comes with it", () => {
  test("queryEndpoint is its host, sql the script for its administrator", async () => {
    expect(await settled(parts.lake.queryEndpoint)).toBe(
      `${autoName(workspace)}-ondemand.sql.azuresynapse.net`,
    );
    const script = await settled(parts.knowledge.sql);
    expect(script).toContain("@limit_tb = 3;");
    expect(script).toContain(
      `LOCATION = N'https://${autoName("acmecurated")}.blob.core.windows.net/curated'`,
    );
    expect(parts.lake.encryption.map(({ name }) => name)).toContain("SQL workspace");
  });

  test("the decoder writes what the pool reads; without it, zstd", async () => {
    const codecOf = ({ registrations }: Recording): unknown => {
      const code = registrations.find(
        ({ type, name }) => type === "fieldlake:azure:FunctionCode" && name.includes("decoder"),
      );
      const { files } = unwrapped<{ files: Record<string, { text?: string }> }>(code?.inputs ?? {});
      return (JSON.parse(files["decoder.json"]?.text ?? "{}") as { codec?: string }).codec;
    };
    expect(codecOf(recording)).toBe("SNAPPY");
    expect(codecOf((await recordAzure(frugal)).recording)).toBeUndefined();
  });
});

const region = { "azure-native:location": location };
test.each([
  [{ administrator: "ops@acme.example" }, /serverlessSql\.administrator.*object id, a GUID/],
  [{ administrator, addresses: ["0.0.0.0"] }, /serverlessSql\.addresses\[0\].*0\.0\.0\.0 is all of Azure/],
  [{ administrator, addresses: ["acme.example"] }, /serverlessSql\.addresses\[0\].*IPv4 addresses/],
  [{ administrator, dailyTerabytes: 0 }, /serverlessSql\.dailyTerabytes/],
])("%j is refused", (serverlessSql, message) => {
  expect(() => readConfig({ ...frugal, azure: { serverlessSql } }, region)).toThrow(message);
});

test("addresses in a private network and a query function beside it are refused together", () => {
  const read = (): unknown =>
    readConfig(
      {
        ...frugal,
        azure: {
          network: "private",
          query: callers,
          serverlessSql: { administrator, addresses: ["203.0.113.7"] },
        },
      },
      region,
    );
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(
    /serverlessSql\.addresses: received 1; allowed with fieldlake:azure\.network private: none/,
  );
  expect(read).toThrow(
    /azure\.query\.kind: received "application"; allowed with fieldlake:azure\.serverlessSql: none/,
  );
});
