/** `fieldlake fleet crl`: the revocation lists, made anew where they are due, or at once. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandContext } from "../context.ts";
import { openFleet, type FleetSource } from "./open-fleet.ts";
import { publishLists } from "./publish-lists.ts";
import { authoritySecrets } from "./secrets.ts";
import { writeDurably } from "../../issue/device-files.ts";

export interface CrlOptions extends FleetSource {
  /** One file for all trusted issuers' lists, as mosquitto's `crlfile` takes it. */
  readonly out?: string;
  /** Keeps what is not due yet. */
  readonly ifDue?: boolean;
  readonly json?: boolean;
}

export async function crl(options: CrlOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const fleet = await openFleet(options, context);
  try {
    const lists = await publishLists(fleet, authoritySecrets(context), { force: options.ifDue !== true });
    if (options.out !== undefined) {
      const all = lists.map(({ file }) => readFileSync(file, "utf8")).join("");
      await writeDurably(resolve(options.out), all, 0o644);
    }
    if (options.json === true) {
      terminal.write(`${JSON.stringify(lists, null, 2)}\n`);
      return;
    }
    for (const { file, number, revoked, nextUpdate, isNew } of lists) {
      terminal.print(
        `${isNew ? terminal.style("good", "made") : "kept"} list ${number}: ${revoked} revoked, next before ` +
          `${nextUpdate.toISOString()}, ${file}`,
      );
    }
    if (lists.length === 0) terminal.print("nothing was ever revoked; no list was made");
  } finally {
    await fleet.registry.close();
  }
}
