/** One recording, sent live and brought as a file: the same rows on this machine, and of the functions of both clouds. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { frameEncoder } from "../../functions/core/formats/raw-binary-encode.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../profiles/read.ts";
import { Keyring } from "../../site/seal.ts";
import { Uploads } from "../../site/uploads/uploads.ts";
import { parquetRows } from "../functions/parquet-rows.ts";
import { memoryZones } from "../support/memory-zones.ts";
import { clouds, uploadFunctions } from "../support/upload-functions.ts";
import { now, storeFolder, type Store } from "./store/support.ts";

const [liveFolder, fileFolder] = [storeFolder(), storeFolder()];
let live: Store;
let byFile: Store;
let profiles: readonly Profile[];
const bindings = [
  { devices: "press-*", profile: "machine-json" },
  { devices: "wrist-*", profile: "wearable-imu" },
];

beforeAll(async () => {
  profiles = (await readProfiles(["machine-json", "wearable-imu"])) as readonly Profile[];
  [live, byFile] = await Promise.all([liveFolder.open(), fileFolder.open()]);
});
afterAll(async () => {
  await Promise.all([live.close(), byFile.close()]);
  liveFolder.remove();
  fileFolder.remove();
});

/** Of the last minutes, so that live its times are believed. */
const began = Math.round(now() / 1_000) - 600_000;
const cycles = Array.from({ length: 200 }, (_, seq) => ({
  ...{ seq, ts: began + seq * 1_000, temperature: 20 + seq / 8, cycles: seq, running: seq % 3 === 0 },
}));
const text = cycles.map((cycle) =>
  cycle.seq % 50 === 7 ? `{"seq":${cycle.seq},"ts":` : JSON.stringify(cycle),
);

/** The same as a table. */
function parquet(): Buffer {
  const column = (name: keyof (typeof cycles)[number], type: "INT32" | "INT64" | "DOUBLE" | "BOOLEAN") => {
    const values = cycles.map((cycle) => cycle[name]);
    return { name, type, data: type === "INT64" ? values.map(BigInt) : values };
  };
  return Buffer.from(
    parquetWriteBuffer({
      columnData: [
        ...[column("seq", "INT32"), column("ts", "INT64"), column("temperature", "DOUBLE")],
        ...[column("cycles", "INT32"), column("running", "BOOLEAN")],
      ],
      rowGroupSize: 64,
    }),
  );
}

/** Frames of a wearable; back to back in its file. */
function frames(): readonly Buffer[] {
  const imu = profiles.find(({ name }) => name === "wearable-imu");
  if (imu?.format !== "raw-binary" || imu.layout === undefined) throw new Error("wearable-imu has no layout");
  const encode = frameEncoder(imu.layout);
  return Array.from({ length: 40 }, (_, seq) => {
    const sample = { accel_x: 0, accel_y: seq / 100, accel_z: 1, gyro_x: 0, gyro_y: 0, gyro_z: 3 };
    const header = {
      layout_version: 1,
      activity: "walking",
      sequence: seq,
      time: began + seq * 80,
      sample_period: 0.02,
    };
    return Buffer.from(encode(header, [sample, sample, sample, sample]));
  });
}

/** All that is said of a row, but when it came and over which lane (bit 16: out of a file); identities by an expression of the store's. */
const tables = {
  readings: (
    id: string,
  ) => `concat_ws('|', device_id, coalesce(sub_device, '-'), epoch_us(ts), coalesce(epoch_us(ts_raw), 0),
    metric, coalesce(value_double::VARCHAR, '-'), coalesce(value_int::VARCHAR, '-'), coalesce(value_bool::VARCHAR, '-'),
    coalesce(value_text, '-'), coalesce(unit, '-'), quality, flags & ~16, coalesce(seq, -1), ${id}, codec, codec_version)`,
  frames_wearable_imu: (
    id: string,
  ) => `concat_ws('|', device_id, epoch_us(ts), accel_x, accel_y, accel_z, gyro_x, gyro_y,
    gyro_z, quality, flags & ~16, seq, ${id}, codec, codec_version)`,
  quarantine: (id: string) => `concat_ws('|', device_id, reason, detail, ${id}, codec, codec_version)`,
};
type Table = keyof typeof tables;
const names = Object.keys(tables) as readonly Table[];

async function ofStore(store: Store, table: Table): Promise<readonly string[]> {
  const { rows } = await store.lake.query(
    `SELECT ${tables[table]("lower(hex(msg_id))")} FROM ${table} ORDER BY 1`,
  );
  return rows.map(([row]) => String(row));
}

const hashOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
/** A recording as its device sends it, and as it logs it. */
const recordings = () => {
  const [messages, samples] = [text.map((line) => Buffer.from(line)), frames()];
  return [
    { deviceId: "press-01", messages, file: Buffer.from(text.map((line) => `${line}\n`).join("")) },
    { deviceId: "wrist-01", messages: samples, file: Buffer.concat(samples) },
    {
      deviceId: "press-02",
      messages: cycles.map((cycle) => Buffer.from(JSON.stringify(cycle))),
      file: parquet(),
    },
  ];
};

test("one recording, live and as a file, has the same rows on this machine and by the functions of both clouds", async () => {
  const uploads = new Uploads({
    ...{ tenant: "acme", dataFolder: fileFolder.dataFolder, keyring: Keyring.fromFile(fileFolder.keyFile) },
    ...{ lake: byFile.lake, log: byFile.log },
    decoder: { profiles: [...profiles], bindings, clockWindow: { behind: 604_800, ahead: 600 } },
  });
  for (const { deviceId, messages, file } of recordings()) {
    await live.send(deviceId, ...messages);
    const named = { deviceId, channel: "telemetry", name: "log", clock: null };
    const request = { sha256: hashOf(file), bytes: file.length, ...named };
    await uploads.part(request, 0, file);
    await uploads.take(request);
  }
  await Promise.all([live.lake.flush(), byFile.lake.flush()]);
  const expected = new Map<Table, readonly string[]>();
  for (const table of names) expected.set(table, await ofStore(live, table));
  expect(names.map((table) => expected.get(table)?.length)).toEqual([196 * 3 + 40 + 200 * 3, 160, 4]);
  for (const table of names) expect(await ofStore(byFile, table)).toEqual(expected.get(table));
  expect(await byFile.value("SELECT string_agg(DISTINCT lane, ',') FROM readings")).toBe("offline");

  for (const cloud of clouds) {
    const zones = memoryZones(Date.now());
    const functions = await uploadFunctions(zones, profiles, bindings);
    for (const { deviceId, file } of recordings()) {
      const key = `offline/${deviceId}/telemetry/${hashOf(file)}`;
      zones.put(key, file);
      await functions.run(cloud, key);
    }
    for (const table of names) {
      const bucket = table === "quarantine" ? "quarantine" : "curated";
      const rows = await parquetRows(
        zones.below(`${bucket}/${table}/`),
        `${tables[table]("lower(msg_id)")} AS said`,
      );
      expect([cloud, table, rows.map(({ said }) => said)]).toEqual([cloud, table, expected.get(table)]);
    }
  }
}, 60_000);
