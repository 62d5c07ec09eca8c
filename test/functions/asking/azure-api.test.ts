/** The API's function as it is packaged, its compiled engine beside it, against Azurite: what every target answers, and refuses. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { Fieldlake } from "../../../clients/typescript/client.ts";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { blobObjects } from "../../../functions/adapters/blob.ts";
import { documentContainer } from "../../../functions/adapters/cosmos-documents.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { alarmContainer, latestDatabase } from "../../../functions/azure-agreements.ts";
import { tokenBook, type TokenBook } from "../../../functions/asking/token-book.ts";
import type { Asked, handlerOf } from "../../../functions/handlers/azure-api.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { scopeNames } from "../../../site/access/scopes.ts";
import { askedAlike, beganBefore, hostileStatements } from "../../support/asking-conformance.ts";
import { alarmsAsTable, askedAlarms } from "../../support/asked-alarms.ts";
import { takesFiles } from "../../support/asked-files.ts";
import { toldOfItself } from "../../support/asked-overview.ts";
import { writeAskedRows } from "../../support/asked-rows.ts";
import { azuriteToken, startAzurite, type Azurite } from "../../support/azurite.ts";
import { answersFromTheRest, writeDamagedLake } from "../../support/damaged-lake.ts";
import { startFlakyProxy, type FlakyProxy } from "../../support/flaky-proxy.ts";
import { packagedFunction, type PackagedFunction } from "../../support/packaged-function.ts";
import { startFakeAzure, type FakeAzure } from "../azure-server.ts";

type Handler = ReturnType<typeof handlerOf>;

const began = Date.now() - beganBefore;
let [azurite, azure, proxy]: [Azurite | null, FakeAzure | null, FlakyProxy | null] = [null, null, null];
let packaged: PackagedFunction<{ handlerOf: typeof handlerOf }> | undefined;
let [folder, made]: [string, number] = ["", 0];
let tokens: TokenBook;
let book: CloudBook;
let handle: Handler;
let handleDamaged: Handler;
let damaged: readonly string[] = [];

beforeAll(async () => {
  azurite = await startAzurite(["raw", "curated", "quarantine", "damaged", "empty"]);
  if (azurite === null) return;
  const storage = azuriteToken(3_600);
  azure = await startFakeAzure((resource) =>
    resource === "https://storage.azure.com" ? storage : `token for ${resource}`,
  );
  proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  const at = (container: string): string => `${proxy?.url}/devstoreaccount1/${container}`;
  const [curated, quarantine] = [at("curated"), at("quarantine")];
  const fetch = azureFetch(azure.env);
  await writeAskedRows(blobObjects(fetch), { curated, quarantine, began, bytesAs: "hex" });
  const { origin: endpoint } = azure;
  const documents = (database: string, container: string) =>
    documentContainer(fetch, { endpoint, database, container });
  tokens = tokenBook(documents("access", "tokens"));
  book = new CloudBook({ documents: documents(latestDatabase, alarmContainer.name), now: Date.now });
  folder = await mkdtemp(join(tmpdir(), "azure-api-lake-"));
  const profiles = await readProfiles(["machine-json"]);
  packaged = await packagedFunction("azure-api");
  const env = {
    ...{ ...azure.env, TENANT: "acme" },
    RAW_CONTAINER: at("raw"),
    ...{ CURATED_CONTAINER: curated, QUARANTINE_CONTAINER: quarantine },
    ...{ COSMOS_ENDPOINT: azure.origin, ALARM_RULES: "rules" },
  };
  const asking = {
    profiles,
    pinned: ["press-01"],
    bindings: [{ devices: "press-*", profile: "machine-json" }],
    models: [],
    resources: [],
  };
  handle = packaged.module.handlerOf(env, asking, join(folder, "lake"));
  damaged = await writeDamagedLake(blobObjects(fetch), at("damaged"), began);
  const other = { ...env, CURATED_CONTAINER: at("damaged"), QUARANTINE_CONTAINER: at("empty") };
  handleDamaged = packaged.module.handlerOf(other, asking, join(folder, "damaged"));
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await azure?.close();
  await azurite?.stop();
  await packaged?.remove();
  await rm(folder, { recursive: true, force: true });
});

/** As App Service hands a request on. */
const sendTo = async (to: Handler, ...of: ConstructorParameters<typeof Request>): Promise<Response> => {
  const request = new Request(...of);
  const bytes = await request.arrayBuffer();
  const headers = new Headers(request.headers);
  headers.set("x-forwarded-for", "198.51.100.4, 203.0.113.7:55123");
  if (request.method === "POST") headers.set("content-length", String(bytes.byteLength));
  const { method, url } = request;
  const {
    status,
    headers: given,
    body,
  } = await to({
    ...{ method, url, headers: headers as unknown as Asked["headers"], body: async () => bytes },
  });
  return new Response(body as ReadableStream, {
    status: status ?? 200,
    headers: given as Record<string, string>,
  });
};
const send = (...of: ConstructorParameters<typeof Request>): Promise<Response> => sendTo(handle, ...of);
const client: Parameters<(typeof askedAlike)[string]>[0]["client"] = async ({
  scopes = scopeNames,
  devices = null,
}) => {
  const request = { name: `token ${made++}`, scopes: [...scopes], devices: devices && [...devices], days: 1 };
  const { token } = await tokens.create(request, Date.now());
  return new Fieldlake({ url: "https://api.test/", token, retries: 0, fetch: send as typeof fetch });
};
/** Where Azurite can't be had, its start has said so. */
const withAzurite = (body: () => Promise<unknown>) => async (): Promise<void> => {
  if (azurite !== null) await body();
};

