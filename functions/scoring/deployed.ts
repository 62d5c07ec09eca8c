/** Models as they go with a deployment: read, checked against what they are to score, and kept under their hash. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { frameTablesOf } from "../core/formats/raw-binary.ts";
import type { FrameTable } from "../core/model.ts";
import type { Binding, Profile } from "../core/profiles/profile.ts";
import { Scorer, withStep, type Classifier } from "../models/classifier.ts";
import type { ScoredModel, ScoringDeclaration } from "./declaration.ts";
import { unpackModel } from "./model-file.ts";
import { OnnxError } from "./onnx.ts";
import { scoreBindings, scoreProfiles, type ScoringModel } from "./score-message.ts";

export interface DeployedModel extends ScoringModel {
  /** Absolute; named by its hash and never changed. */
  readonly file: string;
  readonly stepSeconds: number | null;
}

/** Larger ones do not travel with a deployment; a function's package takes 50 MB by Lambda's own limit, code and all. */
const mostBytes = 4 << 20;
const mostBytesTogether = 32 << 20;

/**
 * What an environment scores with, and the profiles and bindings that decode its scores beside its own. Throws as
 * {@link deployModels} does.
 */
export async function deployScoring(
  { scoring, bindings }: { readonly scoring: ScoringDeclaration; readonly bindings: readonly Binding[] },
  profiles: readonly Profile[],
  folder = "dist/models",
) {
  const models = await deployModels(scoring.models, profiles, folder);
  return {
    scoring: { models, everySeconds: scoring.everySeconds },
    profiles: [...profiles, ...models.flatMap(scoreProfiles)],
    bindings: [...models.flatMap(scoreBindings), ...bindings],
  };
}

/**
 * The stack's models. Throws one Error that lists the mistakes of all of them: a file that is not there, is no model, is
 * another one than its hash says, or does not know the table.
 * @param profiles of the stack, whose frame tables there will be
 * @param folder where the files are kept
 */
export async function deployModels(
  declared: readonly ScoredModel[],
  profiles: readonly Profile[],
  folder: string,
): Promise<readonly DeployedModel[]> {
  const tables = profiles.flatMap((profile) =>
    profile.format === "raw-binary" ? frameTablesOf(profile) : [],
  );
  const mistakes: string[] = [];
  const deployed: DeployedModel[] = [];
  let together = 0;
  for (const [index, model] of declared.entries()) {
    const { name, file, devices, table, stepSeconds = null } = model;
    try {
      const bytes = await readFile(resolve(file));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      together += bytes.length;
      const { labels } = checked(model, bytes, sha256, tables);
      deployed.push({
        ...{ name, sha256, labels, devices, table, stepSeconds },
        file: await kept(bytes, sha256, folder),
      });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      mistakes.push(`fieldlake:scoring.models[${index}]: ${file}: ${reason}`);
    }
  }
  if (together > mostBytesTogether)
    mistakes.push(
      `fieldlake:scoring.models: received files of ${together} bytes together; allowed: ${mostBytesTogether}`,
    );
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  return deployed;
}

function checked(
  { sha256: wanted, table, stepSeconds }: ScoredModel,
  bytes: Uint8Array,
  sha256: string,
  tables: readonly FrameTable[],
): Classifier {
  if (wanted !== undefined && wanted !== sha256)
    throw new Error(`its SHA-256 is ${sha256}; allowed: ${wanted}`);
  if (bytes.length > mostBytes) throw new OnnxError(`${bytes.length} bytes; allowed: ${mostBytes}`);
  const { classifier } = unpackModel(bytes);
  new Scorer(withStep(classifier, stepSeconds ?? null));
  const layout = tables.find((known) => known.name === table);
  if (layout === undefined) {
    const known = tables.map((one) => one.name).join(", ") || "none: no profile of the stack has frames";
    throw new Error(`its table is "${table}"; allowed: ${known}`);
  }
  const columns = layout.columns.map((column) => column.name);
  const missing = classifier.shape.axes.filter((axis) => !columns.includes(axis));
  if (missing.length > 0)
    throw new Error(`it needs ${missing.join(", ")}; ${table} has ${columns.join(", ")}`);
  return classifier;
}

async function kept(bytes: Uint8Array, sha256: string, folder: string): Promise<string> {
  const file = resolve(join(folder, `${sha256}.onnx`));
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
  return file;
}
