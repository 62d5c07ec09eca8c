/** Faults of a whole site process, with devices connected over mutual TLS. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "@jest/globals";
import mqtt, { type MqttClient } from "mqtt";
import { startLiveSite, type LiveSite } from "../../soak/site.ts";
import { mountSmallDisk } from "../support/small-disk.ts";

const profile = {
  profiles: ["machine-json"],
  bindings: [{ devices: "press-*", profile: "machine-json" }],
};

let site: LiveSite | null = null;
const clients: MqttClient[] = [];
const disk = mountSmallDisk(24_576);
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await site?.dispose();
  site = null;
});

async function connect(id: string): Promise<MqttClient> {
  const { port, authority } = site as LiveSite;
  const { certificate, privateKey } = await authority.device(id);
  const client = mqtt.connect(`mqtts://127.0.0.1:${port}`, {
    clientId: id,
    cert: certificate,
    key: privateKey,
    ca: authority.trust,
    clean: true,
    reconnectPeriod: 100,
  });
  clients.push(client);
  client.on("error", () => undefined);
  await new Promise<void>((done) => client.once("connect", () => done()));
  return client;
}

/** As a device does: sends each message again until it is acknowledged. */
async function send(client: MqttClient, first: number, last: number): Promise<void> {
  const base = Date.now();
  const one = async (seq: number): Promise<void> => {
    const payload = JSON.stringify({ seq, ts: base + seq, temperature: seq + 0.5 });
    const topic = `devices/${String(client.options.clientId)}/telemetry`;
    while (!(await client.publishAsync(topic, payload, { qos: 1 }).catch(() => undefined))) await delay(50);
  };
  await Promise.all(Array.from({ length: last - first + 1 }, (_, index) => one(first + index)));
}

const rows = async (): Promise<unknown[]> => {
  const sql = "SELECT count(DISTINCT seq), count(*) FROM readings";
  return (await site?.client().query(sql))?.rows[0]?.map(Number) ?? [];
};
const modules = async () => (await site?.client().health())?.modules;
const pressure = async () =>
  (await site?.client().call<{ broker: { refused: Record<string, number> } }>("GET", "/status"))?.broker
    .refused;

(disk === null ? test.skip : test)(
  "a full disk (skipped where no tmpfs can be mounted): no PUBACK, the reason in its health, everything once there is space",
  async () => {
    if (disk === null) return;
    site = await startLiveSite({ ...profile, dataFolder: join(disk.folder, "data") });
    const pid = site.pid();
    const client = await connect("press-01");
    await send(client, 1, 200);
    disk.fill();
    let acknowledged = 0;
    const sending = send(client, 201, 600).then(() => (acknowledged = 400));
    while (((await pressure())?.["log full"] ?? 0) < 3) await delay(50);
    await expect(site.client().call("POST", "/flush")).rejects.toThrow(/No space left/);
    expect((await modules())?.lake).toMatchObject({
      state: "running",
      error: expect.stringMatching(/No space left/),
    });
    // A group commit that still fitted may have been acknowledged; not all of them were.
    expect(acknowledged).toBe(0);
    const stored = (await rows())[0] as number;
    expect(stored).toBeGreaterThanOrEqual(200);
    expect(stored).toBeLessThan(600);
    disk.free();
    await sending;
    await site.client().call("POST", "/flush");
    expect(await rows()).toEqual([600, 600]);
    expect((await modules())?.lake).toEqual({ state: "running" });
    expect(site.pid()).toBe(pid);
    await site.dispose();
    site = null;
    disk.remove();
  },
  60_000,
);

test("a file that breaks the engine: the site heals itself, devices lose nothing and need nothing", async () => {
  site = await startLiveSite(profile);
  const { dataFolder } = site;
  const client = await connect("press-01");
  await send(client, 1, 50);
  await site.client().call("POST", "/flush");
  const folder = join(dataFolder, "lake", "curated");
  const [name] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".parquet"),
  );
  const file = join(folder, name as string);
  const bytes = readFileSync(file);
  const length = 8 + bytes.readUInt32LE(4);
  bytes.writeUInt32LE(bytes.readUInt32LE(length) ^ 0x40, length);
  writeFileSync(file, bytes);
  await send(client, 51, 100);
  await site
    .client()
    .query("SELECT * FROM readings")
    .catch(() => undefined);
  await send(client, 101, 150);
  while ((await modules())?.broker?.state !== "running") await delay(50);
  await site.client().call("POST", "/flush");
  expect(await rows()).toEqual([100, 100]);
  expect(readFileSync(join(dataFolder, "run", "site.log"), "utf8")).toMatch(
    /damaged files set aside.*module ended by itself/s,
  );
}, 60_000);