describe("the API's function of Azure answers as the site does", () => {
  test.each(Object.entries(askedAlike))("%s", async (_, body) =>
    withAzurite(() => body({ began, client }))(),
  );

  test(
    "whatever a statement tries, nothing of others is seen",
    withAzurite(async () => {
      const lakes = await Promise.all([0, 1].map(() => client({ devices: ["press-01"] })));
      // Two tokens: one may ask twenty times a second.
      for (const [index, sql] of hostileStatements.entries())
        await expect((lakes[index % 2] as Fieldlake).query(sql)).rejects.toMatchObject({
          status: 422,
          code: "query",
        });
    }),
  );

  test(
    "no token, a wrong, expired or ended one opens nothing; the document tells of what is served",
    withAzurite(async () => {
      const get = (path: string, token?: string) =>
        send(
          `https://api.test/api/${path}`,
          token === undefined ? {} : { headers: { Authorization: token } },
        );
      expect((await get("latest")).status).toBe(401);
      expect((await get("latest", `Bearer flk_${"0".repeat(12)}_${"A".repeat(43)}`)).status).toBe(401);
      const asked = { name: "short", scopes: ["values" as const], devices: null, days: 1 };
      const { token } = await tokens.create(asked, Date.now() - 2 * 86_400_000);
      expect(await (await get("latest", `Bearer ${token}`)).json()).toMatchObject({ code: "expired" });
      const { token: ended, id } = await tokens.create({ ...asked, name: "ended" }, Date.now());
      expect((await get("latest", `Bearer ${ended}`)).status).toBe(200);
      const document = (await (await get("openapi.json", `Bearer ${ended}`)).json()) as { paths: object };
      expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(["/latest", "/query", "/alarms"]));
      expect(Object.keys(document.paths)).not.toContain("/replay");
      await tokens.revoke(id);
      expect((await get("latest", `Bearer ${ended}`)).status).toBe(401);
    }),
  );

  test(
    "what lies in the lake is counted by its listing",
    withAzurite(() => toldOfItself({ began, client }, "azure")),
  );

  test(
    "files of devices are taken, whole and once",
    withAzurite(async () => {
      const request = { name: "files", scopes: ["uploads" as const], devices: ["press-*"], days: 1 };
      const { token } = await tokens.create(request, Date.now());
      await takesFiles({
        send: (path, init = {}) =>
          send(`https://api.test/api/uploads/${path}`, {
            ...init,
            headers: { ...init.headers, authorization: `Bearer ${token}` },
          }),
        read: (key) =>
          blobObjects(azureFetch(azure?.env ?? {})).read(`${proxy?.url}/devstoreaccount1/raw`, key),
      });
    }),
  );

  test(
    "alarms are a table",
    withAzurite(async () => {
      for (const raised of askedAlarms(began)) await book.raise(raised);
      await alarmsAsTable({ began, client });
    }),
  );

  test(
    "damaged files are left out and named, and told to the log",
    withAzurite(async () => {
      const request = { name: "damaged", scopes: [...scopeNames], devices: null, days: 1 };
      const { token } = await tokens.create(request, Date.now());
      const fetch = (...of: ConstructorParameters<typeof Request>) => sendTo(handleDamaged, ...of);
      const lake = { url: "https://api.test/", token, retries: 0, fetch: fetch as typeof globalThis.fetch };
      const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
      await answersFromTheRest(new Fieldlake(lake), damaged);
      expect(log).toHaveBeenCalledTimes(damaged.length);
      log.mockRestore();
    }),
  );

  test(
    "a body that says of itself that it is too long is not read",
    withAzurite(async () => {
      const { token } = await tokens.create(
        { name: "long", scopes: ["query"], devices: null, days: 1 },
        Date.now(),
      );
      const headers = new Headers({ authorization: `Bearer ${token}`, "content-length": "999999999" });
      const { status } = await handle({
        ...{ method: "POST", url: "https://api.test/api/query", headers: headers as never },
        body: () => Promise.reject(new Error("read")),
      });
      expect(status).toBe(413);
    }),
  );
});
