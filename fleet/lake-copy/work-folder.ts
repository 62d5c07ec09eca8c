import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * A folder of this process that only its owner may enter, below `root`. What killed copies left there goes: a cloud's files are
 * plain while they are worked with.
 */
export function workFolder(root: string): { readonly path: string; remove(): void } {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(root))
    if (!isAlive(Number(name))) rmSync(join(root, name), { recursive: true, force: true });
  const path = join(root, String(process.pid));
  if (existsSync(path)) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
