import { isAbsolute, join, resolve } from "node:path";
import type { Config } from "../../config.ts";

/** Where one stack of the local target keeps its things, absolute. */
export interface LocalFolders {
  /** Sealed data: fleet/, log/, lake/, run/. */
  readonly data: string;
  /** The fleet's registry. */
  readonly fleet: string;
  readonly run: string;
  /** Key files, outside the data folder. */
  readonly keys: string;
}

/** Folders of a stack; relative settings are relative to the project's folder. Throws where the keys would lie in the data folder. */
export function localFolders(project: string, stack: string, local: Config["local"]): LocalFolders {
  const from = (setting: string | undefined, fallback: string) => resolve(project, setting ?? fallback);
  const data = from(local.dataFolder, join(".fieldlake", stack, "data"));
  const keys = from(local.keyFolder, join(".fieldlake", stack, "keys"));
  if (isWithin(keys, data)) {
    throw new Error(
      `fieldlake:local.keyFolder: received ${keys}; allowed: a folder outside fieldlake:local.dataFolder (${data}), so that a copy of the data holds no key`,
    );
  }
  return { data, fleet: join(data, "fleet"), run: join(data, "run"), keys };
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`) || !isAbsolute(inner);
}
