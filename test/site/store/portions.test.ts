/** The lake without its thread: what is written together, what questions see meanwhile, what is merged. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { quarantineTable, readingsTable, type TableSchema } from "../../../functions/core/table.ts";
import { Keyring } from "../../../site/seal.ts";
import { encryption } from "../../../site/store/engine.ts";
import { LakeCore } from "../../../site/store/lake-core.ts";
import { maintain } from "../../../site/store/maintenance.ts";
import type { PackedTable } from "../../../site/store/packed.ts";
import { portionRows } from "../../../site/store/staged-batches.ts";
import { pack, type Row } from "./packs.ts";

const hour = 1_793_491_200_000_000;
const keep = { raw: 0, curated: 0, quarantine: 0 };

let folder: string;
let core: LakeCore;
let record = 0;
beforeEach(async () => {
  record = 0;
  folder = mkdtempSync(join(tmpdir(), "fieldlake-portions-"));
  core = await LakeCore.open({
    folder,
    keyring: new Keyring(randomBytes(32)),
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    onDamage: () => undefined,
  });
  await core.addTables([readingsTable, quarantineTable]);
});
afterEach(async () => {
  await core.close();
  rmSync(folder, { recursive: true });
});

test("a portion is what fits into a file, and the position is that of its last batch", async () => {
  for (const batch of [0, 1, 2]) stage(many(readingsTable, 0.6 * portionRows, batch));
  expect(core.stagedPortions).toBeCloseTo(1.8);
  expect(await core.flush("portion")).toEqual({ segment: 1, record: 1 });
  expect(core.stagedPortions).toBeCloseTo(1.2);
  await core.show();
  expect(await count()).toBe(1.8 * portionRows);
  expect(core.manifest.files.map(({ rows }) => rows)).toEqual([0.6 * portionRows]);
});

test("what questions saw is written together: none of it is away between a portion and the next one", async () => {
  for (const batch of [0, 1, 2]) stage(many(readingsTable, 0.6 * portionRows, batch));
  await core.show();
  stage(many(readingsTable, 10, 3));
  expect(await core.flush("portion")).toEqual({ segment: 1, record: 3 });
  // As a question that was shown everything before the flush, and reads after it.
  expect(await count()).toBe(1.8 * portionRows);
  expect(await core.flush("all")).toEqual({ segment: 1, record: 4 });
  expect(await count()).toBe(1.8 * portionRows + 10);
});

test("long values fill a portion by their bytes", async () => {
  const payload = randomBytes(120_000);
  for (let batch = 0; batch < 3; batch++) {
    stage(pack(quarantineTable, rows(200, batch, { payload, received_at: hour, device_id: "press-01" })));
  }
  expect(core.stagedPortions).toBeGreaterThan(2);
  expect(await core.flush("portion")).toEqual({ segment: 1, record: 1 });
  expect(await core.flush("all")).toEqual({ segment: 1, record: 3 });
  const found = await core.engine.main.runAndReadAll(
    "SELECT count(*) FROM quarantine WHERE octet_length(payload) = 120000",
  );
  expect(Number(found.getRows()[0]?.[0])).toBe(600);
});

test("merging leaves one file in order, and of a repeat the row that came first", async () => {
  const at = (ts: number, seq: number, value: number, others: Row = {}): Row => ({
    ...{ device_id: `press-${seq % 3}`, metric: "temperature", ts: hour + ts, seq, value_double: value },
    ...{ msg_id: Buffer.alloc(16, seq), ingest_ts: hour + ts + 5 },
    ...others,
  });
  const late = { ingest_ts: hour + 999, flags: 1 };
  const files = [
    [at(30, 1, 1), at(10, 2, 2)],
    // One message may say two things of the same time, and one of another's id the same thing.
    [at(20, 4, 4), at(20, 4, 5), at(20, 7, 4)],
    [
      at(30, 1, 1, late),
      at(20, 4, 5, late),
      at(20, 4, 4, late),
      at(30, 1, 1, { ...late, sub_device: "left" }),
    ],
    [at(10, 2, 2, late), at(5, 5, 6)],
  ];
  const others = 2500;
  for (const [index, each] of files.entries()) {
    const further = Array.from({ length: others }, (_, row) =>
      at(((row * 7919) % 9973) * 1000, 3 * (1 + row * 4 + index), row, { metric: "vibration" }),
    );
    stage(pack(readingsTable, [...each, ...further]));
    await core.flush("all");
  }
  expect(await maintain(core, keep)).toEqual({ merged: 4, removed: 0 });
  const [file, ...rest] = core.manifest.files;
  expect([file?.rows, file?.minTs, rest]).toEqual([7 + 4 * others, hour, []]);
  const found = await core.engine.main.runAndReadAll(
    `SELECT device_id, CAST(epoch_us(ts) - ${hour} AS INTEGER), value_double, sub_device, flags, CAST(epoch_us(ingest_ts) - ${hour} AS INTEGER)
     FROM read_parquet('${folder}/${file?.path}', encryption_config = {${encryption}}, hive_partitioning = false)`,
  );
  const rowsFound = found.getRows();
  const places = rowsFound.map(([device, ts]) => `${String(device)} ${String(ts).padStart(8)}`);
  expect(places).toEqual(places.toSorted());
  const few = rowsFound.filter(([, ts]) => Number(ts) > 0 && Number(ts) < 1000);
  expect(
    few.map(([device, ts, value]) => `${String(device)} ${String(ts)} ${String(value)}`).toSorted(),
  ).toEqual([
    ...["press-1 20 4", "press-1 20 4", "press-1 20 5", "press-1 30 1", "press-1 30 1"],
    ...["press-2 10 2", "press-2 5 6"],
  ]);
  expect(few.filter(([, , , , flags]) => flags !== 0)).toEqual([["press-1", 30, 1, "left", 1, 999]]);
  expect(await maintain(core, keep)).toEqual({ merged: 0, removed: 0 });
}, 60_000);

function stage(...tables: PackedTable[]): void {
  const delta = { messages: 1, rows: 1, frames: 0, quarantined: 0, duplicates: 0 };
  core.stage({ tables, next: { segment: 1, record: ++record }, delta });
}

async function count(): Promise<number> {
  const reader = await core.engine.main.runAndReadAll("SELECT count(*) FROM readings");
  return Number(reader.getRows()[0]?.[0]);
}

const rows = (number: number, batch: number, values: Row): Row[] =>
  Array.from({ length: number }, (_, index) => ({
    ...values,
    msg_id: Buffer.from(`${batch}/${index}`.padEnd(16)),
  }));

const many = (table: TableSchema, number: number, batch: number): PackedTable =>
  pack(
    table,
    rows(number, batch, { device_id: "press-01", metric: "temperature", ts: hour, value_double: batch }),
  );
