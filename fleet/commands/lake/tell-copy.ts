import { CommandError, exitCodes } from "../../errors.ts";
import type { CopySums } from "../../lake-copy/copy-sums.ts";
import { renderTable } from "../../render/table.ts";
import { bytes, count, counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";

export interface TellCopyOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Stacks. */
  readonly from: string;
  readonly to: string;
}

/** Throws {@link CommandError} where files were damaged, after everything else was said. */
export function tellCopy(
  { tables, damaged }: CopySums,
  { dryRun, json, from, to }: TellCopyOptions,
  terminal: CommandContext["terminal"],
): void {
  const sum = (name: "files" | "rows" | "brought" | "bytes" | "otherwise") =>
    tables.reduce((all, table) => all + table[name], 0);
  if (json) terminal.write(`${JSON.stringify({ from, to, dryRun, tables, damaged }, null, 2)}\n`);
  else {
    const titles = dryRun
      ? ["table", "files", "bytes"]
      : ["table", "files", "rows", "brought", "there already", "there otherwise"];
    const rows = tables.map(({ table, files, ...sums }) =>
      dryRun
        ? [table, count(files), bytes(sums.bytes)]
        : [table, ...[files, sums.rows, sums.brought, sums.known, sums.otherwise].map(count)],
    );
    if (rows.length > 0)
      terminal.print(
        renderTable(
          titles.map((title, at) => ({ title, align: at === 0 ? "left" : "right" })),
          rows,
          terminal,
        ),
      );
    terminal.print(
      sum("files") === 0
        ? `${to} has everything of ${from} already`
        : dryRun
          ? `${counted(sum("files"), "file")} of ${from} would be copied to ${to}; nothing was copied`
          : `${counted(sum("files"), "file")} of ${from}: each row that was brought lies in ${to} as it was read`,
    );
    if (sum("otherwise") > 0)
      terminal.note(
        terminal.style(
          "warning",
          `${counted(sum("otherwise"), "row")} of messages that ${to} has decoded by another codec or version: its own stay. ` +
            `Where the newer decoder is to have them: npx fieldlake replay`,
        ),
      );
  }
  if (damaged.length === 0) return;
  throw new CommandError(
    `${counted(damaged.length, "file")} of ${from} could not be copied whole; everything else was`,
    exitCodes.failed,
    ...damaged,
  );
}
