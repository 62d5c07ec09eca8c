import { isoMicros } from "../../../functions/core/instant.ts";
import { quoteIdentifier } from "../../../functions/core/table.ts";
import { Scorer, type Prediction } from "../../../functions/models/classifier.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { mostRows } from "../../models/labelled-runs.ts";
import { ModelRegistry } from "../../models/registry.ts";
import { renderTable } from "../../render/table.ts";
import { duration } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { modelFolder } from "./folder.ts";

export interface ScoreOptions {
  readonly table: string;
  readonly device?: string;
  readonly json?: boolean;
}

interface Stretch {
  readonly device: string;
  readonly label: string;
  readonly from: number;
  to: number;
  least: number;
}

/** Prints what a model makes of the devices' samples in the lake, and what that rests on. */
export async function score(
  wanted: string,
  { table, device, json }: ScoreOptions,
  { site, folders, terminal }: Pick<CommandContext, "site" | "folders" | "terminal">,
): Promise<void> {
  const { classifier, name, sha256 } = new ModelRegistry(modelFolder(folders)).find(wanted);
  const axes = classifier.shape.axes.map(quoteIdentifier).join(", ");
  const where = device === undefined ? "" : "WHERE device_id = ?";
  const { rows, truncated } = await site.query(
    `SELECT device_id, epoch_us(ts), ${axes} FROM ${quoteIdentifier(table)} ${where} ORDER BY device_id, ts`,
    { parameters: device === undefined ? [] : [device], maxRows: mostRows },
  );
  if (truncated)
    throw new CommandError(
      `${table} has more than ${mostRows} rows for that`,
      exitCodes.failed,
      "name one --device",
    );
  const scorers = new Map<string, Scorer>();
  const predictions: (Prediction & { readonly device: string })[] = [];
  try {
    for (const [id, time, ...values] of rows) {
      const one = String(id);
      if (!scorers.has(one)) scorers.set(one, new Scorer(classifier));
      const numbers = values.map((value) => (typeof value === "number" ? value : null));
      const prediction = scorers.get(one)!.push(Number(time), numbers);
      if (prediction !== null) predictions.push({ device: one, ...prediction });
    }
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message, exitCodes.failed);
    throw error;
  }
  const restsOn = { model: `${name}@${sha256}`, table, rows: rows.length };
  if (json === true) {
    const windows = predictions.map(({ device: one, from, to, label, share }) => ({
      ...{ from: isoMicros(from), to: isoMicros(to) },
      ...{ device: one, label, share },
    }));
    terminal.write(`${JSON.stringify({ restsOn, windows }, null, 2)}\n`);
    return;
  }
  const cells = stretchesOf(predictions).map(({ device: one, label, from, to, least }) => [
    one,
    isoMicros(from),
    duration((to - from) / 1_000),
    label,
    `${Math.round(least * 100)} %`,
  ]);
  const titles = ["device", "from (UTC)", "for", "label", "least share"];
  if (cells.length > 0)
    terminal.print(
      renderTable(
        titles.map((title) => ({ title })),
        cells,
        terminal,
      ),
    );
  terminal.note(
    `${predictions.length} windows of ${rows.length} rows of ${table}, by ${name}@${sha256.slice(0, 12)}`,
  );
}

/** Windows that follow each other and are called the same, as one. */
function stretchesOf(predictions: readonly (Prediction & { readonly device: string })[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const { device, label, from, to, share } of predictions) {
    const last = found.at(-1);
    if (last?.device === device && last.label === label && from <= last.to) {
      last.to = to;
      last.least = Math.min(last.least, share);
    } else found.push({ device, label, from, to, least: share });
  }
  return found;
}
