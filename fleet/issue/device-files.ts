/** Files for devices: whole or not at all, nothing of a secret readable by others, no name from outside in a path. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deviceIdPattern } from "../../functions/core/envelope.ts";

/** A folder that is private to its owner. */
export async function privateFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await chmod(folder, 0o700);
}

/** The file of a device; throws for an id that is none, whatever checked it before. */
export function deviceFile(folder: string, deviceId: string, suffix: string): string {
  if (!deviceIdPattern.test(deviceId)) throw new Error(`no device id: ${JSON.stringify(deviceId)}`);
  return join(folder, `${deviceId}${suffix}`);
}

/** On the disk when it resolves, under its name or not at all. */
export async function writeDurably(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  try {
    const handle = await open(draft, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw writeFailure(file, error as NodeJS.ErrnoException);
  }
}

/** A file of a device can't be written or read; the message says what to do. */
export class DeviceFileError extends Error {
  override readonly name = "DeviceFileError";
}

function writeFailure(file: string, error: NodeJS.ErrnoException): DeviceFileError {
  return new DeviceFileError(
    `${file} can't be written (${error.code ?? error.message}): free some space in ${dirname(file)}, or give yourself ` +
      "the right to write there, and run the same command again; it goes on where it was",
    { cause: error },
  );
}
