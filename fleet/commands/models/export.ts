import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { CommandError, exitCodes, messageOf } from "../../errors.ts";
import type { FormatName } from "../../models/format-names.ts";
import { formatOf } from "../../models/formats.ts";
import { ModelRegistry } from "../../models/registry.ts";
import { bytes } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { modelFolder } from "./folder.ts";
import { originOf } from "./train.ts";

export interface ExportOptions {
  readonly out: string;
  /** Default what the ending of `out` says. */
  readonly format?: FormatName;
  /** Bytes that the device has for it. */
  readonly budget: number;
}

/** Writes a model's file where it is wanted, unless it is larger than the device's budget. */
export function exportModel(
  wanted: string,
  { out, format: named, budget }: ExportOptions,
  { folders, terminal }: Pick<CommandContext, "folders" | "terminal">,
): void {
  const format = formatOf(out, named);
  const model = new ModelRegistry(modelFolder(folders)).find(wanted);
  const content = format.bytesOf(model);
  if (content.length > budget)
    throw new CommandError(
      `${model.name}@${model.sha256.slice(0, 12)} has ${content.length} bytes as ${format.title}; allowed by --budget: ${budget}`,
      exitCodes.failed,
      "train it with fewer --trees, or give it more room",
    );
  try {
    writeFileSync(out, content, { flag: "wx" });
  } catch (error) {
    throw new CommandError(`${out} can't be written: ${messageOf(error)}`, exitCodes.failed);
  }
  const sha256 = createHash("sha256").update(content).digest("hex");
  terminal.print(`${out}  ${format.title}, ${bytes(content.length)} of ${bytes(budget)}  sha256 ${sha256}`);
  terminal.print(originOf(model));
}
