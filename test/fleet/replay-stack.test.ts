/** Replay over the lakes of clouds, for real on moto's S3 and on Azurite. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { readConfig } from "../../config.ts";
import type { LakeStore } from "../../fleet/commands/lake-store.ts";
import { replayConfigured } from "../../fleet/commands/replay-stack.ts";
import { awsAccess } from "../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { blobList } from "../../functions/adapters/blob-list.ts";
import { blobKept } from "../../functions/adapters/blob-kept.ts";
import { blobFiles, blobObjects, blobRemoval } from "../../functions/adapters/blob.ts";
import { parquetSink, rawZone } from "../../functions/adapters/lake.ts";
import { s3Kept } from "../../functions/adapters/s3-kept.ts";
import { s3List } from "../../functions/adapters/s3-list.ts";
import { s3Files, s3Objects, s3Removal } from "../../functions/adapters/s3.ts";
import { uploadPorts } from "../../functions/adapters/upload-host.ts";
import { readingsBlock } from "../../functions/core/columns.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import type { Message } from "../../functions/core/model.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { dayFiles } from "../../functions/lake/day-files.ts";
import { nodePorts } from "../../functions/platform.ts";
import { takeUploaded } from "../../functions/uploaded-file.ts";
import { readProfiles } from "../../profiles/read.ts";
import { parquetRows } from "../functions/parquet-rows.ts";
import { replay, uploadLines } from "../site/replay/support.ts";
import { storeFolder } from "../site/store/support.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { fakeTerminal } from "./support/terminal.ts";
import { startMoto, type Moto } from "./support/tools.ts";

const bindings = [{ devices: "*", profile: "machine-json" }];
/** An hour's begin, two days ago, microseconds. */
const at = (Math.floor(Date.now() / 3_600_000) - 48) * 3_600_000_000;
const codec = "machine-json@1";

let moto: Moto | null = null;
let azurite: Azurite | null = null;
let proxy: FlakyProxy;
const stores = new Map<string, LakeStore & { zone(name: string): string }>();

beforeAll(async () => {
  [moto, azurite] = await Promise.all([startMoto(), startAzurite(["raw", "curated", "quarantine"])]);
  if (moto !== null) {
    const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    for (const bucket of ["raw", "curated", "quarantine"])
      await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
    const store = {
      ...{ objects: s3Objects(access), list: s3List(access), removal: s3Removal(access) },
      ...{ kept: s3Kept(access), files: s3Files(access) },
    };
    stores.set("aws", { ...store, zone: (name) => name });
  }
  if (azurite !== null) {
    proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
    const fetch = azureFetch(azurite.env);
    const store = {
      ...{ objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) },
      ...{ kept: blobKept(fetch), files: blobFiles(fetch) },
    };
    stores.set("azure", { ...store, zone: (name) => `${proxy.url}/devstoreaccount1/${name}` });
  }
}, 120_000);
afterAll(async () => {
  await moto?.stop();
  await proxy?.close();
  await azurite?.stop();
});

const messages: Message[] = [1, 2, 3].map((seq) => ({
  ...{ tenant: "acme", deviceId: "press-01", channel: "telemetry", lane: "live" },
  ...{ receivedAt: at + seq * 1_000_000, position: `0:${seq}` },
  payload: Buffer.from(JSON.stringify({ seq, ts: at / 1_000, temperature: seq, humidity: 40 })),
}));

/** Of a device that also uploads a file. */
const beside = messages.map((message) => ({
  ...message,
  deviceId: "press-9",
  position: `1:${message.position}`,
}));
const lineOf = (seq: number): string =>
  JSON.stringify({ seq, ts: (at - seq * 3_600_000_000) / 1_000, temperature: seq, humidity: 40 });
const clock = `${at}=${at + 1_000_000}`;
const file = `${[10, 20, 30, 40].map((seq) => `${lineOf(seq)}\n`).join("")}no json\n`;
const fileKey = `offline/press-9/telemetry/${createHash("sha256").update(file).digest("hex")}`;
const besideColumns = (msgId: string): string =>
  `device_id, metric, epoch_ms(ts)::DOUBLE AS ts, value_double, flags::INT AS flags, lane, codec_version, lower(${msgId}) AS msg_id`;
const clockWindow = { behind: 604_800, ahead: 600 };

const narrowed = (profiles: readonly Profile[]): readonly Profile[] =>
  profiles.map((profile) => {
    if (profile.name !== "machine-json") return profile;
    const { fields } = profile as Profile & { fields: readonly { path: string }[] };
    return { ...profile, fields: fields.filter(({ path }) => path !== "humidity") } as Profile;
  });

/** What a replay on this machine makes of the same messages and the same file. */
let ofSite: Promise<{ readonly readings: unknown }> | null = null;
const site = () => (ofSite ??= replayedSite());
async function replayedSite() {
  const place = storeFolder();
  try {
    const former = await place.open([], narrowed);
    for (const { deviceId, channel, payload, receivedAt } of beside)
      await former.log.append({ deviceId, channel, payload: Buffer.from(payload), receivedAt });
    await uploadLines(place, former, file, clock);
    await former.close();
    const store = await place.open();
    await replay(store, { codec, to: Date.now() * 1_000 + 1_000_000 });
    const sql = `SELECT ${besideColumns("hex(msg_id)")} FROM readings ORDER BY ALL`;
    const { rows } = await store.lake.query(sql);
    await store.close();
    return { readings: rows };
  } finally {
    place.remove();
  }
}

