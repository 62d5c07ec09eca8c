import { getProject, getStack, type ComponentResourceOptions } from "@pulumi/pulumi";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { localFolders, type LocalFolders } from "./names.ts";
import { Keyring, Site } from "./resources.ts";

/** What the five local components share: the folders of the stack and the one process that serves them all. */
export interface LocalContext {
  readonly config: Config["local"];
  readonly folders: LocalFolders;
  readonly site: Site;
}

/** Built once per stack, as the first resources of the plan. */
export function createContext(config: Config, opts: ComponentResourceOptions = {}): LocalContext {
  const folders = localFolders(process.cwd(), getStack(), config.local);
  const keyring = new Keyring(
    `${getProject()}-site-key`,
    { file: join(folders.keys, "site.key"), managed: true },
    { ...opts },
  );
  const site = new Site(
    `${getProject()}-site`,
    { runFolder: folders.run, keyFile: keyring.file },
    { ...opts },
  );
  return { config: config.local, folders, site };
}
