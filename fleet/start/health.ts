/** Waits until every module of the site runs. */
import { setTimeout as delay } from "node:timers/promises";
import type { SiteHealth } from "../../site/client.ts";
import { CommandError, exitCodes, interrupted } from "../errors.ts";
import { diskFull, isDiskFull, type SiteConnection } from "../site-client.ts";

/** Decoding a long log after a crash takes time; behind this a module that does not run has failed. */
const healthySeconds = 60;

/** Throws {@link CommandError} that names the modules which don't run, with their reasons. */
export async function waitUntilHealthy(
  site: Pick<SiteConnection, "health">,
  signal: AbortSignal,
  milliseconds: number = healthySeconds * 1000,
): Promise<SiteHealth> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    if (signal.aborted) throw interrupted();
    const outcome = await site.health().catch((error: unknown) => error);
    const health = outcome instanceof Error ? null : (outcome as SiteHealth);
    const waiting =
      health === null ? [] : Object.entries(health.modules).filter(([, { state }]) => state !== "running");
    if (health !== null && waiting.length === 0) return health;
    const isFailed = waiting.some(([, { state }]) => state === "failed");
    if (isFailed || performance.now() > deadline) {
      if (health === null) throw outcome;
      throw unhealthy(
        waiting.map(([name, { state, error }]) => `${name} is ${state}${error ? `: ${error}` : ""}`),
      );
    }
    await delay(200);
  }
}

function unhealthy(reasons: readonly string[]): CommandError {
  if (reasons.some(isDiskFull)) return diskFull(reasons.join("; "));
  return new CommandError(
    `the site is not healthy: ${reasons.join("; ")}`,
    exitCodes.failed,
    "once the cause is gone: npm run stop, then npm start (the data is kept)",
    "the site's log is site.log in its run folder; npm run status shows where things stand",
  );
}
