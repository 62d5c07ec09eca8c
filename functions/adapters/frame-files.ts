/** Files of frame tables in an object store: found by the hours that they lie in, told apart by their footers, read by column. */
import { zstdDecompressSync } from "node:zlib";
import {
  parquetMetadata,
  parquetMetadataAsync,
  parquetRead,
  type FileMetaData,
} from "hyparquet/src/index.js";
import { hourFolder, hourOf } from "../core/instant.ts";
import type { Micros } from "../core/model.ts";
import type { ObjectStore, StoredFiles } from "../ports.ts";
import type { DeviceFrames, FrameFiles } from "../scoring/frames.ts";
import type { BlobList } from "./blob-list.ts";
import { isChangedName } from "../lake/changed-name.ts";
import { MissingObject } from "../missing-object.ts";
import { inTurns } from "./in-turns.ts";

/** Within which a file's rows lie: its footer says it. */
interface Span {
  readonly from: Micros;
  readonly to: Micros;
  readonly firstDevice: string;
  readonly lastDevice: string;
}

/** Beyond, a file is none of a decoder's batches, and more than memory should hold. */
const mostRows = 4_000_000;
const parallel = 16;
/** Bytes of a footer of thirty columns, several times over. */
const footerBytes = 32_768;
const rememberedSpans = 50_000;
const hourMicros = 3_600_000_000;

const parsers = {
  timestampFromMilliseconds: (milliseconds: bigint) => Number(milliseconds) * 1_000,
  timestampFromMicroseconds: Number,
  timestampFromNanoseconds: (nanoseconds: bigint) => Number(nanoseconds / 1_000n),
};

/** @param container bucket or container of the curated zone */
export function frameFiles(
  container: string,
  objects: Pick<ObjectStore, "read">,
  files: Pick<StoredFiles, "range">,
  list: Pick<BlobList, "all">,
): FrameFiles {
  const spans = new Map<string, Span | null>();
  const remember = (key: string, span: Span | null): Span | null => {
    if (spans.size >= rememberedSpans) spans.clear();
    spans.set(key, span);
    return span;
  };
  /** A file whose place another one took is read as all of those of its hour: the rows are the same. */
  const contents = async (key: string): Promise<readonly Uint8Array[]> => {
    try {
      return [await objects.read(container, key)];
    } catch (error) {
      if (!(error instanceof MissingObject)) throw error;
      const changed = (await list.all(container, key.slice(0, key.lastIndexOf("/") + 1)))
        .map((listed) => listed.key)
        .filter(isChangedName);
      if (changed.length === 0) throw error;
      return Promise.all(changed.map((one) => objects.read(container, one)));
    }
  };
  /** Null for a file without rows, or none that can be read. */
  const span = async (key: string, byteLength: number): Promise<Span | null> => {
    const known = spans.get(key);
    if (known !== undefined) return known;
    const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> =>
      bufferOf(await files.range(container, key, start, end));
    const tail = await slice(Math.max(0, byteLength - footerBytes));
    const source = {
      byteLength,
      slice: (start: number, end = byteLength) =>
        start >= byteLength - tail.byteLength
          ? tail.slice(start - byteLength + tail.byteLength, end - byteLength + tail.byteLength)
          : slice(start, end),
    };
    const options = { parsers, initialFetchSize: footerBytes };
    return remember(key, await parquetMetadataAsync(source, options).then(spanOf, () => null));
  };
  return {
    async read(key, axes) {
      const found: DeviceFrames[] = [];
      const read = await contents(key);
      for (const bytes of read) found.push(...(await framesIn(bytes, axes)));
      if (read.length === 1) remember(key, spanOf(parquetMetadata(read[0]!, { parsers })));
      return found;
    },
    async near(table, places, axes, known) {
      const found: DeviceFrames[] = [];
      const isNear = ({ from, to, firstDevice, lastDevice }: Span): boolean =>
        places.some(
          (place) =>
            place.from <= to && place.to >= from && place.device >= firstDevice && place.device <= lastDevice,
        );
      const own = new Set(known);
      const wanted = new Set(places.map(({ device }) => device));
      const look = async (key: string, bytes: number): Promise<void> => {
        const where = await span(key, bytes).catch(ofMissing);
        if (where === null || !isNear(where)) return;
        for (const content of await contents(key)) {
          const frames = await framesIn(content, axes).catch(() => []);
          found.push(...frames.filter(({ device }) => wanted.has(device)));
        }
      };
      for (const hour of hoursOf(places)) {
        const listed = await list.all(container, `${table}/${hour}/`);
        const others = listed.filter(({ key }) => !own.has(key));
        await inTurns(
          others.map(
            ({ key, bytes }) =>
              () =>
                look(key, bytes),
          ),
          parallel,
        );
      }
      return found;
    },
  };
}

