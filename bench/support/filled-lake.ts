/** A lake of many readings, written by the lake's own code: what devices sent over some hours, merged as maintenance does. */
import { randomBytes, randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readingsTable } from "../../functions/core/table.ts";
import { Keyring } from "../../site/seal.ts";
import { LakeCore } from "../../site/store/lake-core.ts";
import { maintain } from "../../site/store/maintenance.ts";
import { PackMemory } from "../../site/store/pack-memory.ts";
import { PackWriter } from "../../site/store/pack-writer.ts";
import { valueColumns, type PackedTable } from "../../site/store/packed.ts";

export interface FilledLake {
  readonly folder: string;
  readonly dataFolder: string;
  readonly keyFile: string;
  readonly rows: number;
  /** Microseconds; every row is before it. */
  readonly end: number;
}

const metrics = [
  ["temperature", "Cel"],
  ["vibration", "m/s2"],
] as const;
const secondMicros = 1_000_000;
/** 2026-11-01T00:00:00Z. */
const start = 1_793_491_200 * secondMicros;
/** What reaches the lake together: so many seconds of all devices. */
const secondsAtOnce = 30;

/** Each of `devices` sends a temperature and a vibration a second, until there are at least `rows` of them. */
export async function fillLake(rows: number, devices: number): Promise<FilledLake> {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-query-"));
  const [keyFile, dataFolder] = [join(folder, "lake.key"), join(folder, "data")];
  mkdirSync(dataFolder);
  writeFileSync(keyFile, randomBytes(32).toString("base64"), { mode: 0o600 });
  const memory = new PackMemory();
  const core = await openCore({ dataFolder, keyFile }, (packs) =>
    packs.forEach(({ block }) => memory.giveBack(block)),
  );
  await core.addTables([readingsTable]);
  const writer = new PackWriter(readingsTable, secondsAtOnce * devices * metrics.length, memory);
  let [written, second] = [0, 0];
  while (written < rows) {
    const pack = packOf(writer, devices, second);
    second += secondsAtOnce;
    written += pack.rows;
    const delta = { messages: pack.rows / 2, rows: pack.rows, frames: 0, quarantined: 0, duplicates: 0 };
    core.stage({ tables: [pack], next: { segment: 1, record: second }, delta });
    if (core.stagedPortions >= 1) await core.flush("all");
  }
  await core.flush("all");
  while ((await maintain(core, { raw: 0, curated: 0, quarantine: 0 })).merged > 0);
  await core.close();
  return { folder, dataFolder, keyFile, rows: written, end: start + second * secondMicros };
}

export function openCore(
  { dataFolder, keyFile }: Pick<FilledLake, "dataFolder" | "keyFile">,
  onWritten: (packs: readonly PackedTable[]) => void = () => undefined,
) {
  return LakeCore.open({
    folder: join(dataFolder, "lake"),
    keyring: Keyring.fromFile(keyFile),
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    onWritten,
    onDamage: (paths) => {
      throw new Error(`damaged: ${paths.join(", ")}`);
    },
  });
}

export const deviceName = (number: number): string => `press-${String(number).padStart(3, "0")}`;

function packOf(writer: PackWriter, devices: number, from: number): PackedTable {
  const columns = valueColumns(readingsTable).map(({ name }) => name);
  const id = new Int32Array(4);
  for (let second = from; second < from + secondsAtOnce; second++) {
    for (let device = 0; device < devices; device++) {
      randomFillSync(id);
      const values = [
        20 + 5 * Math.sin(second / 7000 + device) + hundredths(),
        0.1 + Math.abs(hundredths()) / 10,
      ];
      metrics.forEach(([metric, unit], index) => {
        const name = deviceName(device);
        const row = writer.begin(name, metric, [
          "bench",
          name,
          null,
          metric,
          unit,
          "live",
          "machine-json",
          "1",
        ]);
        const ts = start + second * secondMicros + device * 1000;
        const column = (wanted: string) => writer.columns[columns.indexOf(wanted)]!;
        column("ts").integer64(row, ts);
        column("ts_raw").integer64(row, null);
        column("ts_ns").int16(row, null);
        column("value_double").double(row, values[index] ?? 0);
        column("value_int").integer64(row, null);
        column("value_bool").int8(row, null);
        column("value_text").text(row, null);
        column("value_bytes").bytes(row, null);
        column("quality").int8(row, 0);
        column("flags").int32(row, 0);
        column("seq").integer64(row, second);
        column("ingest_ts").integer64(row, ts + 40_000);
        column("msg_id").id(row, id);
      });
    }
  }
  const pack = writer.finish();
  if (pack === null) throw new RangeError("devices: received 0; allowed: 1 and more");
  return pack;
}

const hundredths = (): number => Math.round((Math.random() - 0.5) * 100) / 100;
