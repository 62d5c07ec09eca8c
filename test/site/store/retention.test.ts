/** What is older than a zone keeps it goes, and nothing else: of the lake, of the quarantine and of the raw zone. */
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Keyring } from "../../../site/seal.ts";
import { LakeCore } from "../../../site/store/lake-core.ts";
import { maintain } from "../../../site/store/maintenance.ts";
import { storeFolder, type StoreFolder } from "./support.ts";

const forEver = { raw: 0, curated: 0, quarantine: 0 };
const dayMs = 86_400_000;
const start = Date.now();
/** Ages of the messages, days: of each age one good and one bad. */
const ages = [5, 3, 1, 0];

let place: StoreFolder;
beforeEach(async () => {
  place = storeFolder(undefined, forEver, { segmentBytes: 100 });
  const store = await place.open();
  for (const age of ages) {
    const at = start - age * dayMs;
    const message = { deviceId: "press-01", channel: "telemetry", receivedAt: at * 1000 };
    const good = JSON.stringify({ seq: age, ts: at, temperature: age + 0.5 });
    await store.log.append({ ...message, payload: Buffer.from(good) });
    await store.log.append({ ...message, payload: Buffer.from(`{"${age}`) });
  }
  await store.lake.flush();
  await store.close();
});
afterEach(() => place.remove());

async function maintained(retention: typeof forEver): Promise<number> {
  const core = await LakeCore.open({
    folder: join(place.dataFolder, "lake"),
    keyring: Keyring.fromFile(place.keyFile),
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    onDamage: (paths) => expect(paths).toEqual([]),
  });
  const { removed } = await maintain(core, retention);
  await core.close();
  return removed;
}

/** Ages in days of what there is: by the lake's answers, and by the folders of each zone. */
async function kept(): Promise<Record<string, unknown>> {
  const store = await place.open();
  try {
    const column = async (sql: string) => (await store.lake.query(sql)).rows.map(([value]) => Number(value));
    return {
      readings: await column("SELECT DISTINCT seq FROM readings ORDER BY seq DESC"),
      quarantine: await column("SELECT decode(payload)[3:] FROM quarantine ORDER BY received_at"),
      folders: { curated: days("curated"), quarantined: days("quarantine"), raw: days("raw") },
    };
  } finally {
    await store.close();
  }
}

function days(zone: string): number[] {
  const today = Math.floor(start / dayMs);
  const found = place.files(new RegExp(`/${zone}/.*dt=`)).map((file) => /dt=([\d-]+)/.exec(file)?.[1] ?? "");
  return [...new Set(found.map((day) => today - Date.parse(day) / dayMs))].sort((a, b) => b - a);
}

const everything = {
  readings: ages,
  quarantine: ages,
  folders: { curated: ages, quarantined: ages, raw: ages },
};

test("0 keeps for ever; each zone by its own days, on disk and in answers, also behind a restart", async () => {
  expect(await maintained(forEver)).toBe(0);
  expect(await kept()).toEqual(everything);
  await maintained({ raw: 2, curated: 4, quarantine: 0 });
  expect(await kept()).toEqual({
    readings: [3, 1, 0],
    quarantine: ages,
    folders: { curated: [3, 1, 0], quarantined: ages, raw: [1, 0] },
  });
  await maintained({ raw: 2, curated: 4, quarantine: 2 });
  expect(await maintained({ raw: 2, curated: 4, quarantine: 2 })).toBe(0);
  expect(await kept()).toMatchObject({ readings: [3, 1, 0], quarantine: [1, 0] });
});
