import { statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { sendWhole } from "../uploads/bulk.ts";
import { clockText } from "../uploads/clock.ts";
import { identify, ownFile } from "../uploads/content.ts";
import { isDiskFull } from "../site-client.ts";
import { DropFolder } from "../uploads/drop-folder.ts";
import { siteTarget } from "../uploads/targets/site.ts";
import type { CommandContext } from "./context.ts";
import type { UploadOptions } from "./upload.ts";

export interface WatchOptions extends Pick<UploadOptions, "device" | "offset" | "anchor"> {
  /** Channel that the records would have come on live. */
  readonly channel: string;
  /** Seconds that a file must not have changed for. */
  readonly settled: number;
  /** Look until everything there is taken or failed, and end. */
  readonly once?: boolean;
}

/** Milliseconds between two looks, and after a site that could not be reached. */
const [every, patience] = [1_000, 10_000];

/** Takes the files that machines drop into a folder, until it is ended. */
export async function watch(
  folder: string,
  { device, channel, offset, anchor, settled, once }: WatchOptions,
  { terminal, site, signal }: Pick<CommandContext, "terminal" | "site" | "signal">,
): Promise<void> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError(`there is no folder ${folder}`, exitCodes.usage);
  const request = { deviceId: device, channel, clock: clockText(offset, anchor) };
  const target = siteTarget(site);
  const drops = new DropFolder({
    folder,
    settled: settled * 1_000,
    isPassing: (error) =>
      error instanceof CommandError && (error.exitCode === exitCodes.notRunning || isDiskFull(error.message)),
    async take(path) {
      const partBytes = target.partBytes(statSync(path).size);
      const file = {
        ...request,
        ...(await identify(path, partBytes, ownFile)),
        name: basename(path),
        path,
        flags: ownFile,
        partBytes,
      };
      const { done, wasThere } = await sendWhole(file, target);
      const { messages, known, unreadable } = done;
      const again = wasThere ? ", taken before" : "";
      terminal.print(
        `${file.name}  ${messages - known} new of ${messages}, ${unreadable} unreadable${again}`,
      );
    },
  });
  while (!signal.aborted) {
    let wait = every;
    try {
      const { failed, waiting } = await drops.look(signal);
      for (const name of failed)
        terminal.note(terminal.style("warning", `${name}: failed; why is beside it in failed/`));
      if (once === true && waiting === 0) return;
    } catch (error) {
      if (once === true) throw error;
      terminal.note(`${messageOf(error)}; the files stay, and are tried again`);
      wait = patience;
    }
    await pause(wait, undefined, { signal }).catch(() => undefined);
  }
}