function hoursOf(places: readonly { readonly from: Micros; readonly to: Micros }[]): Set<string> {
  const hours = new Set<string>();
  for (const { from, to } of places) {
    for (let at = from - (from % hourMicros); at <= to; at += hourMicros) hours.add(hourFolder(hourOf(at)));
  }
  return hours;
}

/** Where a file was listed and is there no more, those that took its place are looked into. */
function ofMissing(error: unknown): Span {
  if (error instanceof MissingObject) return anywhere;
  throw error;
}

const anywhere: Span = { from: -Infinity, to: Infinity, firstDevice: "", lastDevice: "\uffff" };

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer =>
  buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;

/** By the statistics of its row groups; a file without them may hold anything. */
function spanOf({ row_groups, num_rows }: FileMetaData): Span | null {
  if (num_rows === 0n) return null;
  const bounds = (name: string) =>
    row_groups.map(({ columns }) => {
      const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === name);
      const { min_value, max_value } = column?.meta_data?.statistics ?? {};
      return [min_value, max_value] as const;
    });
  const times = bounds("ts").flat().map(Number);
  const devices = bounds("device_id").flat();
  const isTold = times.every(Number.isFinite) && devices.every((device) => typeof device === "string");
  if (!isTold) return anywhere;
  const names = (devices as string[]).toSorted();
  return {
    ...{ from: Math.min(...times), to: Math.max(...times) },
    ...{ firstDevice: names[0]!, lastDevice: names.at(-1)! },
  };
}

async function framesIn(bytes: Uint8Array, axes: readonly string[]): Promise<readonly DeviceFrames[]> {
  const file = bufferOf(bytes);
  const metadata = parquetMetadata(file, { parsers });
  const rows = Number(metadata.num_rows);
  const names = metadata.schema.slice(1).map(({ name }) => name);
  const columns = ["device_id", "lane", "ts", "ingest_ts", ...axes];
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new Error(`the file has no column ${missing.join(", ")}`);
  if (rows > mostRows) throw new Error(`the file has ${rows} rows; allowed: ${mostRows}`);
  const numbers = new Map(columns.slice(2).map((column) => [column, new Float64Array(rows).fill(NaN)]));
  const texts = new Map(["device_id", "lane"].map((column) => [column, new Array<string>(rows)]));
  await parquetRead({
    ...{ file, metadata, columns, parsers },
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    onChunk({ columnName, columnData, rowStart }) {
      const into = numbers.get(columnName);
      const text = texts.get(columnName);
      for (let index = 0; index < columnData.length; index++) {
        const value: unknown = columnData[index];
        if (text !== undefined) text[rowStart + index] = String(value);
        else if (into !== undefined && typeof value === "number") into[rowStart + index] = value;
      }
    },
  });
  const [devices, lanes] = [texts.get("device_id")!, texts.get("lane")!];
  const groups = Map.groupBy(devices.keys(), (row) => `${lanes[row]} ${devices[row]}`);
  return [...groups.values()].map((own) => {
    const part = (column: string): Float64Array => {
      const all = numbers.get(column)!;
      return Float64Array.from(own, (row) => all[row]!);
    };
    const [first] = own as [number];
    return {
      device: devices[first]!,
      isOffline: lanes[first] === "offline",
      ...{ times: part("ts"), arrivals: part("ingest_ts") },
      columns: new Map(axes.map((axis) => [axis, part(axis)])),
    };
  });
}
