import { join, resolve } from "node:path";
import {
  isEveryAddress,
  isWithin,
  keysBesideData,
  watchedFaults,
  type LocalSettings,
  type WatchedFolder,
} from "./settings.ts";

/** Where one stack of the local target keeps its things, absolute. */
export interface LocalFolders {
  /** Sealed data: fleet/, log/, lake/, run/. */
  readonly data: string;
  /** The fleet's registry. */
  readonly fleet: string;
  readonly run: string;
  /** Key files, outside the data folder. */
  readonly keys: string;
  readonly watched: readonly WatchedFolder[];
}

/**
 * Folders of a stack; relative settings are relative to the project's folder. Throws where the keys would lie in the data folder,
 * or where what machines drop would.
 */
export function localFolders(project: string, stack: string, local: LocalSettings): LocalFolders {
  const from = (setting: string | undefined, fallback: string) => resolve(project, setting ?? fallback);
  const data = from(local.dataFolder, join(".fieldlake", stack, "data"));
  const keys = from(local.keyFolder, join(".fieldlake", stack, "keys"));
  if (isWithin(keys, data)) throw new Error(keysBesideData(keys, data));
  const watched = local.watch.map((one) => ({ ...one, folder: resolve(project, one.folder) }));
  const faults = watchedFaults(watched, { data, keys });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return { data, fleet: join(data, "fleet"), run: join(data, "run"), keys, watched };
}

/** What devices and browsers connect to: a name of the server certificate where the site listens on every address. */
export function reachedBy(host: string, serverNames: readonly string[]): string {
  return isEveryAddress(host) ? (serverNames[0] ?? host) : host;
}
