/** Files of readings and frames that a day's hours rest on. */
import { manifestFolder } from "../agreements.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { changedHash } from "../lake/changed-name.ts";
import { dayFiles, tablesOf } from "../lake/day-files.ts";
import { hourMicros } from "./days.ts";
import type { CloudPart } from "./ledger.ts";
import { atOnce, type InsightPorts } from "./ports.ts";

/** As the function that hears of landed files writes it. */
interface Manifest {
  readonly sha256: string;
}

export interface Sources {
  /** In an order that is the same each time. Rows and columns are what their files say when they are worked with. */
  readonly files: readonly CloudPart[];
  /** Hours with a file that counts, whether it has been heard of or not. */
  readonly there: ReadonlySet<string>;
  /** Hours with a file that does not count yet: what takes the place of others lies there before it does. */
  readonly unsettled: ReadonlySet<string>;
}

/**
 * What counts of a day's hours. A file without its manifest has not been heard of yet: its hour becomes due with it.
 *
 * @param hours `2026-11-21T07`; null for all
 */
export async function sourcesOf(
  day: string,
  hours: ReadonlySet<string> | null,
  { container, list, objects }: InsightPorts,
): Promise<Sources> {
  const files: CloudPart[] = [];
  const there = new Set<string>();
  const unsettled = new Set<string>();
  const tasks: (() => Promise<void>)[] = [];
  const hourOf = (key: string): string => `${day}T${/\/hr=(\d\d)\//.exec(key)?.[1]}`;
  for (const table of await tablesOf(container, list)) {
    const manifests = new Set(
      (await list.all(container, `${manifestFolder}/${table}/dt=${day}/`)).map(({ key }) => key),
    );
    for (const found of await dayFiles(container, table, [day], { objects, list })) {
      const counted = new Set(found.files);
      for (const file of found.all)
        if (!counted.has(file) && changedHash(file.key) !== null) unsettled.add(hourOf(file.key));
      for (const { key, bytes } of found.files) {
        const hour = hourOf(key);
        there.add(hour);
        const minTs = Date.parse(`${hour}:00:00Z`) * 1_000;
        const part = { table, path: key, bytes, minTs, maxTs: minTs + hourMicros - 1, rows: 0, shape: "" };
        const manifest = `${manifestFolder}/${key}.json`;
        const changed = changedHash(key);
        if (hours?.has(hour) === false || (changed === null && !manifests.has(manifest))) continue;
        tasks.push(async () => {
          files.push({ ...part, sha256: changed ?? (await hashIn(manifest)) });
        });
      }
    }
  }
  const hashIn = async (manifest: string): Promise<string> => {
    const text = Buffer.from(await objects.read(container, manifest)).toString();
    return (JSON.parse(text) as Manifest).sha256;
  };
  await inTurns(tasks, atOnce);
  return { files: files.sort((one, other) => (one.path < other.path ? -1 : 1)), there, unsettled };
}
