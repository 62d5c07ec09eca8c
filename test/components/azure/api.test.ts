/** The HTTP API on Azure: what it may read and write, what its package holds, where tokens are kept. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { unwrapped } from "../../../provider/values.ts";
import { autoName, uuid } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { everything, frugal, inCloud, recordAzure, type Parts } from "./environment.ts";

interface Recorded {
  readonly recording: Recording;
  readonly parts: Parts;
}
let [plain, full, withRegistry]: Recorded[] = [];
beforeAll(async () => {
  [plain, full, withRegistry] = [
    await recordAzure(frugal),
    await recordAzure(everything),
    await recordAzure(inCloud),
  ];
}, 120_000);

const app = autoName("acme-knowledge-api");
const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`azure-native:${type}`, name).inputs);

/** Name, role and scope of each right that the app has; all are of its identity. */
function rightsOf({ recording }: Recorded): string[] {
  const of = new Set(
    recording.registrations
      .filter(({ type, name }) => /RoleAssignment$/.test(type) && name.startsWith("acme-knowledge-api-"))
      .map(({ inputs }) => unwrapped<Record<string, string>>(inputs)["principalId"]),
  );
  expect(of.size).toBe(1);
  return recording.registrations
    .filter(({ type, name }) => /RoleAssignment$/.test(type) && name.startsWith("acme-knowledge-api-"))
    .map(({ name, inputs }) => {
      const { roleDefinitionId, scope } = unwrapped<Record<string, string>>(inputs);
      const end = String(roleDefinitionId).split("/").at(-1);
      return [name, end, String(scope).split("/").slice(-4).join("/")].join(" ");
    })
    .sort();
}

const settingsOf = (of: Recorded): Record<string, string> => {
  const { siteConfig } = inputsOf(of, "web:WebApp", "acme-knowledge-api") as {
    siteConfig: { appSettings: { name: string; value: string }[] };
  };
  return Object.fromEntries(siteConfig.appSettings.map(({ name, value }) => [name, value]));
};

describe("the HTTP API of Azure", () => {
  test("reads rows, quarantine and hashes of tokens, sees names of files, and writes nothing but new ones", () => {
    const reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    const items = "00000000-0000-0000-0000-000000000001";
    const account = autoName("acme-knowledge-latest");
    expect(rightsOf(plain as Recorded)).toEqual([
      `acme-knowledge-api-curated ${reader} blobServices/default/containers/curated`,
      expect.stringMatching(/^acme-knowledge-api-host \S+ .*storageAccounts\/acmeapi/),
      `acme-knowledge-api-quarantine ${reader} blobServices/default/containers/quarantine`,
      `acme-knowledge-api-sees ${reader} blobServices/default/containers/raw`,
      `acme-knowledge-api-takes ${uuid("acme-lake-blob-adder")} blobServices/default/containers/raw`,
      `acme-knowledge-api-tokens ${items} databaseAccounts/${account}/dbs/access`,
      expect.stringMatching(/^acme-knowledge-api-traces /),
    ]);
  });

  test("where rules are, it writes alarms, and no token; where the registry is in the cloud, it reads that", () => {
    const items = (of: Recorded) => rightsOf(of).filter((line) => /dbs\//.test(line));
    expect(items(full as Recorded)).toContainEqual(
      expect.stringMatching(
        /^acme-knowledge-api-alarms 00000000-0000-0000-0000-000000000002 dbs\/fieldlake\/colls\/alarms$/,
      ),
    );
    expect(settingsOf(full as Recorded)["ALARM_RULES"]).toBe("rules");
    expect(settingsOf(plain as Recorded)["ALARM_RULES"]).toBeUndefined();
    expect(JSON.parse(String(settingsOf(plain as Recorded)["REPORTS"]))).toMatchObject({ days: 7 });
    expect(items(withRegistry as Recorded)).toContainEqual(
      expect.stringMatching(/^acme-knowledge-api-fleet 00000000-0000-0000-0000-000000000001 /),
    );
    expect(settingsOf(withRegistry as Recorded)["FLEET_ENDPOINT"]).toMatch(/^https:/);
  });

  test("what may write the latest state may give out no token: they are in a database of their own", () => {
    const { recording } = plain as Recorded;
    const writers = recording.registrations
      .filter(({ type }) => type === "azure-native:cosmosdb:SqlResourceSqlRoleAssignment")
      .map(({ inputs }) => unwrapped<Record<string, string>>(inputs))
      .filter(({ roleDefinitionId }) => String(roleDefinitionId).endsWith("002"));
    expect(writers.length).toBeGreaterThan(0);
    for (const { scope } of writers) expect(scope).toMatch(/\/dbs\/fieldlake(\/|$)/);
    expect(
      inputsOf(plain as Recorded, "cosmosdb:SqlResourceSqlContainer", "acme-knowledge-access-tokens"),
    ).toMatchObject({
      containerName: "tokens",
      databaseName: "access",
      resource: { partitionKey: { paths: ["/p"] }, defaultTtl: -1 },
    });
  });

  test("its package holds profiles and pinned devices; TLS 1.2, HTTPS only, no public address in a private network", () => {
    const code = inputsOf(plain as Recorded, "web:WebApp", "acme-knowledge-api");
    expect(code).toMatchObject({ httpsOnly: true, siteConfig: { minTlsVersion: "1.2" } });
    expect(inputsOf(full as Recorded, "web:WebApp", "acme-knowledge-api")).toMatchObject({
      publicNetworkAccess: "Disabled",
    });
    const { recording } = plain as Recorded;
    const { files } = unwrapped<{ files: Record<string, { text?: string }> }>(
      recording.one("fieldlake:azure:FunctionCode", "acme-knowledge-api-code").inputs,
    );
    expect(JSON.parse(String(files["asking.json"]?.text))).toEqual({
      profiles: [],
      bindings: [],
      pinned: ["wrist-01", "wrist-02"],
      models: [],
      resources: expect.arrayContaining([
        expect.objectContaining({ component: "EncryptedLake" }),
        expect.objectContaining({ component: "KnowledgeBase", name: "latest state" }),
      ]),
    });
    expect(JSON.parse(String(files["host.json"]?.text))).toMatchObject({
      extensions: { http: { routePrefix: "api" } },
    });
  });

  test("is said where programs ask and where their tokens are kept; `none` makes neither", async () => {
    const { knowledge } = (plain as Recorded).parts;
    expect(await settled(knowledge.api)).toBe(`https://${app}.azurewebsites.net/`);
    expect(await settled(knowledge.apiTokens)).toMatchObject({ kind: "azure-cosmos", database: "access" });
    expect(knowledge.encryption.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["HTTP API", "API tokens"]),
    );
    const without = await recordAzure({ ...frugal, azure: { api: "none" } });
    expect(await settled(without.parts.knowledge.api)).toBeNull();
    expect(await settled(without.parts.knowledge.apiTokens)).toEqual({ kind: "none" });
    expect(without.recording.inventory().filter((line) => /knowledge-(api|access)/.test(line))).toEqual([]);
  });
});
