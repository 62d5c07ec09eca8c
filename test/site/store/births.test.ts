/** A node's birth on the site outlives the decode workers that heard it, and what waits for one too. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { encodeSparkplug, type PlainMetric } from "../../functions/sparkplug-encode.ts";
import { now, storeFolder, type Store, type StoreFolder } from "./support.ts";

let place: StoreFolder;
let store: Store;
beforeEach(async () => {
  place = storeFolder();
  store = await place.open();
});
afterEach(async () => {
  await store.close().catch(() => undefined);
  place.remove();
});

async function send(channel: string, seq: number, metrics: readonly PlainMetric[]): Promise<void> {
  const payload = Buffer.from(encodeSparkplug({ timestamp: Date.now(), seq, metrics }));
  await store.log.append({ deviceId: "cell-1", channel: `telemetry/${channel}`, payload, receivedAt: now() });
  await store.lake.flush();
}
async function reopen(): Promise<void> {
  await store.close();
  store = await place.open();
}
const speed: PlainMetric = { name: "Motor/Speed", alias: 7, datatype: 10, doubleValue: 1 };
const values = async () =>
  (await store.lake.query("SELECT value_double FROM readings WHERE value_double IS NOT NULL ORDER BY 1"))
    .rows;

test("data are read by a birth from before the restart, and wait for one across it", async () => {
  await send("NBIRTH", 0, [speed]);
  await reopen();
  await send("NDATA", 1, [{ alias: 7, doubleValue: 2 }]);
  await send("DDATA.press", 2, [{ alias: 9, doubleValue: 3 }]);
  expect(await values()).toEqual([[1], [2]]);
  expect(await store.value("SELECT reason FROM quarantine")).toBe("no-birth");
  await reopen();
  await send("DBIRTH.press", 3, [{ ...speed, alias: 9, doubleValue: 4 }]);
  expect(await values()).toEqual([[1], [2], [3], [4]]);
  await reopen();
  await send("DBIRTH.press", 4, [{ ...speed, alias: 9, doubleValue: 5 }]);
  expect(await values()).toEqual([[1], [2], [3], [4], [5]]);
});

test("what waits becomes rows in the process that has quarantined it, and a repeat of it does not", async () => {
  const early = [{ alias: 7, doubleValue: 2 }];
  const timestamp = Date.now();
  const payload = Buffer.from(encodeSparkplug({ timestamp, seq: 9, metrics: early }));
  const place = { deviceId: "cell-1", channel: "telemetry/NDATA", payload };
  for (let times = 0; times < 2; times++) await store.log.append({ ...place, receivedAt: now() });
  await send("NBIRTH", 0, [speed]);
  await store.log.append({ ...place, receivedAt: now() });
  await store.lake.flush();
  expect(await values()).toEqual([[1], [2]]);
  expect(await store.value("SELECT count(*) FROM quarantine")).toBe("1");
  expect(await store.value("SELECT count(*) FROM readings JOIN quarantine USING (msg_id)")).toBe("1");
  await reopen();
  await store.log.append({ ...place, receivedAt: now() });
  await store.lake.flush();
  expect(await values()).toEqual([[1], [2]]);
});

test("nothing of them is readable on disk", async () => {
  await send("NBIRTH", 0, [{ ...speed, name: "Secret/Recipe" }]);
  await store.close();
  const files = place.files(/births/);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(readFileSync(file).includes("Secret")).toBe(false);
});
