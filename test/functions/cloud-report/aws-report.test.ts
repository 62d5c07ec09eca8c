/** The report function of AWS as it is packaged, over moto's S3 and DynamoDB. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { awsAccess, type AwsAccess } from "../../../functions/adapters/aws-client.ts";
import { documentTable } from "../../../functions/adapters/dynamodb-documents.ts";
import { dynamodbRegistry } from "../../../functions/adapters/dynamodb-registry.ts";
import { latestStateTable } from "../../../functions/adapters/dynamodb.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import { s3Objects } from "../../../functions/adapters/s3.ts";
import type * as handlers from "../../../functions/handlers/aws-report.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";
import { packagedFunction, type PackagedFunction } from "../../support/packaged-function.ts";
import { createLatestTable, createTable } from "../dynamodb-table.ts";
import { keptIn, newest, printKept, readKept } from "../../../fleet/commands/report/kept.ts";
import { fakeTerminal } from "../../fleet/support/terminal.ts";
import { pdfText } from "../../support/pdf-text.ts";
import { day, expectWhole, fill, issuerPem, opened } from "./support.ts";

let moto: Moto | null = null;
let access: AwsAccess;
let env: Record<string, string>;
let packaged: PackagedFunction<typeof handlers>;
/** 06:30 UTC of today: a report was due half an hour ago. */
const now = Math.floor(Date.now() / day) * day + 6.5 * 3_600_000;
const idOf = (at: number): string => `${new Date(at).toISOString().slice(0, 10)}T06Z`;

beforeAll(async () => {
  packaged = await packagedFunction("aws-report");
  moto = await startMoto();
  if (moto === null) return;
  env = {
    ...{ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint, TENANT: "acme" },
    ...{ CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine", LATEST_TABLE: "latest" },
    ...{ ALARM_TABLE: "alarms", FLEET_TABLE: "fleet", ISSUER_CERTIFICATE: await issuerPem() },
    REPORTS: JSON.stringify({ schedule: { every: "day", hourUtc: 6 }, days: 7, keep: 3 }),
  };
  access = awsAccess(env);
  const body =
    "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
  for (const bucket of ["curated", "quarantine"])
    await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
  for (const table of ["alarms", "fleet"]) await createTable(access, table);
  await createLatestTable(access, "latest");
}, 120_000);
afterAll(async () => {
  moto?.stop();
  await packaged.remove();
});

const run = (at: number, over: Record<string, string> = {}, complain = (_what: string): void => undefined) =>
  packaged.module.handlerOf({ ...env, ...over }, { now: () => at, complain })();
const stores = () => ({ objects: s3Objects(access), list: s3List(access) });

test("an environment without a device has a report, too; each is made once, and the oldest go", async () => {
  if (moto === null) return;
  for (const back of [4, 3, 2])
    expect(await run(now - back * day)).toEqual({
      ...{ report: idOf(now - back * day), isNew: true, missing: [], removed: 0 },
    });
  const empty = await opened(stores(), "curated", idOf(now - 2 * day));
  for (const said of ["none is open", "nothing was measured", "nothing was refused"]) {
    expect(empty.html).toContain(said);
    expect(empty.pdf).toContain(said);
  }

  await fill(
    {
      ...{ latest: latestStateTable(access, "latest", 10), documents: documentTable(access, "alarms") },
      ...{ registry: dynamodbRegistry(access, "fleet"), curated: "curated", quarantine: "quarantine" },
      objects: s3Objects(access),
    },
    now,
  );
  expect(await run(now)).toEqual({ report: idOf(now), isNew: true, missing: [], removed: 1 });
  const first = await opened(stores(), "curated", idOf(now));
  expectWhole(first, now);
  expect(await run(now + 60_000)).toEqual({ report: idOf(now), isNew: false, missing: [], removed: 0 });
  expect((await opened(stores(), "curated", idOf(now))).hash).toBe(first.hash);
  const keys = (await s3List(access).all("curated", "")).map(({ key }) => key.replace(/dt=.*/, ""));
  expect(keys.filter((key) => !key.startsWith("_reports/"))).toEqual([
    "_manifest/readings/",
    "frames_imu/",
    "readings/",
  ]);
  expect(keys.filter((key) => key.startsWith("_reports/"))).toHaveLength(6);
});

test("what can't be asked is named in both forms, and the rest is told", async () => {
  if (moto === null) return;
  const complaints: string[] = [];
  const broken = { FLEET_TABLE: "of-nobody", QUARANTINE_BUCKET: "of-nobody", ISSUER_CERTIFICATE: "no PEM" };
  const at = now + day;
  const { missing } = await run(at, broken, (what) => void complaints.push(what));
  expect(missing).toEqual([
    expect.stringMatching(/^the registry: .*of-nobody/),
    expect.stringMatching(/^the issuer: /),
    expect.stringMatching(/^files: could not list .*of-nobody.*NoSuchBucket/),
  ]);
  expect(complaints).toEqual(missing.map((one) => `the report ${idOf(at)} lacks ${one}`));
  const { html, pdf } = await opened(stores(), "curated", idOf(at));
  for (const form of [html, pdf]) {
    expect(form).toContain("This report is not whole");
    expect(form).toContain("not known, the registry");
    expect(form).toContain("hot: temperature is 91");
  }
});

test("the command lists what is kept and brings one, the newest by that name", async () => {
  if (moto === null) return;
  const former = { ...process.env };
  Object.assign(process.env, env);
  const source = keptIn({
    latestState: "arn:aws:dynamodb:eu-central-1:123456789012:table/latest",
    curatedUri: "s3://curated",
  });
  process.env = former;
  const { terminal, output } = fakeTerminal({ width: 80 });
  await printKept(source, terminal);
  const ids = [now + day, now, now - 2 * day].map(idOf);
  expect(output().match(/\d{4}-\d\d-\d\dT06Z/g)).toEqual(ids);
  const { html, pdf } = await readKept(source, newest, ["html"]);
  expect([Buffer.from(html!).toString().includes("not whole"), pdf]).toEqual([true, undefined]);
  expect(pdfText((await readKept(source, ids[1]!, ["pdf"])).pdf!)).not.toContain("not whole");
  await expect(readKept(source, "2026-01-01T06Z", ["pdf"])).rejects.toThrow(
    `--kept: received "2026-01-01T06Z"; allowed: newest, ${ids.join(", ")}`,
  );
  await expect(printKept({ ...source, place: "of-nobody" }, terminal)).rejects.toThrow("could not list");
});

test("without a variable it does not start, and a lake that takes nothing is no success", async () => {
  if (moto === null) return;
  await expect(async () => run(now, { LATEST_TABLE: "" })).rejects.toThrow("LATEST_TABLE is not set");
  await expect(run(now, { CURATED_BUCKET: "of-nobody" })).rejects.toThrow("of-nobody");
});
