/** What stands in the lake's files is what was staged, bit by bit, in the order of the table. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { quarantineTable, readingsTable } from "../../../functions/core/table.ts";
import { Keyring } from "../../../site/seal.ts";
import { encryption } from "../../../site/store/engine.ts";
import { LakeCore } from "../../../site/store/lake-core.ts";
import { pack, type Row } from "./packs.ts";

const hour = 3_600_000_000;
const start = 1_793_491_200_000_000;

let folder: string;
let core: LakeCore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-order-"));
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

/** A value of each kind that is easily spoilt on its way, or none. */
function reading(number: number, count: number): Row {
  const own = (number * 7919) % count;
  return {
    tenant: "tenant",
    device_id: ["Zürich", "a", "a'b", "z", "é", "Ω", "🌡"][own % 7]!,
    sub_device: own % 3 === 0 ? null : `left ${own % 5}`,
    ts: start + ((own * 104_729) % 30) * (hour / 10) + (own % 11),
    metric: `metric_${own % 4}`,
    value_double: own % 2 === 0 ? own / 7 : null,
    // As a double these bits are a NaN that a copy would quieten.
    value_int: own % 5 === 0 ? 0x7ff4_0000_0000_0001n + BigInt(own) : null,
    value_bool: own % 13 === 0 ? 1 : null,
    value_text: [null, "", "short", "exactly 12 b", "longer than twelve bytes ß"][own % 5]!,
    value_bytes: own % 17 === 0 ? Buffer.alloc(own % 40, own) : null,
    unit: null,
    seq: number,
    ingest_ts: start,
    msg_id: Buffer.alloc(16, number),
    lane: "live",
    codec: "codec",
    codec_version: "1",
  };
}

const bytes = (value: unknown): Buffer => Buffer.from(String(value));

test("values of every kind stand in their hour's file, ordered by device, metric and time, then as they came", async () => {
  const count = 6000;
  const rows = Array.from({ length: count }, (_, number) => reading(number, count));
  // Some packs have a value where others have none at all.
  rows
    .slice(100, 200)
    .forEach((row) => Object.assign(row, { value_text: null, value_bytes: null, value_int: null }));
  stage([rows.slice(0, 100), rows.slice(100, 200), rows.slice(200)].map((part) => pack(readingsTable, part)));
  await core.flush("all");
  const hours = Map.groupBy(rows, ({ ts }) => Math.floor((Number(ts) - start) / hour));
  expect(core.manifest.files.length).toBe(hours.size);
  for (const file of core.manifest.files) {
    const own = hours.get(Math.floor((file.minTs - start) / hour)) ?? [];
    const inOrder = own.toSorted(
      (left, right) =>
        Buffer.compare(bytes(left["device_id"]), bytes(right["device_id"])) ||
        Buffer.compare(bytes(left["metric"]), bytes(right["metric"])) ||
        Number(left["ts"]) - Number(right["ts"]),
    );
    const times = own.map(({ ts }) => Number(ts));
    expect([file.rows, file.minTs, file.maxTs]).toEqual([own.length, Math.min(...times), Math.max(...times)]);
    const found =
      await query(`SELECT tenant, device_id, sub_device, epoch_us(ts), metric, value_double, value_int,
      value_bool::INTEGER, value_text, hex(value_bytes), unit, seq, hex(msg_id) FROM ${scan(file.path)}`);
    expect(found).toEqual(
      inOrder.map((row) => [
        ...[row["tenant"], row["device_id"], row["sub_device"], BigInt(Number(row["ts"])), row["metric"]],
        ...[
          row["value_double"],
          row["value_int"],
          row["value_bool"],
          row["value_text"],
          hex(row["value_bytes"]),
        ],
        ...[null, BigInt(Number(row["seq"])), hex(storedId(row["msg_id"] as Uint8Array))],
      ]),
    );
  }
});

test("names without end, and one that SQL could not say, are text", async () => {
  const names = Array.from({ length: 6000 }, (_, number) => `device ${(number * 7919) % 6000}`);
  names[17] = "nul\0in it";
  stage([
    pack(
      readingsTable,
      names.map((name, seq) => ({ device_id: name, metric: "m", ts: start, value_double: seq, seq })),
    ),
  ]);
  await core.flush("all");
  const [file] = core.manifest.files;
  const found = await query(`SELECT device_id, seq FROM ${scan(file?.path ?? "")}`);
  expect(found.map(([name]) => name)).toEqual(
    names.toSorted((left, right) => Buffer.compare(bytes(left), bytes(right))),
  );
  for (const [name, seq] of found) expect(names[Number(seq)]).toBe(name);
});

test("an hour of quarantine is one file, ordered by device and arrival", async () => {
  const rows = [3, 1, 2].map((at) => ({
    ...{
      tenant: "t",
      device_id: `d${at % 2}`,
      channel: "telemetry",
      received_at: start + at,
      reason: "empty",
    },
    ...{
      detail: `number ${at}: ${"x".repeat(at * 10)}`,
      payload: Buffer.alloc(at * 5, at),
      msg_id: Buffer.alloc(16),
    },
  }));
  stage([pack(quarantineTable, rows)]);
  await core.flush("all");
  const found = await query(
    `SELECT device_id, epoch_us(received_at) - ${start}, detail, hex(payload) FROM ${scan(core.manifest.files[0]?.path ?? "")}`,
  );
  const expected = [rows[2], rows[1], rows[0]].map((row) => [
    ...[row?.device_id, BigInt((row?.received_at ?? 0) - start), row?.detail, hex(row?.payload ?? null)],
  ]);
  expect(found).toEqual(expected);
});

function stage(tables: ReturnType<typeof pack>[]): void {
  const delta = { messages: 1, rows: 1, frames: 0, quarantined: 0, duplicates: 0 };
  core.stage({ tables, next: { segment: 1, record: 1 }, delta });
}

const scan = (path: string): string =>
  `read_parquet('${folder}/${path}', encryption_config = {${encryption}}, hive_partitioning = false)`;

async function query(sql: string): Promise<unknown[][]> {
  return (await core.engine.main.runAndReadAll(sql)).getRows();
}

const hex = (value: unknown): string | null =>
  value === null
    ? null
    : Buffer.from(value as Uint8Array)
        .toString("hex")
        .toUpperCase();

/** The packs of the tests hold words as DuckDB has them: a UUID's bytes stand the other way round. */
function storedId(id: Uint8Array): Buffer {
  const bytesOfId = Buffer.from(id).reverse();
  bytesOfId[0] = (bytesOfId[0] ?? 0) ^ 0x80;
  return bytesOfId;
}
