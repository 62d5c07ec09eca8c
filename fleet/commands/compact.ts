import { bytes, count, counted } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

export interface CompactOptions {
  readonly json?: boolean;
}

/** Makes few larger files of the lake's small ones. Again it changes nothing. */
export async function compact(
  { json }: CompactOptions,
  { terminal, site }: Pick<CommandContext, "terminal" | "site">,
): Promise<void> {
  const { merged, before, after } = await site.compact();
  if (json === true) {
    terminal.write(`${JSON.stringify({ merged, before, after }, null, 2)}\n`);
    return;
  }
  terminal.print(
    merged === 0
      ? `nothing to merge: ${counted(after.files, "file")}, ${bytes(after.bytes)}`
      : `${counted(merged, "file")} merged: ${count(before.files)} files, ${bytes(before.bytes)} before; ` +
          `${count(after.files)} files, ${bytes(after.bytes)} now`,
  );
}
