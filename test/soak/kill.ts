/**
 * kill -9 of the site at random moments while devices publish: every acknowledged message is in the lake or in
 * quarantine exactly once after the last restart. Every other kill comes while files are written: at a random
 * moment of a flush, from its first file to the release of the log. As a command:
 *
 *     npm run soak:kill -- [--messages 100000] [--kills 20] [--seed 1]
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { randomNumbers } from "../support/random.ts";
import { startLiveSite, type LiveSite } from "./site.ts";

export interface KillSoakOptions {
  readonly messages: number;
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface KillSoakResult {
  readonly acknowledged: number;
  readonly kills: number;
  /** What a kill found under way; see {@link Found}. */
  readonly found: Readonly<Record<Found, number>>;
  /** Acknowledged messages that are nowhere. */
  readonly lost: number;
  /** Messages that are there more than once. */
  readonly doubled: number;
  /** Acknowledged messages that are whole in quarantine, as they should be. */
  readonly quarantined: number;
  readonly seconds: number;
}

const devices = ["press-01", "press-02", "press-03", "press-04"];
/** Every so many messages one that no decoder can read. */
const badEvery = 500;
/** About as long as a flush takes from its first file to the release of the log. */
const writingMs = 60;
/** Unacknowledged messages of a device. */
const window = 500;

export async function runKillSoak({
  messages,
  kills,
  seed,
  log = () => undefined,
}: KillSoakOptions): Promise<KillSoakResult> {
  const started = Date.now();
  const random = randomNumbers(seed);
  const site = await startLiveSite({
    profiles: ["machine-json"],
    bindings: [{ devices: "press-*", profile: "machine-json" }],
  });
  try {
    const each = Math.floor(messages / devices.length);
    const portion = (each * devices.length) / kills;
    const progress: Progress = { acknowledged: 0, taken: 0, allowed: 0 };
    const clients = await Promise.all(devices.map((id) => connect(site, id)));
    const publishing = Promise.all(
      clients.map((client, index) => publish(client, devices[index] as string, each, progress)),
    );
    const found: Record<Found, number> = { steady: 0, writing: 0, uncommitted: 0, unreleased: 0 };
    for (let kill = 1; kill <= kills; kill++) {
      const due = (kill - 0.9 + random() * 0.4) * portion;
      // So that devices publish whenever a kill comes, also the last one.
      progress.allowed = due + portion / 2;
      while (progress.acknowledged < due) await delay(2);
      const before = look(site);
      if (kill % 2 === 0) {
        await delay(Math.floor(random() * 30));
      } else {
        await firstDraft(site);
        await delay(random() * writingMs);
      }
      site.kill();
      while (isAlive(site.pid())) await delay(2);
      const what = compare(before, look(site));
      found[what]++;
      log(`kill ${kill} of ${kills} at ${progress.acknowledged} acknowledged: ${what}`);
      await site.start();
    }
    progress.allowed = Infinity;
    await publishing;
    for (const client of clients) client.end(true);
    site.kill();
    while (isAlive(site.pid())) await delay(2);
    await site.start();
    await site.client().call("POST", "/flush");
    const result = await count(site, each);
    return {
      ...result,
      acknowledged: progress.acknowledged,
      kills: kills + 1,
      found,
      seconds: (Date.now() - started) / 1000,
    };
  } finally {
    await site.dispose();
  }
}

/**
 * What the folder shows of the moment of a kill: nothing of a flush; a file being written; files that no manifest
 * record names yet; a record whose log segments were still to be moved to the raw zone.
 */
export type Found = "steady" | "writing" | "uncommitted" | "unreleased";

interface Look {
  readonly drafts: number;
  readonly files: number;
  readonly journal: number;
  readonly raw: number;
}

function look({ dataFolder }: LiveSite): Look {
  const below = (folder: string): string[] => {
    const path = join(dataFolder, "lake", folder);
    return existsSync(path) ? readdirSync(path, { recursive: true, encoding: "utf8" }) : [];
  };
  const parquet = [...below("curated"), ...below("quarantine")].filter((name) => name.endsWith(".parquet"));
  return {
    drafts: below("drafts").length,
    files: parquet.length,
    journal: statSync(join(dataFolder, "lake", "manifest", "journal")).size,
    raw: below("raw").filter((name) => name.endsWith(".seg")).length,
  };
}

