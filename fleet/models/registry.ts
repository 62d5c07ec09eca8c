/**
 * The models of an environment: files in a folder by name, each under the hash of its content and never changed. A file says
 * itself what it was trained from and how well it did.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { packModel, unpackModel, type Model } from "../../functions/scoring/model-file.ts";
import { OnnxError } from "../../functions/scoring/onnx.ts";
import { CommandError, exitCodes } from "../errors.ts";

export const modelName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export interface StoredModel extends Model {
  readonly name: string;
  /** Of the file; names its version. */
  readonly sha256: string;
  readonly bytes: number;
  readonly trainedAt: Date;
  readonly file: string;
}

export class ModelRegistry {
  readonly #folder: string;

  /** @param folder made where it is missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps a model; the same one again is the same version, and the newest. Throws {@link CommandError} for a bad name. */
  keep(name: string, model: Model): StoredModel {
    if (!modelName.test(name))
      throw new CommandError(
        `a model's name is ${JSON.stringify(name)}; allowed: ${modelName.source}`,
        exitCodes.usage,
      );
    const bytes = packModel(model);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = join(this.#folder, name, `${sha256}.onnx`);
    mkdirSync(join(this.#folder, name), { recursive: true, mode: 0o700 });
    if (statSync(file, { throwIfNoEntry: false }) === undefined) {
      writeFileSync(`${file}.new`, bytes, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } else utimesSync(file, new Date(), new Date());
    return this.#read(name, file);
  }

  /** Newest first. */
  list(): readonly StoredModel[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && modelName.test(entry.name))
      .flatMap(({ name }) =>
        readdirSync(join(this.#folder, name))
          .filter((file) => /^[0-9a-f]{64}\.onnx$/.test(file))
          .map((file) => this.#read(name, join(this.#folder, name, file))),
      )
      .toSorted((one, other) => other.trainedAt.getTime() - one.trainedAt.getTime());
  }

  /** `name` for the newest, `name@hash` with the first digits of its hash. Throws {@link CommandError}. */
  find(wanted: string): StoredModel {
    const [name, version = ""] = wanted.split("@");
    const all = this.list();
    const found = all.filter((model) => model.name === name && model.sha256.startsWith(version));
    const [newest] = found;
    if (newest === undefined || (version !== "" && found.length > 1))
      throw new CommandError(
        newest === undefined
          ? `there is no model ${wanted}`
          : `${wanted} may be ${found.length} models: give more digits`,
        exitCodes.usage,
        `there are: ${[...new Set(all.map((model) => model.name))].join(", ") || "none; npx fieldlake model train makes one"}`,
      );
    return newest;
  }

  /** Throws {@link CommandError} where the file is not what its name says. */
  #read(name: string, file: string): StoredModel {
    const bytes = readFileSync(file);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    try {
      if (!file.endsWith(`${sha256}.onnx`)) throw new OnnxError("its content is not what its name says");
      return {
        ...unpackModel(bytes),
        name,
        sha256,
        bytes: bytes.length,
        trainedAt: statSync(file).mtime,
        file,
      };
    } catch (error) {
      if (!(error instanceof OnnxError)) throw error;
      throw new CommandError(
        `${file}: ${error.message}`,
        exitCodes.failed,
        "remove the file, and train the model again",
      );
    }
  }
}
