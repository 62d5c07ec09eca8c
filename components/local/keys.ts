import type { CustomResourceOptions } from "@pulumi/pulumi";
import { join } from "node:path";
import type { KeyOwnership } from "../contracts/encrypted-lake.ts";
import type { LocalFolders } from "./names.ts";
import { Keyring } from "./resources.ts";

/** The lake's master key: made here, or the key file that its owner names. */
export function lakeKey(
  name: string,
  key: KeyOwnership,
  folders: LocalFolders,
  opts: CustomResourceOptions,
): Keyring {
  return key.kind === "managed"
    ? new Keyring(`${name}-key`, { file: join(folders.keys, "lake.key"), managed: true }, opts)
    : new Keyring(`${name}-key`, { file: key.reference, managed: false }, opts);
}
