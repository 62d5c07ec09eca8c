/** Where the control socket of a run folder is. */
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A unix socket's path holds 107 bytes (Linux) or 103 (macOS). */
const maxPath = 100;

/** In the run folder itself, or where its path would be too long, in a folder of the user's own. */
export function controlSocket(runFolder: string): string {
  const path = join(runFolder, "control.sock");
  if (Buffer.byteLength(path) <= maxPath) return path;
  const digest = createHash("sha256").update(runFolder).digest("hex").slice(0, 16);
  const folder = `fieldlake-${process.getuid?.() ?? 0}`;
  return join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), folder, `${digest}.sock`);
}

/** Makes its folder, for its owner only. Throws where it is somebody else's, who could put another socket there. */
export function makeSocketFolder(socket: string): void {
  const folder = dirname(socket);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(
      `${folder} belongs to another user (${uid}): give the stack a data folder with a shorter path ` +
        "(fieldlake:local.dataFolder), or set XDG_RUNTIME_DIR to a folder of your own",
    );
  }
  if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
}
