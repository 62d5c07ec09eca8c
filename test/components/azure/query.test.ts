/** SQL over HTTPS on Azure: who is let in, as whom the function reads, what its package holds. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { unwrapped } from "../../../provider/values.ts";
import { autoName, tenant } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { asked, callers, frugal, recordAzure, type Parts } from "./environment.ts";

let recording: Recording;
let parts: Parts;
beforeAll(async () => {
  ({ recording, parts } = await recordAzure(asked));
}, 60_000);

const app = autoName("acme-knowledge-query");
const identity = autoName("acme-lake-query-identity");
const inputsOf = (type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(type, name).inputs);

describe("the query function", () => {
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
    const { identity: its, siteConfig } = inputsOf("azure-native:web:WebApp", "acme-knowledge-query") as {
      identity: { userAssignedIdentities: string[] };
      siteConfig: { appSettings: { name: string; value: string }[] };
    };
    expect(its.userAssignedIdentities).toEqual([expect.stringMatching(new RegExp(`/${identity}$`))]);
    const settings = new Map(siteConfig.appSettings.map(({ name, value }) => [name, value]));
    expect(settings.get("CURATED_CONTAINER")).toMatch(/^https:\/\/acmecurated.*\/curated$/);
    expect(settings.get("QUARANTINE_CONTAINER")).toMatch(/^https:\/\/acmequarantine.*\/quarantine$/);
    expect([...settings.keys()].filter((name) => /RAW|EVENTS|LANDED/.test(name))).toEqual([]);
  });

  test("is said where SQL is answered; without it, how DuckDB's own client asks", async () => {
    expect(await settled(parts.knowledge.sql)).toBe(`https://${app}.azurewebsites.net/api/query`);
    expect(parts.knowledge.encryption.map(({ name }) => name)).toContain("query function");
    const { parts: plain, recording: without } = await recordAzure(frugal);
    expect(await settled(plain.knowledge.sql)).toMatch(/^duckdb -c/);
    expect(without.inventory().filter((line) => line.includes("query-"))).toEqual(
      without.inventory().filter((line) => line.includes("acme-lake-query-")),
    );
  });
});
