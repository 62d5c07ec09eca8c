import { randomBytes } from "node:crypto";
import { link, open, rm } from "node:fs/promises";

/** A key file (32 random bytes, base64, 0600) where there is none; one that is there stays, whoever made it. */
export async function ensureKeyFile(file: string): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString("base64")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
}
