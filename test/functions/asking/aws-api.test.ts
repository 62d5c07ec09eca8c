/** The API of AWS as it is packaged, over moto's S3 and DynamoDB, asked by the typed client as it is published. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fieldlake } from "../../../clients/typescript/client.ts";
import { awsAccess, type AwsAccess } from "../../../functions/adapters/aws-client.ts";
import { documentTable } from "../../../functions/adapters/dynamodb-documents.ts";
import { s3Objects } from "../../../functions/adapters/s3.ts";
import { alarmRule } from "../../../functions/core/alarm-rule.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { tokenBook } from "../../../functions/asking/token-book.ts";
import type * as handlers from "../../../functions/handlers/aws-api.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { scopeNames, type Scope } from "../../../site/access/scopes.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";
import { askedAlike, beganBefore, hostileStatements } from "../../support/asking-conformance.ts";
import { alarmsAsTable, askedAlarms } from "../../support/asked-alarms.ts";
import { takesFiles } from "../../support/asked-files.ts";
import { toldOfItself } from "../../support/asked-overview.ts";
import { writeAskedRows } from "../../support/asked-rows.ts";
import { answersFromTheRest, writeDamagedLake } from "../../support/damaged-lake.ts";
import { packagedFunction, type PackagedFunction } from "../../support/packaged-function.ts";
import { createTable } from "../dynamodb-table.ts";
import { startGateway, type Gateway } from "./gateway.ts";

const began = Date.now() - beganBefore;
const folder = mkdtempSync(join(tmpdir(), "fieldlake-api-"));
let moto: Moto | null = null;
let packaged: PackagedFunction<typeof handlers>;
let access: AwsAccess;
let env: Record<string, string>;
let gateway: Gateway;
let made = 0;

const settings = async () => ({
  profiles: await readProfiles(["machine-json"]),
  pinned: ["press-01"],
  bindings: [{ devices: "press-*", profile: "machine-json" }],
  models: [],
  resources: [],
});
const book = () => new CloudBook({ documents: documentTable(access, "alarms"), now: Date.now });

beforeAll(async () => {
  packaged = await packagedFunction("aws-api");
  moto = await startMoto();
  if (moto === null) return;
  env = {
    ...{ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint, TENANT: "acme" },
    ...{
      RAW_BUCKET: "raw",
      CURATED_BUCKET: "curated",
      QUARANTINE_BUCKET: "quarantine",
      RESULTS_BUCKET: "results",
    },
    ...{ TOKEN_TABLE: "tokens", ALARM_TABLE: "alarms" },
    REPORTS: JSON.stringify({ schedule: { every: "day", hourUtc: 0 }, days: 7, keep: 3 }),
  };
  access = awsAccess(env);
  const body =
    "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
  for (const bucket of ["raw", "curated", "quarantine", "results", "damaged"])
    await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
  for (const table of ["alarms", "tokens"]) await createTable(access, table);
  gateway = await startGateway(packaged.module.handlerOf(env, await settings(), join(folder, "lake")));
}, 120_000);
afterAll(async () => {
  if (moto !== null) await gateway.close();
  moto?.stop();
  await packaged.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Where moto can't be had, its start has said so. */
const provided = (work: () => Promise<void>) => async (): Promise<void> =>
  moto === null ? undefined : work();

async function tokenOf({
  scopes = scopeNames,
  devices,
}: {
  scopes?: readonly Scope[];
  devices?: readonly string[];
}) {
  const request = { scopes: [...scopes], devices: devices === undefined ? null : [...devices], days: 1 };
  const tokens = tokenBook(documentTable(access, "tokens"));
  return tokens.create({ ...request, name: `token ${made++}` }, Date.now());
}
const client = async (token: Parameters<typeof tokenOf>[0]): Promise<Fieldlake> =>
  new Fieldlake({ url: gateway.url, token: (await tokenOf(token)).token });

