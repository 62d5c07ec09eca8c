/** A real store of API tokens in a folder of its own. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TokenStore } from "../../../site/access/token-store.ts";
import { SealingKey } from "../../../site/seal.ts";

export function temporaryTokens() {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-tokens-"));
  const file = join(folder, "tokens.sealed");
  const key = new SealingKey(randomBytes(32));
  return {
    file,
    store: TokenStore.open(file, key),
    reopen: () => TokenStore.open(file, key),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
