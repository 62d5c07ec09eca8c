/** Certificate requests in files and folders. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { RequestError } from "../authority/certificate-request.ts";
import { CommandError, exitCodes } from "../errors.ts";

const endings = [".csr", ".req", ".p10", ".pem", ".der"] as const;
/** More is no request of a device; it is refused by its size, and not read whole for that. */
const mostBytes = 100_000;

/** The files that are named, and those of the folders that are, by name. Throws {@link CommandError}. */
export function findRequests(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const path = resolve(name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new CommandError(`there is no file or folder ${path}`, exitCodes.usage);
    if (!stats.isDirectory()) return [path];
    const found = readdirSync(path, { withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && endings.some((ending) => entry.name.toLowerCase().endsWith(ending)),
      )
      .map((entry) => join(path, entry.name))
      .sort();
    if (found.length > 0) return found;
    throw new CommandError(
      `the folder ${path} has no requests; expected files that end in ${endings.join(", ")}`,
      exitCodes.usage,
    );
  });
}

/** Throws RequestError for what is too large to be one. */
export function readRequest(file: string): Buffer {
  const { size } = statSync(file);
  if (size > mostBytes)
    throw new RequestError("too large", `received ${size} bytes; allowed: at most ${mostBytes}`);
  return readFileSync(file);
}