test(
  "a lake that holds nothing yet answers nothing",
  provided(async () => {
    const lake = await client({});
    expect(await lake.ask("latest", {})).toEqual({ matching: 0, rows: [] });
    expect((await lake.ask("fleet", {})).devices.map(({ deviceId }) => deviceId)).toEqual(["press-01"]);
    expect((await lake.query("SELECT count(*)::INT FROM readings")).rows).toEqual([[0]]);
  }),
  60_000,
);

describe("AWS answers as the site does", () => {
  beforeAll(
    provided(async () => {
      const zones = { curated: "curated", quarantine: "quarantine", began };
      await writeAskedRows(s3Objects(access), { ...zones, bytesAs: "hex" });
      await writeAskedRows(s3Objects(access), { ...zones, bytesAs: "hex", tenant: "other" });
      // An instance that has not looked yet: what was listed a moment ago is not listed again.
      await gateway.close();
      gateway = await startGateway(packaged.module.handlerOf(env, await settings(), join(folder, "lake")));
    }),
  );

  for (const [name, body] of Object.entries(askedAlike))
    test(
      name,
      provided(async () => body({ began, client })),
      60_000,
    );

  test(
    "and shows nobody more, whatever is asked",
    provided(async () => {
      const lake = await client({ scopes: ["query"], devices: ["press-02"] });
      for (const sql of hostileStatements)
        await expect(lake.query(sql)).rejects.toMatchObject({ status: 422, code: "query" });
    }),
    60_000,
  );

  test(
    "alarms are listed and acknowledged, as far as the token's devices go",
    provided(async () => {
      const rule = alarmRule.parse({ name: "hot", kind: "limit", metric: "temperature", above: 80 });
      await book().raise({
        ...{ rule, subject: { device: "press-01", sub: null, metric: "temperature" } },
        ...{ raisedAt: began * 1_000, value: 99, detail: "99 is above 80", evidence: null },
      });
      const [alarm] = (await (await client({ scopes: ["alarms"] })).ask("alarms", {})).alarms;
      const acknowledge = { id: String(alarm?.id), by: "night shift" };
      const other = await client({ scopes: ["alarms"], devices: ["press-02"] });
      expect(await other.ask("alarms", {})).toMatchObject({ matching: 0, open: 0, alarms: [] });
      await expect(other.ask("acknowledge", acknowledge)).rejects.toMatchObject({ code: "no-alarm" });
      const lake = await client({ devices: ["press-01"] });
      expect((await lake.ask("acknowledge", acknowledge)).acknowledged?.by).toBe("night shift");
    }),
  );
});

test(
  "what lies in the lake is counted by its listing",
  provided(async () => toldOfItself({ began, client }, "aws")),
);

test(
  "files of devices are taken, whole and once",
  provided(async () => {
    const { token } = await tokenOf({ scopes: ["uploads"], devices: ["press-*"] });
    await takesFiles({
      send: (path, init = {}) =>
        fetch(`${gateway.url}api/uploads/${path}`, {
          ...init,
          headers: { ...init.headers, authorization: `Bearer ${token}` },
        }),
      read: (key) => s3Objects(access).read("raw", key),
    });
  }),
);

test(
  "alarms are a table",
  provided(async () => {
    for (const raised of askedAlarms(began)) await book().raise(raised);
    await alarmsAsTable({ began, client });
  }),
  60_000,
);

test(
  "damaged files are left out and named, and told to the log",
  provided(async () => {
    const damaged = await writeDamagedLake(s3Objects(access), "damaged", began);
    const other = { ...env, CURATED_BUCKET: "damaged", QUARANTINE_BUCKET: "results" };
    const own = await startGateway(
      packaged.module.handlerOf(other, await settings(), join(folder, "damaged")),
    );
    const { token } = await tokenOf({});
    const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
    await answersFromTheRest(new Fieldlake({ url: own.url, token }), damaged);
    expect(log).toHaveBeenCalledTimes(damaged.length);
    log.mockRestore();
    await own.close();
  }),
  60_000,
);

