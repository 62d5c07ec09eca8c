/** SQL over HTTPS on Azure: who is let in, as whom the function reads, what its package holds. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { unwrapped } from "../../../provider/values.ts";
import { autoName, azureComputed, tenant } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { asked, callers, frugal, recordAzure } from "./environment.ts";

let recording: Recording;
beforeAll(async () => {
  ({ recording } = await recordAzure(asked));
}, 60_000);

const app = autoName("acme-knowledge-query");
const identity = autoName("acme-lake-query-identity");
const inputsOf = (type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(type, name).inputs);

function settingsOf(recording: Recording): Map<string, string> {
  const { siteConfig } = unwrapped<{ siteConfig: { appSettings: { name: string; value: string }[] } }>(
    recording.one("azure-native:web:WebApp", "acme-knowledge-query").inputs,
  );
  return new Map(siteConfig.appSettings.map(({ name, value }) => [name, value]));
}

describe("the query function for named callers", () => {
  test("lets in nobody but the named callers, with tokens for the one application", () => {
    expect(inputsOf("azure-native:web:WebAppAuthSettingsV2", "acme-knowledge-query-callers")).toEqual({
      resourceGroupName: autoName("acme-group"),
      name: app,
      platform: { enabled: true },
      httpSettings: { requireHttps: true },
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: {
            clientId: callers.application,
            openIdIssuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
          },
          validation: {
            allowedAudiences: [callers.application, `api://${callers.application}`],
            defaultAuthorizationPolicy: { allowedPrincipals: { identities: callers.allowed } },
          },
        },
      },
    });
  });

  test("reads as the identity that may read the two zones, and depends on these rights", () => {
    const { identity: its } = inputsOf("azure-native:web:WebApp", "acme-knowledge-query") as {
      identity: { userAssignedIdentities: string[] };
    };
    expect(its.userAssignedIdentities).toEqual([expect.stringMatching(new RegExp(`/${identity}$`))]);
    const settings = settingsOf(recording);
    expect(settings.get("CURATED_CONTAINER")).toMatch(/^https:\/\/acmecurated.*\/curated$/);
    expect(settings.get("QUARANTINE_CONTAINER")).toMatch(/^https:\/\/acmequarantine.*\/quarantine$/);
    expect([...settings.keys()].filter((name) => /RAW|EVENTS|LANDED/.test(name))).toEqual([]);
  });

  test("is told to answer by its own rights, behind App Service", () => {
    expect(settingsOf(recording).get("CALLERS")).toBe("application");
  });
});

describe("the query function as it comes", () => {
  let plain: Awaited<ReturnType<typeof recordAzure>>;
  beforeAll(async () => {
    plain = await recordAzure(frugal);
  }, 60_000);

  test("answers by its callers' roles, and is nobody who may read the lake", () => {
    expect(settingsOf(plain.recording).get("CALLERS")).toBe("roles");
    const { identity: its } = unwrapped<{ identity: { userAssignedIdentities: string[] } }>(
      plain.recording.one("azure-native:web:WebApp", "acme-knowledge-query").inputs,
    );
    const own = autoName("acme-knowledge-query-identity");
    expect(its.userAssignedIdentities).toEqual([expect.stringMatching(new RegExp(`/${own}$`))]);
    const principal = azureComputed(
      "azure-native:managedidentity:UserAssignedIdentity",
      "acme-knowledge-query-identity",
      {},
    ).state["principalId"];
    const rights = plain.recording.registrations.filter(
      ({ type, inputs }) =>
        type === "azure-native:authorization:RoleAssignment" && inputs["principalId"] === principal,
    );
    expect(rights.map(({ name }) => name).sort()).toEqual([
      "acme-knowledge-query-host",
      "acme-knowledge-query-traces",
    ]);
    expect(plain.recording.inventory().filter((line) => /AuthSettings/.test(line))).toEqual([]);
  });

  test("is said where SQL is answered; without it, how DuckDB's own client asks", async () => {
    expect(await settled(plain.parts.knowledge.sql)).toBe(`https://${app}.azurewebsites.net/api/query`);
    expect(plain.parts.knowledge.encryption.map(({ name }) => name)).toContain("query function");
    const without = await recordAzure({ ...frugal, azure: { query: { kind: "none" } } });
    expect(await settled(without.parts.knowledge.sql)).toMatch(/^duckdb -c/);
    expect(without.recording.inventory().filter((line) => line.includes("knowledge-query"))).toEqual([]);
  });
});
