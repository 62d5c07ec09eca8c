import { setTimeout as delay } from "node:timers/promises";
import type { SiteHealth } from "../../site/client.ts";
import { siteProcess } from "../../site/process-lock.ts";
import { runFolderOf } from "../environment.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { duration } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

/** Seconds that the site may take to write what it holds. */
const stopSeconds = 60;

/** Ends the site process gracefully: sessions closed, everything acknowledged in files. Keeps all data. */
export async function stop({ terminal, site, folders }: CommandContext): Promise<void> {
  const startedAt = performance.now();
  let health: SiteHealth;
  try {
    health = await site.health();
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== exitCodes.notRunning) throw error;
    const starting = siteProcess(runFolderOf(folders));
    if (starting !== null) {
      process.kill(starting, "SIGTERM");
      await waitUntilGone(starting, stopSeconds * 1000);
      terminal.print(`stopped process ${starting}, which was still starting`);
      return;
    }
    terminal.print("the environment is not running; nothing to stop");
    return;
  }
  await site.stop();
  await waitUntilGone(health.pid, stopSeconds * 1000);
  terminal.print(
    `${terminal.style("good", "stopped")} in ${duration(performance.now() - startedAt)}; all data is kept in ${folders.environment}`,
  );
  terminal.print("npm start brings it up again, npm run destroy removes it with its data");
}

/** Resolves when there is no such process. Throws {@link CommandError} after `milliseconds`. */
export async function waitUntilGone(pid: number, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new CommandError(
        `process ${pid} was asked to stop and still runs after ${duration(milliseconds)}`,
        exitCodes.failed,
        "npm run status shows what it does; it may be writing a long log",
        `kill -9 ${pid} ends it at once: nothing acknowledged is lost, the next start reads the log`,
      );
    }
    await delay(50);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
