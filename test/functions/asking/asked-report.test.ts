/** A report that somebody asks a cloud's API for: its function is invoked as Lambda is, and makes it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { invokeLater } from "../../../functions/adapters/lambda-invoke.ts";
import { keptReportsOf } from "../../../functions/asking/kept-reports.ts";
import { handlerOf } from "../../../functions/handlers/aws-report.ts";
import { memoryLake } from "../../support/memory-lake.ts";
import { issuerPem } from "../cloud-report/support.ts";
import { startCloudAsking } from "./cloud-asking.ts";

let at = Date.UTC(2026, 10, 26, 9, 17, 30);
const now = (): number => at;
const store = memoryLake(now);
const declaration = { schedule: { every: "day", hourUtc: 6 }, days: 7, keep: 2 } as const;
const path = "/2015-03-31/functions/acme-report/invocations";
let server: Server;
let access: ReturnType<typeof awsAccess>;
/** What the function does with what it was invoked with. */
let run: (event: unknown) => Promise<unknown> = () => Promise.resolve();
const running: Promise<unknown>[] = [];

/** Lambda as "Invoke" has it, for events: taken by 202, and run later. */
beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const isEvent = request.method === "POST" && request.headers["x-amz-invocation-type"] === "Event";
      if (request.url !== path || !isEvent) return response.writeHead(404).end("no such function");
      running.push(run(JSON.parse(body)));
      return response.writeHead(202).end();
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const env = {
    ...{ AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" },
    ...{ TENANT: "acme", CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine", LATEST_TABLE: "latest" },
    ...{ ISSUER_CERTIFICATE: await issuerPem(), REPORTS: JSON.stringify(declaration) },
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  access = awsAccess(env);
  const { objects, list, removal } = store;
  const source = {
    ...{ alarms: null, registry: null, latest: { silentSince: async () => [] }, files: list },
    ...{ issuer: env.ISSUER_CERTIFICATE, zones: [{ zone: "curated" as const, place: "curated" }] },
  };
  run = handlerOf(env, { objects, list, removal, source, now, complain: () => undefined });
});
afterAll(() => void server.close());

const reportsOf = (functionName = "acme-report") =>
  keptReportsOf({
    ...{ objects: store.objects, list: store.list, container: "curated", environment: "acme" },
    ...{ declaration, now, ask: invokeLater(access, functionName) },
  });

test("is made once however often it is asked for, is in the list when it is there, and comes as a file", async () => {
  const asking = await startCloudAsking(now, store, {}, { reports: reportsOf() });
  const lake = await asking.client({ scopes: ["reports"] });
  const [made, begun] = [run, Promise.withResolvers<void>()];
  run = (event) => begun.promise.then(() => made(event));
  expect((await lake.ask("makeReport", {})).making).toBe(true);
  expect((await lake.ask("makeReport", {})).making).toBe(true);
  expect(running).toHaveLength(1);
  begun.resolve();
  await Promise.all(running);
  run = made;
  const { reports, making, failure } = await lake.ask("reports", {});
  expect([making, failure]).toEqual([
    false,
    "the one of 2026-11-26T06Z is not there: the environment's log says why",
  ]);
  expect(reports).toEqual([expect.objectContaining({ id: "2026-11-26T0917Z", dueAt: null, days: 7 })]);
  const pdf = await new Response(await lake.report("2026-11-26T0917Z")).bytes();
  expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
  const some = await asking.client({ devices: ["press-01"] });
  await expect(some.ask("makeReport", {})).rejects.toMatchObject({ status: 403, code: "devices" });
  const document = await asking.send("https://asking.test/api/openapi.json", {
    headers: { authorization: `Bearer ${await asking.tokenOf()}` },
  });
  expect(
    Object.keys(((await document.json()) as { paths: { "/reports": object } }).paths["/reports"]),
  ).toEqual(["get", "post"]);
  asking.stop();
});

test("never pushes out what was due, nor is pushed out by it", async () => {
  const due = async (hours: number) => {
    at = Date.UTC(2026, 10, 26, 6) + hours * 3_600_000;
    await run({ source: "aws.scheduler" });
  };
  for (const hours of [24, 48, 72]) await due(hours);
  for (const minutes of [3, 2, 1]) await run({ askedAt: at - minutes * 60_000 });
  const { reports } = await reportsOf().list();
  expect(reports.map(({ id }) => id)).toEqual([
    "2026-11-29T06Z",
    "2026-11-29T0559Z",
    "2026-11-29T0558Z",
    "2026-11-28T06Z",
  ]);
});

test("that does not come is told after as long as its function may run; one that nobody takes is a fault of ours", async () => {
  const former = run;
  run = () => Promise.resolve();
  const reports = reportsOf();
  if (reports.make === null) throw new Error("nobody can be asked");
  expect((await reports.make()).making).toBe(true);
  at += 900_000;
  const { making, failure } = await reports.list();
  expect([making, failure]).toEqual([false, expect.stringContaining("2026-11-29T0600Z")]);
  run = former;
  await expect(reportsOf("other").make?.()).rejects.toThrow("the function other was not asked: 404");
  await expect(run({ askedAt: at + 86_400_000 })).rejects.toThrow("askedAt: received");
  await expect(run({ askedAt: "now" })).rejects.toThrow("askedAt: received now");
});
