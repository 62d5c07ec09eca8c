import { readFileSync } from "node:fs";

/**
 * What lies beside a bundle as JSON, checked when the environment was composed.
 *
 * @param what it is, for the message: `the decoder's settings`
 * Throws an Error that names the file: the function then does not start.
 */
export function jsonBeside<Value>(file: string, what: string): Value {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Value;
  } catch (error) {
    throw new Error(`${what} can't be read from ${file}: ${(error as Error).message}`);
  }
}
