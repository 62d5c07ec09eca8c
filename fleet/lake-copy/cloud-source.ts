/** A cloud's lake that is read, whoever writes to it meanwhile. */
import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { quarantineTable } from "../../functions/core/table.ts";
import { contentHash } from "../../functions/lake/changed-name.ts";
import { dayFiles, tablesOf } from "../../functions/lake/day-files.ts";
import { readRaw } from "../../functions/lake/raw-messages.ts";
import { MissingObject } from "../../functions/missing-object.ts";
import type { CloudLake } from "./cloud-destination.ts";
import { plainScan, type CopyEngine } from "./copy-engine.ts";
import { DamagedFile, hourIn, SourceChanged, type LakeSource } from "./places.ts";

const portionMessages = 20_000;

/** @param name of the lake, for people */
export function cloudSource(
  name: string,
  tenant: string,
  { places, objects, list }: Omit<CloudLake, "removal">,
  engine: CopyEngine,
): LakeSource {
  const zoneOf = (table: string): string =>
    table === quarantineTable.name ? places.quarantine : places.curated;
  const tables = async (): Promise<readonly string[]> => [
    ...(await tablesOf(places.curated, list)),
    ...(await tablesOf(places.quarantine, list)),
  ];
  const read = async (zone: string, key: string): Promise<Uint8Array> =>
    objects.read(zone, key).catch((error: unknown) => {
      throw error instanceof MissingObject ? new SourceChanged(error.message) : error;
    });
  return {
    name,
    async days() {
      const days = new Map<string, number>();
      const zones = [...(await tables()).map((table) => [zoneOf(table), `${table}/`]), [places.raw, "live/"]];
      for (const [zone = "", prefix = ""] of zones) {
        for (const { key, bytes } of await list.all(zone, prefix)) {
          const [, day] = /\/dt=(\d{4}-\d\d-\d\d)\/hr=\d\d\//.exec(key) ?? [];
          if (day !== undefined) days.set(day, (days.get(day) ?? 0) + bytes);
        }
      }
      return [...days].map(([day, bytes]) => ({ day, bytes })).sort((a, b) => (a.day < b.day ? -1 : 1));
    },
    async files(day) {
      const files = [];
      for (const table of await tables())
        for (const found of await dayFiles(zoneOf(table), table, [day], { objects, list }))
          for (const { key, bytes } of found.files)
            files.push({ ...hourIn(key), table, path: key, bytes, sha256: contentHash(key) });
      return files;
    },
    async fetch({ table, path, sha256: promised }) {
      const bytes = await read(zoneOf(table), path);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      if (promised !== null && sha256 !== promised)
        throw new DamagedFile(`its content has the SHA-256 ${sha256}, and its name says ${promised}`);
      const file = engine.place();
      await writeFile(file, bytes, { mode: 0o600 });
      return { sha256, scan: plainScan(file), release: () => rm(file, { force: true }) };
    },
    async raw(day) {
      const found = await list.all(places.raw, `live/dt=${day}/`);
      return found
        .filter(({ key }) => key.endsWith(".ndjson.gz"))
        .map(({ key, bytes }) => ({ ...hourIn(key), path: key, bytes }));
    },
    async *messages({ path }, onDamage) {
      const { messages, damaged } = readRaw(await read(places.raw, path), tenant);
      if (damaged > 0) onDamage(damaged);
      for (let at = 0; at < messages.length; at += portionMessages)
        yield messages.slice(at, at + portionMessages);
    },
  };
}