function compare(before: Look, after: Look): Found {
  if (after.drafts > 0) return "writing";
  if (after.journal === before.journal) return after.files > before.files ? "uncommitted" : "steady";
  return after.raw === before.raw ? "unreleased" : "steady";
}

/** Asks for a flush; resolves when its first file appears, or there was nothing to write. */
async function firstDraft(site: LiveSite): Promise<void> {
  let isOver = false;
  const over = () => (isOver = true);
  site.client().call("POST", "/flush").then(over, over);
  while (!isOver && look(site).drafts === 0) await delay(1);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function connect(site: LiveSite, id: string): Promise<MqttClient> {
  const { certificate, privateKey } = await site.authority.device(id);
  const client = mqtt.connect(`mqtts://127.0.0.1:${site.port}`, {
    clientId: id,
    cert: certificate,
    key: privateKey,
    ca: site.authority.trust,
    clean: true,
    keepalive: 60,
    reconnectPeriod: 50,
    connectTimeout: 5_000,
  });
  // Refused connections while the site is down are what this test is about.
  client.on("error", () => undefined);
  await new Promise<void>((done) => client.once("connect", () => done()));
  return client;
}

const isBad = (sequence: number): boolean => sequence % badEvery === 0;

/** Resolves when every message is acknowledged; mqtt sends what was not again after each connection loss. */
async function publish(client: MqttClient, id: string, total: number, progress: Progress): Promise<void> {
  const base = Date.now();
  let sequence = 0;
  const lane = async () => {
    while (sequence < total) {
      if (progress.taken >= progress.allowed) {
        await delay(5);
        continue;
      }
      progress.taken++;
      const own = ++sequence;
      const payload = isBad(own)
        ? `{"seq":${own},"ts":`
        : `{"seq":${own},"ts":${base + own},"temperature":${own}.5,"humidity":40.25}`;
      await untilAcknowledged(client, `devices/${id}/telemetry`, payload);
      progress.acknowledged++;
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
}

interface Progress {
  acknowledged: number;
  /** Messages that were begun. */
  taken: number;
  /** How many may be. */
  allowed: number;
}

/** As a device does: what the broken connection left without PUBACK is sent again. */
async function untilAcknowledged(client: MqttClient, topic: string, payload: string): Promise<void> {
  for (;;) {
    try {
      await client.publishAsync(topic, payload, { qos: 1 });
      return;
    } catch {
      await delay(20);
    }
  }
}

async function count(
  site: LiveSite,
  each: number,
): Promise<Pick<KillSoakResult, "lost" | "doubled" | "quarantined">> {
  const number = async (sql: string) => Number((await site.client().query(sql)).rows[0]?.[0]);
  const bad = Math.floor(each / badEvery) * devices.length;
  const good = each * devices.length - bad;
  const rows = "from readings where metric = 'temperature'";
  const distinct = await number(`select count(*) from (select distinct device_id, seq ${rows})`);
  const all = await number(`select count(*) ${rows}`);
  const quarantined = await number("select count(*) from quarantine");
  const distinctBad = await number(
    "select count(*) from (select distinct device_id, payload from quarantine)",
  );
  return {
    lost: good - distinct + (bad - distinctBad),
    doubled: all - distinct + (quarantined - distinctBad),
    quarantined,
  };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      messages: { type: "string", default: "100000" },
      kills: { type: "string", default: "20" },
      seed: { type: "string", default: String(Date.now() % 100_000) },
    },
  });
  const options = {
    messages: Number(values.messages),
    kills: Number(values.kills),
    seed: Number(values.seed),
  };
  console.log(`seed ${options.seed}`);
  const result = await runKillSoak({ ...options, log: (line) => console.log(line) });
  console.log(result);
  process.exit(result.lost === 0 && result.doubled === 0 ? 0 : 1);
}
