/** How many files and bytes lie in a cloud's lake, by its listing alone: nothing is opened. */
import type { LakeView } from "../../site/console/api.ts";
import type { BlobList, ListedBlob } from "../adapters/blob-list.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { firstOf } from "../core/first-of.ts";
import { daysIn, foldersOf } from "../lake/day-files.ts";

type Zone = "curated" | "quarantine";
type LakeFile = LakeView["files"][number];
type Sum = { files: number; bytes: number };

export interface LakeSizes {
  readonly zones: readonly ({ readonly zone: Zone } & Sum)[];
  /** By name. */
  readonly tables: readonly ({ readonly table: string } & Sum)[];
  /** Newest first. */
  readonly days: readonly ({ readonly table: string; readonly day: string } & Sum)[];
  /** Days before it were not counted; null: all were. */
  readonly since: string | null;
  /** Newest first. */
  readonly files: readonly LakeFile[];
}

interface Folder {
  readonly zone: Zone;
  readonly container: string;
  readonly folder: string;
  readonly months: ReadonlySet<string>;
}

const atOnce = 8;
/** Beyond it the months before are left out: two hundred pages of a listing. */
const mostFiles = 200_000;
const shownFiles = 200;
const shownDays = 1_000;
const hourMs = 3_600_000;

/** @param zones buckets, or containers by their address @param most files from which on no further month is counted */
export async function lakeSizes(
  list: BlobList,
  zones: Readonly<Record<Zone, string>>,
  most = mostFiles,
): Promise<LakeSizes> {
  const folders = await monthsOf(list, zones);
  const months = [...new Set(folders.flatMap(({ months: its }) => [...its]))].toSorted().toReversed();
  const byZone = new Map<Zone, Sum>([
    ["curated", { files: 0, bytes: 0 }],
    ["quarantine", { files: 0, bytes: 0 }],
  ]);
  const byDay = new Map<string, Sum>();
  const newest = firstOf<LakeFile>(
    shownFiles,
    (one, other) => other.to - one.to || (one.path < other.path ? -1 : 1),
  );
  let [since, counted]: [string | null, number] = [null, 0];
  for (const [index, month] of months.entries()) {
    const tasks = folders
      .filter((folder) => folder.months.has(month))
      .map(({ zone, container, folder }) => async (): Promise<void> => {
        for (const blob of await list.all(container, `${folder}/dt=${month}`)) {
          const file = fileOf(zone, blob);
          if (file === null) continue;
          const table = folder.slice(folder.lastIndexOf("/") + 1);
          const day = `${table} ${new Date(file.from).toISOString().slice(0, 10)}`;
          if (!byDay.has(day)) byDay.set(day, { files: 0, bytes: 0 });
          for (const sum of [byZone.get(zone), byDay.get(day)] as Sum[]) {
            sum.files += 1;
            sum.bytes += blob.bytes;
          }
          counted += 1;
          newest.add(file);
        }
      });
    await inTurns(tasks, atOnce);
    if (counted < most || index === months.length - 1) continue;
    since = `${month}-01`;
    break;
  }
  const days = [...byDay].map(([key, sum]) => {
    const [table = "", day = ""] = key.split(" ");
    return { table, day, ...sum };
  });
  return {
    zones: [...byZone].map(([zone, sum]) => ({ zone, ...sum })),
    tables: tablesFrom(days),
    days: days
      .toSorted((one, other) =>
        one.day === other.day ? (one.table < other.table ? -1 : 1) : one.day > other.day ? -1 : 1,
      )
      .slice(0, shownDays),
    since,
    files: newest.found().first,
  };
}

async function monthsOf(list: BlobList, zones: Readonly<Record<Zone, string>>): Promise<readonly Folder[]> {
  const found: Folder[] = [];
  for (const [zone, container] of Object.entries(zones) as [Zone, string][]) {
    const tasks = (await foldersOf(container, list)).map((folder) => async (): Promise<void> => {
      const months = (await daysIn(container, folder, list)).map((day) => day.slice(0, "2026-11".length));
      found.push({ zone, container, folder, months: new Set(months) });
    });
    await inTurns(tasks, atOnce);
  }
  return found;
}

/** Null where it is no file of a table's hour. */
function fileOf(zone: Zone, { key, bytes }: ListedBlob): (LakeFile & { readonly from: number }) | null {
  const [, day, hour] = /\/dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)\/[^/]+\.parquet$/.exec(key) ?? [];
  if (day === undefined) return null;
  const from = Date.parse(`${day}T${hour}:00:00Z`);
  return { zone, path: key, bytes, rows: null, from, to: from + hourMs - 1 };
}

function tablesFrom(days: LakeSizes["days"]): LakeSizes["tables"] {
  const by = [...Map.groupBy(days, ({ table }) => table)];
  const sum = (its: LakeSizes["days"], field: keyof Sum): number =>
    its.reduce((total, one) => total + one[field], 0);
  return by
    .map(([table, its]) => ({ table, files: sum(its, "files"), bytes: sum(its, "bytes") }))
    .toSorted((one, other) => (one.table < other.table ? -1 : 1));
}
