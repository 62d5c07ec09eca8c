/** A lake of which some files are not what was written: what every cloud's API answers from the rest of it. */
import { expect } from "@jest/globals";
import type { Fieldlake } from "../../clients/typescript/client.ts";
import { parquetSink } from "../../functions/adapters/lake.ts";
import { frameBlocks, readingsBlock } from "../../functions/core/columns.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import { memoryLake } from "./memory-lake.ts";
import { pressReadings } from "./press-reading.ts";

const hourMs = 3_600_000;

interface Written {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A reading of a press as a file of its own, as a function writes it. */
export async function readingFile(at: number, deviceId: string): Promise<Written> {
  const store = memoryLake(Date.now);
  const reading = pressReadings(at * 1000)({ tenant: "acme", deviceId, metric: "temperature" });
  await parquetSink(store.objects, "lake", "bytes").write(readingsBlock([reading]));
  return fileOf(store);
}

async function frameFile(at: number, deviceId: string): Promise<Written> {
  const store = memoryLake(Date.now);
  const table = { name: "frames_wrist", columns: [{ name: "x", unit: null }] };
  const { msgId, lane } = pressReadings(at * 1000)({});
  const row = {
    ...{ table, tenant: "acme", deviceId, ts: at * 1000, tsRaw: null, values: [1], quality: 0 as const },
    ...{ flags: 0, seq: 1, ingestTs: at * 1000, msgId, lane, codec: "imu", codecVersion: "1" },
  };
  for (const block of frameBlocks([row])) await parquetSink(store.objects, "lake", "bytes").write(block);
  return fileOf(store);
}

function fileOf({ stored }: ReturnType<typeof memoryLake>): Written {
  const [[name, { bytes }] = ["", { bytes: new Uint8Array() }]] = stored;
  return { path: name.slice("lake/".length), bytes };
}

/** With one bit the other way. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ 4;
  return copy;
}

const cut = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2));
/** As Firehose names files: the name says nothing of the content. */
export const deliveredAs = ({ path }: Written, number: number): string =>
  path.replace(/[^/]*$/, `fieldlake-readings-1-2026-11-21-07-00-00-${number}.parquet`);

/** @param began milliseconds since 1970 @returns paths of the damaged files, in order */
export async function writeDamagedLake(
  objects: Pick<ObjectStore, "create">,
  container: string,
  began: number,
): Promise<readonly string[]> {
  const write = async (path: string, bytes: Uint8Array): Promise<string> => {
    await objects.create(container, path, bytes);
    return path;
  };
  const [whole, other] = [await readingFile(began, "press-01"), await frameFile(began - hourMs, "wrist-01")];
  await write(whole.path, whole.bytes);
  await write(deliveredAs(whole, 0), whole.bytes);
  await write(other.path, other.bytes);
  const torn = await readingFile(began, "press-02");
  const bent = await readingFile(began, "press-03");
  const frames = await frameFile(began, "wrist-02");
  const middle = Math.floor(bent.bytes.length / 3);
  const damaged = [
    await write(torn.path, cut(torn.bytes)),
    await write(bent.path, flipped(bent.bytes, middle)),
    await write(frames.path, cut(frames.bytes)),
    await write(deliveredAs(torn, 1), cut(torn.bytes)),
    // Within what says where the columns are: an engine sees it once it reads.
    await write(deliveredAs(bent, 2), flipped(bent.bytes, bent.bytes.length - 5)),
    await write(deliveredAs(bent, 3), new Uint8Array()),
  ];
  return damaged.toSorted();
}

/** The whole files' rows are answered, and the damaged ones of a question named. */
export async function answersFromTheRest(lake: Fieldlake, damaged: readonly string[]): Promise<void> {
  const of = (table: string): readonly string[] => damaged.filter((path) => path.startsWith(`${table}/`));
  const devices = "SELECT device_id, count(*)::INT FROM readings GROUP BY 1";
  for (const _ of ["found out", "known"]) {
    const answer = await lake.query(devices);
    expect([answer.rows, answer.leftOut]).toEqual([[["press-01", 2]], of("readings")]);
  }
  const frames = await lake.query("SELECT device_id, x FROM frames_wrist");
  expect([frames.rows, frames.leftOut]).toEqual([[["wrist-01", 1]], of("frames_wrist")]);
  const { rows } = await lake.ask("latest", {});
  expect(rows.map(({ device }) => device).toSorted()).toEqual(["press-01", "wrist-01"]);
  expect((await lake.query("SELECT count(*)::INT FROM quarantine")).leftOut).toBeUndefined();
}
