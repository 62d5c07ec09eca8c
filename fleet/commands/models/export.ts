import { copyFileSync, constants } from "node:fs";
import { CommandError, exitCodes, messageOf } from "../../errors.ts";
import { ModelRegistry } from "../../models/registry.ts";
import { bytes } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { modelFolder } from "./folder.ts";

export interface ExportOptions {
  readonly out: string;
  /** Bytes that the device has for it. */
  readonly budget: number;
}

/** Writes a model's ONNX file where it is wanted, unless it is larger than the device's budget. */
export function exportModel(
  wanted: string,
  { out, budget }: ExportOptions,
  { folders, terminal }: Pick<CommandContext, "folders" | "terminal">,
): void {
  const { file, name, sha256, bytes: size } = new ModelRegistry(modelFolder(folders)).find(wanted);
  if (size > budget)
    throw new CommandError(
      `${name}@${sha256.slice(0, 12)} has ${size} bytes; allowed by --budget: ${budget}`,
      exitCodes.failed,
      "train it with fewer --trees, or give it more room",
    );
  try {
    copyFileSync(file, out, constants.COPYFILE_EXCL);
  } catch (error) {
    throw new CommandError(`${out} can't be written: ${messageOf(error)}`, exitCodes.failed);
  }
  terminal.print(`${out}  ${bytes(size)} of ${bytes(budget)}  sha256 ${sha256}`);
}
