/**
 * A kill at every step of a flush, of a compaction, of a replay and of what follows them: for each, what the folder held then is
 * opened, and every acknowledged message must be in the lake, in quarantine or still in the log, exactly once.
 *
 *     npm run soak:crash-points
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIngestLog } from "../../site/log/ingest-log.ts";
import { Keyring } from "../../site/seal.ts";
import { LakeCore } from "../../site/store/lake-core.ts";
import { maintain } from "../../site/store/maintenance.ts";
import { storeFolder, type Adapt, type Store } from "../site/store/support.ts";

const extensionFile = process.env["FIELDLAKE_DUCKDB_HTTPFS"];
const messages = 40;
const badEvery = 8;
const hourMs = 3_600_000;

const payloadOf = (number: number, base: number): string =>
  number % badEvery === 0
    ? `{"seq":${number},`
    : JSON.stringify({ seq: number, ts: base - (number % 3) * hourMs, temperature: number + 0.5 });

const sequenceIn = (payload: string): number => Number(/"seq":(\d+)/.exec(payload)?.[1]);

export interface CrashPoints {
  /** Each moment that was tried, and what was wrong with it: nothing, where all is well. */
  readonly moments: readonly string[];
  readonly faults: readonly string[];
}

const newer: Adapt = (shipped) => shipped.map((profile) => ({ ...profile, version: "2" }));

/** Every message again through a newer decoder. */
async function replayAll({ replays }: Store): Promise<void> {
  const to = Date.now() * 1_000 + hourMs * 1_000;
  replays.start({ codec: "machine-json@2", from: 0, to, dryRun: false });
  await replays.ended();
  const { changes = 0 } = replays.state?.counts ?? {};
  if (changes === 0)
    throw new Error(`the replay changed nothing: ${replays.state?.error ?? "all is the same"}`);
}

/** Sends, flushes, compacts and replays under watch, then judges every snapshot. */
async function run(dataFolder: string, snapshots: string): Promise<CrashPoints> {
  const place = storeFolder(dataFolder, undefined, { segmentBytes: 500 });
  const arm = () => writeFileSync(join(snapshots, "armed"), "");
  const disarm = () => rmSync(join(snapshots, "armed"));
  const store = await place.open();
  const base = Date.now();
  const send = async (first: number, last: number) => {
    for (let number = first; number <= last; number += 1) {
      await store.send(number % 2 === 0 ? "press-01" : "press-02", payloadOf(number, base));
    }
  };
  for (let part = 0; part < 4; part += 1) {
    await send(1 + part * 10, 10 + part * 10);
    if (part === 3) arm();
    await store.lake.flush();
  }
  disarm();
  await store.close();
  const keyring = Keyring.fromFile(place.keyFile);
  const core = await openCore(join(dataFolder, "lake"), keyring);
  arm();
  while ((await maintain(core, { raw: 0, curated: 0, quarantine: 0 })).merged > 0);
  disarm();
  await core.close();
  // Behind the compaction: it leaves one file of an hour.
  const replaying = await place.open([], newer);
  arm();
  await replayAll(replaying);
  disarm();
  await replaying.close();
  const moments = readdirSync(snapshots).sort();
  const faults: string[] = [];
  for (const moment of moments) {
    const folder = join(snapshots, moment);
    const fault = await judge(folder, keyring).catch((error: Error) => error.message);
    if (fault !== null) faults.push(`${moment}: ${fault}`);
    rmSync(folder, { recursive: true });
  }
  place.remove();
  return { moments, faults };
}

const openCore = (folder: string, keyring: Keyring): Promise<LakeCore> =>
  LakeCore.open({ folder, keyring, extensionFile, onDamage: (paths) => void paths });

/** Null where each message is there exactly once. */
async function judge(folder: string, keyring: Keyring): Promise<string | null> {
  const damage: unknown[] = [];
  const core = await LakeCore.open({
    folder: join(folder, "lake"),
    keyring,
    extensionFile,
    onDamage: (paths) => damage.push(...paths),
  });
  const log = await openIngestLog({
    folder: join(folder, "log"),
    rawFolder: join(folder, "lake", "raw"),
    keyring,
    after: core.position,
    onDamage: (report) => damage.push(report),
  });
  try {
    const found = new Map<number, number>();
    const note = (number: number) => found.set(number, (found.get(number) ?? 0) + 1);
    const rows = await core.engine.main.runAndReadAll("SELECT seq FROM readings");
    for (const [seq] of rows.getRows()) note(Number(seq));
    const bad = await core.engine.main.runAndReadAll("SELECT decode(payload) FROM quarantine");
    for (const [text] of bad.getRows()) note(sequenceIn(String(text)));
    for (const payload of await rest(log, core)) note(sequenceIn(payload));
    const wrong = Array.from({ length: messages }, (_, index) => index + 1).filter((n) => found.get(n) !== 1);
    if (wrong.length > 0)
      return `not once: ${wrong.map((n) => `${n} (${found.get(n) ?? 0} times)`).join(", ")}`;
    return damage.length > 0 ? `damage: ${JSON.stringify(damage)}` : null;
  } finally {
    await log.close();
    await core.close();
  }
}

/** Payloads that decoding would go on with. */
async function rest(log: Awaited<ReturnType<typeof openIngestLog>>, core: LakeCore): Promise<string[]> {
  const { position } = core;
  const isBehind = ({ segment, record }: { segment: number; record: number }) =>
    segment > position.segment || (segment === position.segment && record > position.record);
  const payloads: string[] = [];
  // Without a record in the log, its end is where the next one would stand.
  if (log.end.record === 0 || !isBehind(log.end)) return payloads;
  for await (const { arrivals, next } of log.read(
    position.segment < log.start.segment ? log.start : position,
  )) {
    payloads.push(...arrivals.map(({ payload }) => Buffer.from(payload).toString()));
    if (next.segment === log.end.segment && next.record === log.end.record) break;
  }
  return payloads;
}

const watched = process.env["FIELDLAKE_WATCHED"];
if (watched === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-crash-points-"));
  const [data, snapshots] = [join(folder, "data"), join(folder, "snapshots")];
  for (const path of [data, snapshots]) mkdirSync(path);
  const hook = join(import.meta.dirname, "snapshots.ts");
  const { status } = spawnSync(process.execPath, ["--import", hook, import.meta.filename], {
    stdio: "inherit",
    env: { ...process.env, FIELDLAKE_WATCHED: data, FIELDLAKE_SNAPSHOTS: snapshots },
  });
  rmSync(folder, { recursive: true, force: true });
  process.exit(status ?? 1);
} else {
  const { moments, faults } = await run(watched, process.env["FIELDLAKE_SNAPSHOTS"] ?? "");
  for (const moment of moments) console.log(moment);
  for (const fault of faults) console.error(fault);
  console.log(`${moments.length} moments, ${faults.length} faults`);
  process.exit(faults.length === 0 && moments.length > 0 ? 0 : 1);
}
