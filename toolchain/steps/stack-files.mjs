import { createRequire } from "node:module";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

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
  for (const [name, before] of readStackFiles(memory)) putBack(root, state, name, before);
  rmSync(memory, { recursive: true, force: true });
  mkdirSync(memory, { recursive: true });
  const files = [...readStackFiles(root)].filter(([, content]) => !SALT.test(content));
  for (const [name, content] of files) replaceFile(join(memory, name), content);
  return () => {
    for (const [name, before] of files) {
      putBack(root, state, name, before);
      rmSync(join(memory, name), { force: true });
    }
  };
}

/** @param {string} root @param {string} state @param {string} name @param {string} before */
function putBack(root, state, name, before) {
  const after = readText(join(root, name)) ?? "";
  const salt = SALT.exec(after)?.[1];
  if (!salt || ENCRYPTED_VALUE.test(after) || !stateHolds(state, name, salt)) return;
  const withoutSalt = after.replace(SALT, "");
  replaceFile(join(root, name), sayTheSame(root, withoutSalt, before) ? before : withoutSalt);
}

/**
 * Whether two stack files say the same, comments included, however they are laid out.
 *
 * @param {string} root
 * @param {string} left
 * @param {string} right
 */
function sayTheSame(root, left, right) {
  // The parser that the Pulumi SDK brings along; the toolchain has no dependency of its own.
  const fromSdk = createRequire(join(root, "node_modules/@pulumi/pulumi/package.json"));
  try {
    const { load } = fromSdk("js-yaml");
    return isDeepStrictEqual(load(left), load(right)) && isDeepStrictEqual(comments(left), comments(right));
  } catch {
    // Not YAML: then the file is the user's affair, and nothing of it is put back.
    return false;
  }
}

/** @param {string} text */
const comments = (text) => [...text.matchAll(/(?<=^|\s)#.*$/gm)].map(([comment]) => comment.trimEnd());

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

/** @param {string} folder @returns {Map<string, string>} contents by name */
const readStackFiles = (folder) =>
  new Map(
    list(folder)
      .filter((name) => STACK_FILE.test(name))
      .map((name) => [name, readText(join(folder, name)) ?? ""]),
  );

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
