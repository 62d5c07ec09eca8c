/** Results of a unit take the place of its former ones. */
import { insightsFolder } from "../agreements.ts";
import { hourFolder, hourOf } from "../core/instant.ts";
import { evidenceTable, insightsTable } from "../declared-insights/tables.ts";
import type { Unit } from "../declared-insights/units.ts";
import type { Draft } from "./engine.ts";
import type { Ledgers } from "./ledger.ts";
import type { InsightPorts } from "./ports.ts";

/**
 * Objects can't be swapped together. So what rows rest on lies there before the rows and is named by them, rows are
 * replaced under the same name, and what is left over is taken away; the ledger knows of every path before it is
 * written. Who ends in between leaves some rows of the former and some of the new results, each with its evidence; the
 * next run does the same again.
 */
export async function commit(
  unit: Unit,
  drafts: readonly Draft[],
  {
    name,
    ledgers,
    ports,
  }: { readonly name: string; readonly ledgers: Ledgers; readonly ports: InsightPorts },
): Promise<void> {
  const { container, kept, removal } = ports;
  const ledger = await ledgers.of(name);
  const files = drafts
    // Roll-ups without rows are what a day may rest on; findings are what nothing rests on.
    .filter(({ rows, table }) => rows > 0 || table !== insightsTable.name)
    .map((draft) => ({ ...draft, bytes: draft.content.length, path: pathOf(unit, draft.table) }))
    .sort(
      (one, other) => Number(other.table === evidenceTable.name) - Number(one.table === evidenceTable.name),
    );
  const current = files.map(({ path }) => path);
  const former = [
    ...(ledger.units[unit.unit]?.files ?? []).map(({ path }) => path),
    ...(ledger.touched[unit.unit] ?? []),
  ];
  const touched = [...new Set([...former, ...current])];
  ledger.touched[unit.unit] = touched;
  await ledgers.save(name);
  for (const { path, content } of files) await kept.put(container, path, content);
  for (const path of touched) if (!current.includes(path)) await removal.remove(container, path);
  ledger.units[unit.unit] = {
    basis: unit.basis,
    files: files.map(({ content: _, ...file }) => file),
  };
  delete ledger.touched[unit.unit];
  delete ledger.failed[unit.unit];
  await ledgers.save(name);
}

/** What nobody declares any more goes, with what it rested on. */
export async function withdraw(
  units: readonly string[],
  {
    name,
    ledgers,
    ports,
  }: { readonly name: string; readonly ledgers: Ledgers; readonly ports: InsightPorts },
): Promise<void> {
  if (units.length === 0) return;
  const ledger = await ledgers.of(name);
  for (const unit of units) {
    const paths = [
      ...(ledger.units[unit]?.files ?? []).map(({ path }) => path),
      ...(ledger.touched[unit] ?? []),
    ];
    for (const path of paths) await ports.removal.remove(ports.container, path);
    delete ledger.units[unit];
    delete ledger.touched[unit];
    delete ledger.failed[unit];
  }
  await ledgers.save(name);
}

/** The same for the same unit, so that rows are replaced; what they rest on has the name that they know it by. */
function pathOf({ unit, from, basis, insight }: Unit, table: string): string {
  const called = insight === null ? unit.slice(0, unit.indexOf("/")) : `insight-${insight.name}`;
  const file = table === evidenceTable.name ? `${called}-${basis}` : called;
  return `${insightsFolder}/${table}/${hourFolder(hourOf(from))}/${file}.parquet`;
}
