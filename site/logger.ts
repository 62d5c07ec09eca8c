import { pino, type Logger } from "pino";

export type { Logger } from "pino";

/** JSON lines on standard output, which is the run folder's site.log. Payloads, values and keys are never logged. */
export function createLogger(): Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" });
}
