/** A report of a stack in a cloud, over HTTP servers that answer as its services do. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { AskAlarms } from "../../fleet/environment-report/alarms.ts";
import { cloudContent } from "../../fleet/environment-report/cloud.ts";
import { cloudFacts, missingOf, type CloudSource } from "../../fleet/environment-report/cloud-facts.ts";
import { reportHtml } from "../../fleet/environment-report/html.ts";
import type { CertificateRecord } from "../../fleet/registry/model.ts";
import { registryOf, reportedOutputs, sourceOf } from "../../fleet/commands/report/stack-source.ts";
import { issuerPem } from "../functions/cloud-report/support.ts";
import type { ListedAlarm } from "../../functions/alarms/alarm.ts";

const now = Date.UTC(2026, 10, 26, 9);
const silent = { deviceId: "<press-02>", lastSeen: (now - 90_000_000) * 1000 };
/** By zone and key: bytes. */
const stored: Record<string, Record<string, number>> = {
  curated: {
    "_manifest/readings/a.json": 1,
    "readings/dt=2026-11-18/hr=00/a.parquet": 9_000,
    "readings/dt=2026-11-25/hr=00/b.parquet": 1_500,
    "readings/dt=2026-11-25/hr=01/c.parquet": 500,
    "frames_imu/dt=2026-11-26/hr=00/d.parquet": 4_000_000,
  },
  quarantine: { "quarantine/dt=2026-11-26/hr=08/e.parquet": 700 },
};

/** One level or all of a zone, as both stores write it in XML. */
function listing(zone: string, { searchParams }: URL, [blob, name, size, folder]: readonly string[]): string {
  const prefix = searchParams.get("prefix") ?? "";
  const below = Object.entries(stored[zone] ?? {}).filter(([key]) => key.startsWith(prefix));
  const deep = searchParams.has("delimiter")
    ? below.filter(([key]) => key.slice(prefix.length).includes("/"))
    : [];
  const folders = new Set(deep.map(([key]) => key.slice(0, key.indexOf("/", prefix.length) + 1)));
  const blobs = below
    .filter((one) => !deep.includes(one))
    .map(([key, bytes]) => `<${blob}><${name}>${key}</${name}><${size}>${bytes}</${size}></${blob}>`);
  const inner = folder === "Prefix" ? "CommonPrefixes" : "BlobPrefix";
  return `<List>${blobs.join("")}${[...folders].map((one) => `<${inner}><${folder}>${one}</${folder}></${inner}>`).join("")}</List>`;
}

async function answer(request: IncomingMessage): Promise<string> {
  const url = new URL(request.url ?? "/", "http://cloud");
  const body = await text(request);
  if (request.headers["x-amz-target"] === "DynamoDB_20120810.Query") {
    const { ExpressionAttributeValues: values, TableName } = JSON.parse(body) as {
      ExpressionAttributeValues: Record<string, { N: string }>;
      TableName: string;
    };
    expect([TableName, values[":before"]?.N]).toEqual(["acme-latest", String((now - 86_400_000) * 1000)]);
    const item = { device_id: { S: silent.deviceId }, last_seen: { N: String(silent.lastSeen) } };
    return JSON.stringify({ Items: values[":shard"]?.N === "0" ? [item] : [] });
  }
  if (url.pathname.includes("/docs"))
    return JSON.stringify({
      Documents: request.headers["x-ms-documentdb-partitionkey"] === "[0]" ? [silent] : [],
    });
  const zone = url.pathname.split("/").at(-1) || url.pathname.split("/").at(-2);
  return url.searchParams.has("list-type")
    ? listing(String(zone), url, ["Contents", "Key", "Size", "Prefix"])
    : listing(String(zone), url, ["Blob", "Name", "Content-Length", "Name"]);
}