describe.each(["aws", "azure"] as const)("on %s", (target) => {
  // Where a server can't be had, its start has said so.
  const run = async (options: Partial<Parameters<typeof replayConfigured>[3]> = {}) => {
    const { terminal, output } = fakeTerminal({ width: 80 });
    const store = stores.get(target)!;
    const raw = { target, environment: "acme", profiles: ["machine-json"], bindings };
    const config = readConfig(raw, { "aws:region": "eu-central-1", "azure-native:location": "westeurope" });
    const places = {
      raw: store.zone("raw"),
      curated: store.zone("curated"),
      quarantine: store.zone("quarantine"),
    };
    await replayConfigured(config, places, store, { codec, from: 0, ...options }, terminal);
    return output();
  };

  test("rows of the stack's decoder take the place of the former; again nothing changes", async () => {
    const store = stores.get(target);
    if (store === undefined) return;
    const narrow = narrowed(await readProfiles(["machine-json"]));
    const former = createDecoder(narrow, bindings, { ...nodePorts, tenant: "acme" });
    await rawZone(store.objects, store.zone("raw")).keep(messages);
    const { readings } = former.decode(messages);
    await parquetSink(store.objects, store.zone("curated"), "hex").write(readingsBlock(readings));

    expect(await run({ dryRun: true })).toMatch(/readings\s+│\s+3 │\s+6 │\s+3/);
    expect(await run()).toContain("3 messages through machine-json@1: 1 commit\n");
    const day = new Date(at / 1_000).toISOString().slice(0, 10);
    const [found] = await dayFiles(store.zone("curated"), "readings", [day], store);
    expect([found!.all.length, found!.files.length, found!.record?.note]).toMatchObject([
      1,
      1,
      { kind: "replayed", codec: { name: "machine-json", version: "1" }, before: 3, after: 6 },
    ]);
    const bytes = await store.objects.read(store.zone("curated"), found!.files[0]!.key);
    expect(await parquetRows([bytes], "metric, value_double")).toEqual(
      ["humidity", "temperature"].flatMap((metric) =>
        [1, 2, 3].map((seq) => ({ metric, value_double: metric === "humidity" ? 40 : seq })),
      ),
    );
    expect(await run()).toContain("the lake has these very rows, nothing changes");
    expect(JSON.parse(await run({ json: true }))).toMatchObject({
      codec,
      counts: { messages: 3, changes: 0 },
    });
  }, 60_000);

  test("messages and uploaded files have the rows that the site makes of them, and again nothing changes", async () => {
    const store = stores.get(target);
    if (store === undefined) return;
    const [raw, curated, quarantine] = ["raw", "curated", "quarantine"].map(store.zone) as [
      string,
      string,
      string,
    ];
    const narrow = narrowed(await readProfiles(["machine-json"]));
    await rawZone(store.objects, raw).keep(beside);
    const former = createDecoder(narrow, bindings, { ...nodePorts, tenant: "acme" });
    const { readings } = former.decode(beside);
    await parquetSink(store.objects, curated, "hex").write(readingsBlock(readings));
    const settings = { tenant: "acme", profiles: narrow, bindings, clockWindow };
    const ports = uploadPorts(
      settings,
      store.files,
      store.objects,
      { curated, quarantine },
      { put: () => undefined },
    );
    await store.objects.create(raw, fileKey, Buffer.from(file), { clock });
    await takeUploaded(raw, fileKey, ports);

    const later = Date.now() + 7_200_000;
    const clockOf = jest.spyOn(Date, "now").mockReturnValue(later);
    try {
      const dry = await run({ dryRun: true });
      expect(await run()).toMatch(/readings\s+│\s+\d+ │/);
      expect(dry).toContain("nothing was changed");
      expect(JSON.parse(await run({ json: true }))).toMatchObject({
        files: 1,
        left: [],
        counts: { changes: 0 },
      });
    } finally {
      clockOf.mockRestore();
    }
    const rowsOf = async (zone: string, table: string, select: string) => {
      const days = (await store.list.all(zone, `${table}/`)).map(({ key }) => /dt=([^/]+)/.exec(key)![1]!);
      const found = await dayFiles(zone, table, [...new Set(days)], store);
      const bytes = found.flatMap(({ files }) => files.map(({ key }) => store.objects.read(zone, key)));
      return parquetRows(await Promise.all(bytes), select);
    };
    const rows = await rowsOf(curated, "readings", `DISTINCT ${besideColumns("msg_id")}`);
    const ofDevice = rows.filter((row) => row["device_id"] === "press-9").map(Object.values);
    expect(ofDevice).toHaveLength(14);
    expect(ofDevice).toEqual((await site()).readings);
    expect(await rowsOf(quarantine, "quarantine", "device_id, reason, lane")).toEqual([
      { device_id: "press-9", reason: "not-well-formed", lane: "offline" },
    ]);
    const manifest = await store.objects.read(curated, `_manifest/${fileKey}.json`);
    expect(JSON.parse(Buffer.from(manifest).toString())).toMatchObject({ replayed: later, readings: 8 });
  }, 60_000);

  test.each<[string, Parameters<typeof run>[0], RegExp]>([
    [
      "a profile that the stack has not",
      { codec: "machine-json@7" },
      /--codec: received machine-json@7; allowed .*: machine-json@1/,
    ],
    [
      "the hour that is not over",
      { to: Date.now() * 1_000 },
      /--to: received .*; allowed: after --from, and at least an hour ago/,
    ],
    ["no time at all", { from: at, to: at }, /allowed: after --from/],
  ])("refuses %s", async (_what, options, error) => {
    if (stores.get(target) === undefined) return;
    await expect(run(options)).rejects.toThrow(error);
  });
});
