import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STACK_FILE = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;
const SALT = /^encryptionsalt: *(\S+) *\r?\n?/m;
const ENCRYPTED_VALUE = /^\s*secure:/m;

/**
 * Keeps Pulumi's salt out of the committed stack files.
 *
 * With a passphrase the engine writes `encryptionsalt: …` into Pulumi.<stack>.yaml at every operation, and formats
 * the file anew. The salt belongs to one user's passphrase, so the line would make every user's clone dirty. The
 * state holds the same salt, and with PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER the engine takes it from there. So
 * the files are remembered before a command and put back after it, unless the command changed more than that: a
 * `pulumi config set` stays, and a file with encrypted values keeps its salt.
 *
 * The copies lie in a folder of this clone meanwhile, so that the next command puts right what a killed one left.
 *
 * @param {string} root the project
 * @param {string} memory folder of the copies
 * @param {string} state folder of the file backend
 * @returns {() => void} puts the files back; to be called when the command has ended
 */
export function rememberStackFiles(root, memory, state) {
  for (const name of listStackFiles(memory)) restore(root, memory, state, name);
  mkdirSync(memory, { recursive: true });
  const names = listStackFiles(root).filter((name) => !SALT.test(readFileSync(join(root, name), "utf8")));
  for (const name of names) replaceFile(join(memory, name), readFileSync(join(root, name), "utf8"));
  return () => names.forEach((name) => restore(root, memory, state, name));
}

/** @param {string} root @param {string} memory @param {string} state @param {string} name */
function restore(root, memory, state, name) {
  const before = readText(join(memory, name));
  const after = readText(join(root, name));
  rmSync(join(memory, name), { force: true });
  if (before === undefined || after === undefined) return;
  const salt = SALT.exec(after)?.[1];
  if (!salt || ENCRYPTED_VALUE.test(after) || !stateHolds(state, name, salt)) return;
  const withoutSalt = after.replace(SALT, "");
  replaceFile(join(root, name), essence(withoutSalt) === essence(before) ? before : withoutSalt);
}

/** What two stack files that differ only in their layout have in common. @param {string} text */
const essence = (text) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "")
    .join("\n");

/**
 * Whether the state of the stack, in whichever project's folder, has this salt: only then is it dispensable.
 *
 * @param {string} state
 * @param {string} name
 * @param {string} salt
 */
function stateHolds(state, name, salt) {
  const stacks = join(state, ".pulumi", "stacks");
  const file = `${STACK_FILE.exec(name)?.[1]}.json`;
  return list(stacks).some((project) => readText(join(stacks, project, file))?.includes(salt));
}

/** @param {string} folder */
const listStackFiles = (folder) => list(folder).filter((name) => STACK_FILE.test(name));

/** @param {string} folder @returns {string[]} */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} file @returns {string | undefined} */
function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** @param {string} file @param {string} content */
function replaceFile(file, content) {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, content);
  renameSync(partial, file);
}
