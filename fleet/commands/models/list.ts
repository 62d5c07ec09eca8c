import { ModelRegistry } from "../../models/registry.ts";
import { renderTable } from "../../render/table.ts";
import { bytes } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { modelFolder } from "./folder.ts";
import { summaryOf } from "./train.ts";

/** Prints the models of the environment, newest first. */
export function list(
  { json }: { readonly json?: boolean },
  { folders, terminal }: Pick<CommandContext, "folders" | "terminal">,
): void {
  const models = new ModelRegistry(modelFolder(folders)).list();
  if (json === true) return terminal.write(`${JSON.stringify(models.map(summaryOf), null, 2)}\n`);
  if (models.length === 0)
    return terminal.note("there are no models yet: npx fieldlake model train makes one");
  const titles = ["model", "trained (UTC)", "labels", "right windows", "size", "from"];
  const rows = models.map(({ name, sha256, trainedAt, classifier, evaluation, lineage, bytes: size }) => [
    `${name}@${sha256.slice(0, 12)}`,
    trainedAt.toISOString().slice(0, 19),
    classifier.labels.join(", "),
    `${evaluation.rightWindows} of ${evaluation.windows}`,
    bytes(size),
    lineage.source,
  ]);
  terminal.print(
    renderTable(
      titles.map((title) => ({ title })),
      rows,
      terminal,
    ),
  );
}
