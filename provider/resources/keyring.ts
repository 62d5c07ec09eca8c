import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { ensureKeyFile } from "../../fleet/registry/key-file.ts";
import { Keyring } from "../../site/seal.ts";
import { removeIfEmpty } from "../folders.ts";
import { changed, unchanged, type LocalResource } from "../resource.ts";

interface KeyringInputs {
  readonly file: string;
  readonly managed: boolean;
}

/** A 32-byte master key in a file of mode 0600. The key never enters inputs, outputs or logs; only its id does. */
export const keyring: LocalResource<KeyringInputs> = {
  check({ file }) {
    return isAbsolute(file)
      ? []
      : [{ property: "file", reason: `received "${file}"; allowed: an absolute path of the key file` }];
  },

  async create(name, { file, managed }) {
    if (managed) await makeKeyFile(file);
    return { id: name, outputs: { keyId: await checkedKeyId(file) } };
  },

  async diff(_id, olds, news) {
    if (olds.file !== news.file || olds.managed !== news.managed) return changed;
    // A key file that is gone or another one is for its owner to restore: update says so.
    const keyId = await checkedKeyId(news.file).catch(() => null);
    return keyId === olds["keyId"] ? unchanged : changed;
  },

  async update(_id, olds, { file, managed }) {
    const before = olds["keyId"];
    if (file !== olds.file && managed) await makeKeyFile(file);
    const keyId = await checkedKeyId(file);
    if (keyId !== before) {
      throw new Error(
        `key file ${file} holds the key ${keyId}, but the data was encrypted under ${String(before)}: ` +
          "put the former key file back (the data cannot be read without it), or destroy the stack to begin anew",
      );
    }
    return { keyId };
  },

  async read(_id, { file }) {
    return { keyId: await checkedKeyId(file) };
  },

  async delete(_id, { file, managed }) {
    if (!managed) return;
    await rm(file, { force: true });
    await removeIfEmpty(dirname(file));
  },
};

/** Never overwrites: where a key is already there, that key stays the key. */
async function makeKeyFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await ensureKeyFile(file);
}

async function checkedKeyId(file: string): Promise<string> {
  const { keyId } = Keyring.fromFile(file);
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) await chmod(file, 0o600);
  return keyId;
}
