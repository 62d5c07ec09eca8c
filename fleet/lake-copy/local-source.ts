/** The lake of a site on this machine, read beside the site: files are written once, and a manifest says which count. */
import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Message } from "../../functions/core/model.ts";
import { LogKeyError } from "../../site/log/errors.ts";
import { rawMessages } from "../../site/replay/raw-messages.ts";
import type { Keyring } from "../../site/seal.ts";
import { filesBelow, sha256Of } from "../../site/store/files.ts";
import type { LakeFile } from "../../site/store/manifest.ts";
import { sealedScan } from "./copy-engine.ts";
import { ManifestView } from "./manifest-view.ts";
import {
  DamagedFile,
  hourIn,
  SourceChanged,
  type FetchedFile,
  type LakeSource,
  type RawUnit,
  type SourceFile,
} from "./places.ts";

export interface LocalLake {
  /** Holds `lake/`. Absolute. */
  readonly dataFolder: string;
  readonly keyring: Keyring;
  readonly tenant: string;
}

/** Of a portion, so that what is made of it stays small. */
const portionMessages = 20_000;

/** @param name of the lake, for people */
export function localSource(name: string, { dataFolder, keyring, tenant }: LocalLake): LakeSource {
  const folder = join(dataFolder, "lake");
  const manifest = new ManifestView(folder, keyring.key("manifest"));
  const files = (): (SourceFile & Pick<LakeFile, "sha256">)[] =>
    manifest.now.files // Results of insights cite files of this lake: the other one works them out of its own.
      .filter(({ derived }) => derived === undefined)
      .map(({ table, path, bytes, sha256 }) => ({ ...hourIn(path), table, path, bytes, sha256 }));
  const raw = async (): Promise<RawUnit[]> => {
    const found = (await filesBelow(join(folder, "raw"))).filter((file) => file.endsWith(".seg")).sort();
    return Promise.all(
      found.map(async (file) => {
        const path = relative(folder, file);
        // Retention may take it away at this moment.
        const { size } = await stat(file).catch(() => ({ size: 0 }));
        return { ...hourIn(path), path, bytes: size };
      }),
    );
  };
  return {
    name,
    async days() {
      const days = new Map<string, number>();
      for (const { day, bytes } of [...files(), ...(await raw())])
        days.set(day, (days.get(day) ?? 0) + bytes);
      return [...days].map(([day, bytes]) => ({ day, bytes })).sort((a, b) => (a.day < b.day ? -1 : 1));
    },
    files: async (day) => files().filter((file) => file.day === day),
    fetch: ({ path, sha256, bytes }) => fetchLocal(join(folder, path), path, { sha256, bytes }, "source"),
    raw: async (day) => (await raw()).filter((unit) => unit.day === day),
    async *messages({ path }, onDamage) {
      let portion: Message[] = [];
      try {
        for await (const { message } of rawMessages(join(folder, path), keyring, tenant, onDamage)) {
          // A file that a device logged is kept whole beside, and copied as that.
          if (message.lane !== "live") continue;
          portion.push(message);
          if (portion.length < portionMessages) continue;
          yield portion;
          portion = [];
        }
      } catch (error) {
        if (error instanceof LogKeyError) throw new DamagedFile("nothing in it opens");
        throw gone(error, path);
      }
      if (portion.length > 0) yield portion;
    },
  };
}

/** A file of a local lake, where it lies. */
export async function fetchLocal(
  file: string,
  path: string,
  promised: { readonly sha256: string | null; readonly bytes: number },
  key: "source" | "lake",
): Promise<FetchedFile> {
  const sha256 = await sha256Of(file).catch((error: unknown) => {
    throw gone(error, path);
  });
  if (sha256 !== promised.sha256)
    throw new DamagedFile(`its content has the SHA-256 ${sha256}, and the manifest says ${promised.sha256}`);
  return { sha256, scan: sealedScan(file, key), release: async () => undefined };
}

function gone(error: unknown, path: string): unknown {
  return (error as NodeJS.ErrnoException).code === "ENOENT" ? new SourceChanged(`${path} is gone`) : error;
}
