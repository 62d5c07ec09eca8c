/**
 * API tokens: made here, shown once, kept as their hashes in one sealed file. A token is 256 random bits, so a plain hash of
 * it can't be guessed backwards; what is compared takes the same time whatever differs.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { SealingKey } from "../seal.ts";
import { writeWhole } from "../write-whole.ts";
import { devicePatternSyntax } from "./device-filter.ts";
import { scopeNames, type Scope } from "./scopes.ts";

/** A token can't be made or ended as asked. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

export const tokenRequest = z.strictObject({
  name: z.string().regex(/^[^\p{C}]{1,64}$/u, "allowed: 1 to 64 printable characters"),
  scopes: z
    .array(z.enum(scopeNames, { error: `allowed: ${scopeNames.join(", ")}` }))
    .min(1, `allowed: one or more of ${scopeNames.join(", ")}`),
  /** Null: every device. */
  devices: z
    .array(z.string().regex(devicePatternSyntax, "allowed: 1 to 64 of a-z 0-9 _ - and * for any characters"))
    .min(1, "allowed: one or more ids or patterns")
    .max(1000, "allowed: at most 1,000 ids or patterns")
    .nullable(),
  /** Days that it lives. */
  days: z
    .number()
    .min(1 / 1440, "allowed: 1 minute or more")
    .max(3650, "allowed: at most 3,650 days"),
});
export type TokenRequest = z.infer<typeof tokenRequest>;

export interface ApiToken {
  /** Part of the token; names it in lists. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly devices: readonly string[] | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

interface Kept extends ApiToken {
  /** Of the whole token, hex. */
  readonly sha256: string;
}

const prefix = "flk_";
const syntax = /^flk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;
const label = "api tokens";
const mostTokens = 1000;
const dayMs = 86_400_000;

export const isApiToken = (text: string): boolean => text.startsWith(prefix);

export class TokenStore {
  readonly #file: string;
  readonly #key: SealingKey;
  #tokens: readonly Kept[];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: string, key: SealingKey, tokens: readonly Kept[]) {
    this.#file = file;
    this.#key = key;
    this.#tokens = tokens;
  }

  /** Throws `SealError` where the file is damaged or of another key: nobody gets in by guess. */
  static open(file: string, key: SealingKey): TokenStore {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      const tokens = JSON.parse(key.open(readFileSync(file), label).toString("utf8")) as readonly Kept[];
      return new TokenStore(file, key, tokens);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return new TokenStore(file, key, []);
    }
  }

  /** Expired ones among them, oldest first. */
  list(): readonly ApiToken[] {
    return this.#tokens.map(shown);
  }

  /** `token` is nowhere else. Rejects with {@link TokenError}, or where it can't be kept; then there is none. */
  async create(request: TokenRequest, now: number): Promise<ApiToken & { readonly token: string }> {
    const { name, scopes, devices, days } = request;
    const id = randomBytes(6).toString("hex");
    const token = `${prefix}${id}_${randomBytes(32).toString("base64url")}`;
    const lifetime = { createdAt: now, expiresAt: now + Math.round(days * dayMs) };
    const kept = { id, name, scopes, devices, ...lifetime, sha256: hash(token).toString("hex") };
    await this.#change((tokens) => {
      if (tokens.some((other) => other.name === name)) {
        throw new TokenError(
          `name: there is a token ${JSON.stringify(name)}; revoke it, or choose another name`,
        );
      }
      if (tokens.length >= mostTokens)
        throw new TokenError(`there are ${mostTokens} tokens; revoke some first`);
      return [...tokens, kept];
    });
    return { ...shown(kept), token };
  }

  /** By id or name; from then on it opens nothing. Rejects with {@link TokenError}. */
  async revoke(idOrName: string): Promise<ApiToken> {
    const found = this.#tokens.find(({ id, name }) => id === idOrName || name === idOrName);
    if (found === undefined) {
      throw new TokenError(
        `there is no token ${JSON.stringify(idOrName)}; npx fieldlake token list shows them`,
      );
    }
    const without = (tokens: readonly Kept[]) => tokens.filter((token) => token !== found);
    // At once, even where the disk takes nothing: then the caller hears that it would be back after a restart.
    this.#tokens = without(this.#tokens);
    await this.#change(without);
    return shown(found);
  }

  /** `now` in milliseconds. */
  find(text: string, now: number): ApiToken | "unknown" | "expired" {
    const id = syntax.exec(text)?.[1];
    const found = this.#tokens.find((token) => token.id === id);
    const expected = found === undefined ? hash("") : Buffer.from(found.sha256, "hex");
    const isSame = timingSafeEqual(hash(text), expected);
    if (found === undefined || !isSame) return "unknown";
    return now < found.expiresAt ? shown(found) : "expired";
  }

  /** One at a time; it counts once it is on disk. */
  async #change(work: (tokens: readonly Kept[]) => readonly Kept[]): Promise<void> {
    const change = this.#turn.then(async () => {
      const tokens = work(this.#tokens);
      await writeWhole(this.#file, this.#key.seal(Buffer.from(JSON.stringify(tokens)), label));
      this.#tokens = tokens;
    });
    this.#turn = change.catch(() => undefined);
    return change;
  }
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

const shown = ({ sha256: _, ...token }: Kept): ApiToken => token;
