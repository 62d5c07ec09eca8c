/** The settings of all modules, sealed, so that the site comes back by itself after a crash or reboot. */
import { readFileSync, renameSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SealError, type SealingKey } from "./seal.ts";
import { moduleSettings, type ModuleName, type ModuleSettings } from "./settings.ts";
import { writeWhole } from "./write-whole.ts";

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

  /**
   * Settings that can't be opened or understood (damaged, sealed under another key, of another version) are put aside
   * as `settings.sealed.damaged` and told to `report`: the stack holds them all, and its next `up` puts them in again.
   */
  static load(runFolder: string, key: SealingKey, report: (loss: string) => void): SettingsStore {
    const file = join(runFolder, fileName);
    try {
      return new SettingsStore(file, key, opened(readFileSync(file), key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new SettingsStore(file, key, {});
      if (!(error instanceof SealError || error instanceof SyntaxError || error instanceof z.ZodError))
        throw error;
      const aside = `${file}.damaged`;
      renameSync(file, aside);
      const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : error.message;
      report(`${why}; put aside as ${aside}. The next up puts the stack's settings in again`);
      return new SettingsStore(file, key, {});
    }
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
    await writeWhole(this.#file, this.#key.seal(Buffer.from(JSON.stringify(this.#settings)), fileName));
  }
}

/** Throws {@link SealError}, `SyntaxError`, or `ZodError` with the module and its setting. */
function opened(sealed: Buffer, key: SealingKey): StoredSettings {
  const raw: unknown = JSON.parse(key.open(sealed, fileName).toString("utf8"));
  return z.strictObject(moduleSettings).partial().parse(raw) as StoredSettings;
}
