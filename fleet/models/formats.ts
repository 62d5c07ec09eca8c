/** Files that models are exported as: what they are called, and what writes them. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { metadataOf } from "../../functions/scoring/model-file.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { formatNames, type FormatName } from "./format-names.ts";
import { writeGraph } from "./litert/flatbuffer.ts";
import { forestGraph } from "./litert/forest.ts";
import type { StoredModel } from "./registry.ts";

export interface ModelFormat {
  readonly title: string;
  /** Of its files' names. */
  readonly ending: string;
  /** The same model gives the same bytes. */
  readonly bytesOf: (model: StoredModel) => Uint8Array;
}

const formats: Readonly<Record<FormatName, ModelFormat>> = {
  onnx: { title: "ONNX", ending: ".onnx", bytesOf: ({ file }) => readFileSync(file) },
  litert: {
    title: "LiteRT",
    ending: ".tflite",
    bytesOf(model) {
      const { forest, labels } = model.classifier;
      // Where it was made from, for whoever finds it on a device.
      const metadata = { ...metadataOf(model), onnx_sha256: model.sha256 };
      return writeGraph(forestGraph({ forest, labels, metadata }));
    },
  },
};

/** By the file's ending, unless it is named. Throws {@link CommandError} where they don't go together. */
export function formatOf(file: string, named?: FormatName): ModelFormat {
  const ending = extname(file).toLowerCase();
  const byEnding = formatNames.find((name) => formats[name].ending === ending);
  const endings = formatNames.map((name) => `${formats[name].ending} (${formats[name].title})`).join(", ");
  if (named === undefined && byEnding === undefined)
    throw new CommandError(
      `--out ${file} has no ending that says a format; allowed: ${endings}`,
      exitCodes.usage,
      `give it one of these endings, or add --format ${formatNames.join("|")}`,
    );
  if (named !== undefined && byEnding !== undefined && named !== byEnding)
    throw new CommandError(
      `--out ${file} is a name of ${formats[byEnding].title} files; received --format ${named}; allowed: ${endings}`,
      exitCodes.usage,
      "give the one or the other",
    );
  return formats[named ?? byEnding!];
}
