/** The settings of all modules, sealed, so that the site comes back by itself after a crash or reboot. */
import { readFileSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SealingKey } from "./seal.ts";
import { moduleSettings, type ModuleName, type ModuleSettings } from "./settings.ts";

export type StoredSettings = { -readonly [Name in ModuleName]?: ModuleSettings[Name] };

const fileName = "settings.sealed";

export class SettingsStore {
  readonly #file: string;
  readonly #key: SealingKey;
  readonly #settings: StoredSettings;

  private constructor(file: string, key: SealingKey, settings: StoredSettings) {
    this.#file = file;
    this.#key = key;
    this.#settings = settings;
  }

  /** Throws {@link SealError} where the file is damaged or sealed under another key. */
  static load(runFolder: string, key: SealingKey): SettingsStore {
    const file = join(runFolder, fileName);
    let sealed: Buffer;
    try {
      sealed = readFileSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new SettingsStore(file, key, {});
      throw error;
    }
    const raw = JSON.parse(key.open(sealed, fileName).toString("utf8")) as Record<string, unknown>;
    const settings = Object.fromEntries(
      Object.entries(raw).map(([name, value]) => [name, moduleSettings[name as ModuleName].parse(value)]),
    );
    return new SettingsStore(file, key, settings as StoredSettings);
  }

  get<Name extends ModuleName>(name: Name): ModuleSettings[Name] | undefined {
    return this.#settings[name];
  }

  async set<Name extends ModuleName>(name: Name, settings: ModuleSettings[Name]): Promise<void> {
    (this.#settings as Record<string, unknown>)[name] = settings;
    await this.#save();
  }

  async delete(name: ModuleName): Promise<void> {
    delete this.#settings[name];
    await this.#save();
  }

  async #save(): Promise<void> {
    if (Object.keys(this.#settings).length === 0) return rm(this.#file, { force: true });
    const draft = `${this.#file}.new`;
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(this.#key.seal(Buffer.from(JSON.stringify(this.#settings)), fileName));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.#file);
  }
}