let server: Server;
let address: string;
const kept = { ...process.env };
beforeAll(async () => {
  server = createServer((request, response) => {
    answer(request).then(
      (said) => response.end(said),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void (process.env = { ...kept }));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const certificate = (deviceId: string, days: number, state: CertificateRecord["state"] = "active") =>
  ({ deviceId, serial: "0a", notAfter: new Date(now + days * 86_400_000), state }) as CertificateRecord;
const registry: CloudSource["registry"] = {
  async *devices() {
    for (let at = 0; at < 3; at++) yield {} as never;
  },
  async *certificates({ states, expiresBefore } = {}) {
    for (const one of [
      certificate("press-03", 20),
      certificate("press-01", 5),
      certificate("press-02", 5, "superseded"),
    ])
      if (states?.includes(one.state) === true && Number(one.notAfter) < Number(expiresBefore)) yield one;
  },
};
const alarm = {
  ...{ rule: "hot", severity: "critical", device: "press-01", sub: null, detail: "temperature is 91" },
  ...{ raisedAt: (now - 3_600_000) * 1000, clearedAt: null, acknowledged: null },
} as ListedAlarm;
const alarms: AskAlarms = async () => ({ matching: 1, alarms: [alarm] });

const issuer = await issuerPem();
const outputsOf = (outputs: object) =>
  reportedOutputs.parse({
    authority: {
      certificate: issuer,
      registry: { kind: "local", folder: join(tmpdir(), "of-another-machine"), keyFile: "/none" },
    },
    ...outputs,
  });
const aws = outputsOf({
  latestState: "arn:aws:dynamodb:eu-central-1:123456789012:table/acme-latest",
  ...{ curatedUri: "s3://curated", quarantineUri: "s3://quarantine" },
});
const azure = outputsOf({
  latestState: "https://acme.documents.azure.com:443/dbs/lake",
  curatedUri: "https://acme.blob.core.windows.net/curated",
  quarantineUri: "https://acme.blob.core.windows.net/quarantine",
});

test.each([
  ["aws", aws],
  ["azure", azure],
])("on %s tells alarms, silence, certificates and the files of the days", async (_, outputs) => {
  Object.assign(process.env, {
    ...{ AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret", AWS_ENDPOINT_URL: address },
    FIELDLAKE_AZURE_ENDPOINT: address,
  });
  const facts = await cloudFacts("acme-prod", { ...sourceOf(outputs), alarms, registry }, 7, now);
  const content = cloudContent(facts);
  const rows = Object.fromEntries(
    content.sections.map(({ title, tables }) => [title, tables.map((one) => one.rows)]),
  );
  expect(rows).toEqual({
    Alarms: [[["2026-11-26 08:00", "critical", "press-01", "hot: temperature is 91", ""]], []],
    Devices: [[[3]], [["<press-02>", "2026-11-25 08:00"]]],
    "Certificates that end within 30 days": [
      [
        ["press-01", "0a", "2026-12-01 09:00"],
        ["press-03", "0a", "2026-12-16 09:00"],
      ],
    ],
    "The certificate that signs devices": [[[expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/)]]],
    "Files by day of measurement": [
      [
        ["2026-11-25", "readings", 2, "2.0 kB"],
        ["2026-11-26", "frames_imu", 1, "4.0 MB"],
      ],
    ],
    "Quarantine by day of arrival": [[["2026-11-26", "quarantine", 1, "700 B"]]],
  });
  expect(reportHtml(content)).toContain("&lt;press-02&gt;");
});

test("without rules and without a registry says so, and makes no registry of its own", async () => {
  expect(await registryOf(aws.authority.registry, "/")).toBeNull();
  const nothing = { level: async () => ({ folders: [], blobs: [] }), all: async () => [] };
  const latest = { silentSince: async () => [] };
  const source = { alarms: null, registry: null, latest, files: nothing, issuer };
  const html = reportHtml(cloudContent(await cloudFacts("acme", { ...source, zones: [] }, 7, now)));
  for (const said of [
    "nobody looks after alarms",
    "no registry of the fleet is at hand",
    "nothing was measured",
  ])
    expect(html).toContain(said);
});

test("a service that refuses is named", async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" });
  const files = {
    level: () => Promise.reject(new Error("could not list curated: AccessDenied")),
    all: async () => [],
  };
  const source = { ...sourceOf(aws), latest: { silentSince: async () => [] }, alarms, registry, files };
  expect(missingOf(await cloudFacts("acme", source, 7, now))).toEqual([
    "files: could not list curated: AccessDenied",
  ]);
  delete process.env["AWS_ACCESS_KEY_ID"];
  expect(() => sourceOf(aws)).toThrow("the report: AWS_ACCESS_KEY_ID not set");
});
