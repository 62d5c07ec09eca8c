import { renderTable } from "../render/table.ts";
import { count, counted } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

export interface SearchOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** What words lead to, best first. */
export async function search(
  words: readonly string[],
  { limit, json }: SearchOptions,
  { site, terminal }: Pick<CommandContext, "site" | "terminal">,
): Promise<void> {
  const { matching, found } = await site.search(words.join(" "), limit);
  if (json === true) return terminal.write(`${JSON.stringify(found, null, 2)}\n`);
  if (found.length === 0) return terminal.print(`nothing found for ${JSON.stringify(words.join(" "))}`);
  const columns = ["what", "name", "device", "more"].map((title) => ({ title, align: "left" as const }));
  const rows = found.map(({ kind, title, device, text, about }) => [
    kind,
    about.sub === undefined || about.sub === null ? title : `${title} of ${about.sub}`,
    device ?? "",
    about.count === undefined ? text.slice(0, 60) : counted(about.count, "message"),
  ]);
  terminal.print(renderTable(columns, rows, terminal));
  if (matching > found.length)
    terminal.note(`${count(matching - found.length)} more: --limit shows up to 100`);
}
