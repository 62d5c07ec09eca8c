/** The manifest of a local lake, read anew only where it has changed. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { SealingKey } from "../../site/seal.ts";
import { readManifest, type ReadManifest } from "../../site/store/manifest-frames.ts";

export class ManifestView {
  readonly #folder: string;
  readonly #key: SealingKey;
  #known: { readonly as: string; readonly read: ReadManifest } | null = null;

  /** @param lake its folder */
  constructor(lake: string, key: SealingKey) {
    this.#folder = join(lake, "manifest");
    this.#key = key;
  }

  /** Throws where the key is another one. */
  get now(): ReadManifest {
    const found = statSync(join(this.#folder, "journal"), { throwIfNoEntry: false });
    const as = found === undefined ? "none" : `${found.ino} ${found.size} ${found.mtimeMs}`;
    if (this.#known?.as !== as) this.#known = { as, read: readManifest(this.#folder, this.#key) };
    return this.#known.read;
  }
}
