/** API tokens of a site, in one sealed file. */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SealingKey } from "../seal.ts";
import { writeWhole } from "../write-whole.ts";
import {
  judgeToken,
  mintToken,
  mostTokens,
  nameTaken,
  noToken,
  shownToken,
  tokenIdOf,
  tooMany,
  type ApiToken,
  type KeptToken,
  type TokenRequest,
} from "./api-token.ts";

const label = "api tokens";

export class TokenStore {
  readonly #file: string;
  readonly #key: SealingKey;
  #tokens: readonly KeptToken[];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: string, key: SealingKey, tokens: readonly KeptToken[]) {
    this.#file = file;
    this.#key = key;
    this.#tokens = tokens;
  }

  /** Throws `SealError` where the file is damaged or of another key: nobody gets in by guess. */
  static open(file: string, key: SealingKey): TokenStore {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      const tokens = JSON.parse(key.open(readFileSync(file), label).toString("utf8")) as readonly KeptToken[];
      return new TokenStore(file, key, tokens);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return new TokenStore(file, key, []);
    }
  }

  /** Expired ones among them, oldest first. */
  list(): readonly ApiToken[] {
    return this.#tokens.map(shownToken);
  }

  /** `token` is nowhere else. Rejects with {@link TokenError}, or where it can't be kept; then there is none. */
  async create(request: TokenRequest, now: number): Promise<ApiToken & { readonly token: string }> {
    const { kept, text } = mintToken(request, now);
    await this.#change((tokens) => {
      if (tokens.some(({ name }) => name === kept.name)) throw nameTaken(kept.name);
      if (tokens.length >= mostTokens) throw tooMany();
      return [...tokens, kept];
    });
    return { ...shownToken(kept), token: text };
  }

  /** By id or name; from then on it opens nothing. Rejects with {@link TokenError}. */
  async revoke(idOrName: string): Promise<ApiToken> {
    const found = this.#tokens.find(({ id, name }) => id === idOrName || name === idOrName);
    if (found === undefined) throw noToken(idOrName);
    const without = (tokens: readonly KeptToken[]) => tokens.filter((token) => token !== found);
    // At once, even where the disk takes nothing: then the caller hears that it would be back after a restart.
    this.#tokens = without(this.#tokens);
    await this.#change(without);
    return shownToken(found);
  }

  /** `now` in milliseconds. */
  find(text: string, now: number): ApiToken | "unknown" | "expired" {
    const id = tokenIdOf(text);
    return judgeToken(
      this.#tokens.find((token) => token.id === id),
      text,
      now,
    );
  }

  /** One at a time; it counts once it is on disk. */
  async #change(work: (tokens: readonly KeptToken[]) => readonly KeptToken[]): Promise<void> {
    const change = this.#turn.then(async () => {
      const tokens = work(this.#tokens);
      await writeWhole(this.#file, this.#key.seal(Buffer.from(JSON.stringify(tokens)), label));
      this.#tokens = tokens;
    });
    this.#turn = change.catch(() => undefined);
    return change;
  }
}