test(
  "reports that are kept are listed, and come as files to who may see all of the environment",
  provided(async () => {
    const now = Date.now();
    const due = new Date(now - (now % 86_400_000)).toISOString().slice(0, 13);
    for (const form of ["html", "pdf"])
      await s3Objects(access).create(
        "curated",
        `_reports/${due}Z/report.${form}`,
        new Uint8Array([37, 80, 68, 70]),
      );
    const lake = await client({ scopes: ["reports"] });
    const { reports, schedule, failure } = await lake.ask("reports", {});
    expect([schedule, failure]).toEqual(["every day at 00:00 UTC", null]);
    expect(reports).toEqual([
      expect.objectContaining({ id: `${due}Z`, dueAt: Date.parse(`${due}:00Z`), pdf: 4 }),
    ]);
    expect(await new Response(await lake.report(`${due}Z`)).text()).toBe("%PDF");
    await expect(lake.report("2026-01-01T00Z")).rejects.toMatchObject({ status: 404, code: "no-report" });
    await expect(lake.report("../tokens")).rejects.toMatchObject({ status: 400, code: "parameter" });
    const some = await client({ devices: ["press-01"] });
    await expect(some.ask("reports", {})).rejects.toMatchObject({ status: 403, code: "devices" });
    await expect(lake.ask("makeReport", {})).rejects.toMatchObject({ status: 501, code: "not-here" });
  }),
);

describe("what an HTTP API asks for beyond", () => {
  test(
    "an answer larger than Lambda takes comes by a link, and the client follows it without its token",
    provided(async () => {
      const lake = await client({ scopes: ["query"], devices: ["press-01"] });
      let sum = 0;
      for await (const { x } of lake.rows("SELECT x, repeat('y', 100) AS y FROM range(100000) t(x)"))
        sum += Number(x);
      expect(sum).toBe(4_999_950_000);
      expect(Math.max(...gateway.sizes)).toBeLessThan(6_000_000);
      const { token } = await tokenOf({ scopes: ["query"] });
      const answer = await fetch(`${gateway.url}api/export`, {
        ...{ method: "POST", redirect: "manual", headers: { authorization: `Bearer ${token}` } },
        body: JSON.stringify({ sql: "SELECT repeat('y', 5000000) AS y", format: "csv" }),
      });
      expect([answer.status, answer.headers.get("fieldlake-rows")]).toEqual([303, "1"]);
      const link = new URL(String(answer.headers.get("location")));
      expect(link.searchParams.get("X-Amz-Expires")).toBe("300");
      expect(link.pathname).toMatch(/^\/results\/api\/[0-9a-f]{64}$/);
      expect(link.searchParams.get("response-content-disposition")).toBe('attachment; filename="answer.csv"');
      expect((await (await fetch(link)).text()).length).toBe(5_000_003);
    }),
    60_000,
  );

  test(
    "tokens that are none, or none any more, open nothing; the document tells of what is answered",
    provided(async () => {
      const codeOf = async (token: string) => {
        const headers = { authorization: `Bearer ${token}` };
        return ((await (await fetch(`${gateway.url}api/latest`, { headers })).json()) as { code: string })
          .code;
      };
      const { id, token } = await tokenOf({});
      expect(await codeOf(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`)).toBe("wrong");
      await tokenBook(documentTable(access, "tokens")).revoke(id);
      expect(await codeOf(token)).toBe("wrong");
      const lake = await tokenOf({});
      const get = (path: string) =>
        fetch(`${gateway.url}api/${path}`, { headers: { authorization: `Bearer ${lake.token}` } });
      const document = (await (await get("openapi.json")).json()) as {
        info: { title: string };
        paths: object;
      };
      expect(document.info.title).toBe("Fieldlake: acme");
      expect(Object.keys(document.paths)).toContain("/alarms/acknowledge");
      expect(Object.keys(document.paths)).not.toContain("/replay");
      const refused = await get("replay");
      expect([refused.status, await refused.json()]).toEqual([
        501,
        expect.objectContaining({
          code: "not-here",
          detail: expect.stringContaining("npx fieldlake replay"),
        }),
      ]);
    }),
  );
});
