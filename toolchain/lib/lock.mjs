import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { InterruptedError } from "./errors.mjs";

const POLL_MILLISECONDS = 250;
const HEARTBEAT_MILLISECONDS = 5_000;
/** A lock whose owner has not been heard of for so long is taken over, even where its process id is in use. */
const SILENCE_MILLISECONDS = 60_000;
/** Taking over takes milliseconds; a guard that old was left by a process killed meanwhile. */
const GUARD_MILLISECONDS = 10_000;

/**
 * @typedef {object} LockOptions
 * @property {AbortSignal} [signal] stops waiting
 * @property {(owner: string) => void} [onWait] called once when another process holds the lock
 * @property {number} [silence] milliseconds without a heartbeat after which an owner counts as dead; default 60,000
 */

/**
 * Runs `body` while this process alone holds the lock file. The owner's process id and host are in the file; its
 * time is renewed while the owner works. The lock of a dead or silent owner is taken over.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} body
 * @param {LockOptions} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, body, { signal, onWait, silence = SILENCE_MILLISECONDS } = {}) {
  await mkdir(dirname(file), { recursive: true });
  let announced = false;
  while (!(await tryCreate(file, JSON.stringify({ pid: process.pid, host: hostname() })))) {
    if (signal?.aborted) throw signal.reason instanceof Error ? signal.reason : new InterruptedError();
    const owner = await ownerOf(file, silence);
    if (owner?.dead) {
      await takeOver(file, silence);
      continue;
    }
    if (owner && !announced) {
      announced = true;
      onWait?.(`process ${owner.pid}`);
    }
    await delay(POLL_MILLISECONDS);
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock file that was deleted by hand is no reason to lose the work that is under way.
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MILLISECONDS);
  heartbeat.unref();
  try {
    return await body();
  } finally {
    clearInterval(heartbeat);
    process.off("exit", release);
    release();
  }
}

/** @param {string} file @param {string} content @returns {Promise<boolean>} false where it exists */
async function tryCreate(file, content) {
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @param {number} silence
 * @returns {Promise<{ pid: number, dead: boolean } | undefined>} undefined where the lock is gone
 */
async function ownerOf(file, silence) {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    const silent = Date.now() - mtimeMs > silence;
    const owner = parseOwner(content);
    // An empty file is one whose owner is about to write, or died before it could.
    if (!owner) return { pid: 0, dead: silent };
    return { pid: owner.pid, dead: silent || (owner.host === hostname() && !isAlive(owner.pid)) };
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} content @returns {{ pid: number, host: string } | undefined} */
function parseOwner(content) {
  try {
    const { pid, host } = JSON.parse(content);
    return Number.isInteger(pid) && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Removes a dead owner's lock. A guard file keeps a second contender from removing the lock that the first one
 * has created in the meantime: whoever holds the guard looks again before removing.
 *
 * @param {string} file
 * @param {number} silence
 */
async function takeOver(file, silence) {
  const guard = `${file}.takeover`;
  if (!(await tryCreate(guard, ""))) {
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > GUARD_MILLISECONDS) await rm(guard, { force: true });
    await delay(POLL_MILLISECONDS);
    return;
  }
  try {
    if ((await ownerOf(file, silence))?.dead) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
