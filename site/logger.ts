import { copyFileSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { pino, type DestinationStream, type Logger } from "pino";

export type { Logger } from "pino";

/** JSON lines. Payloads, values and keys are never logged. */
export function createLogger(destination: DestinationStream): Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" }, destination);
}

/** Whoever is refused at the door can make lines without end: the file, and the one before it, stay below this. */
const mostBytes = 8 << 20;

/**
 * A log file of bounded size; the former one is kept as `<file>.1`. Lines that can't be written are dropped and
 * counted: a full disk must neither end the site nor make it wait, as pino's own destination does.
 */
export function boundedFile(file: string, limit: number = mostBytes): DestinationStream {
  const descriptor = openSync(file, "a", 0o600);
  let dropped = 0;
  const write = (line: string): void => {
    const { size } = fstatSync(descriptor);
    if (size > 0 && size + line.length > limit) {
      copyFileSync(file, `${file}.1`);
      // The file itself goes on: it is the process's standard output as well.
      ftruncateSync(descriptor);
    }
    writeSync(descriptor, line);
  };
  return {
    write(line) {
      const note = `\n{"level":40,"message":"${dropped} lines before this one could not be written"}\n`;
      try {
        write(dropped === 0 ? line : note + line);
        dropped = 0;
      } catch {
        dropped += 1;
      }
    },
  };
}
