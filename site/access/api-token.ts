/**
 * API tokens: made once, shown once, kept as their hashes. A token is 256 random bits, so a plain hash of it can't be guessed
 * backwards; what is compared takes the same time whatever differs.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
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

export interface KeptToken extends ApiToken {
  /** Of the whole token, hex. */
  readonly sha256: string;
}

const prefix = "flk_";
const syntax = /^flk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;
/** Tokens that one environment may have. */
export const mostTokens = 1000;
export const dayMs = 86_400_000;

export const isApiToken = (text: string): boolean => text.startsWith(prefix);

/** Of a token's text; undefined where it is none. */
export const tokenIdOf = (text: string): string | undefined => syntax.exec(text)?.[1];

/** @param now milliseconds. The text is nowhere else. */
export function mintToken(
  { name, scopes, devices, days }: TokenRequest,
  now: number,
): { readonly kept: KeptToken; readonly text: string } {
  const id = randomBytes(6).toString("hex");
  const text = `${prefix}${id}_${randomBytes(32).toString("base64url")}`;
  const lifetime = { createdAt: now, expiresAt: now + Math.round(days * dayMs) };
  return { text, kept: { id, name, scopes, devices, ...lifetime, sha256: hash(text).toString("hex") } };
}

/** @param kept what is kept under the id of `text`, if anything. @param now milliseconds */
export function judgeToken(
  kept: KeptToken | undefined,
  text: string,
  now: number,
): ApiToken | "unknown" | "expired" {
  const expected = kept === undefined ? hash("") : Buffer.from(kept.sha256, "hex");
  const isSame = timingSafeEqual(hash(text), expected);
  if (kept === undefined || !isSame) return "unknown";
  return now < kept.expiresAt ? shownToken(kept) : "expired";
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Without its hash. */
export const shownToken = ({ sha256: _, ...token }: KeptToken): ApiToken => token;

export const nameTaken = (name: string): TokenError =>
  new TokenError(`name: there is a token ${JSON.stringify(name)}; revoke it, or choose another name`);

export const tooMany = (): TokenError => new TokenError(`there are ${mostTokens} tokens; revoke some first`);

export const noToken = (idOrName: string): TokenError =>
  new TokenError(`there is no token ${JSON.stringify(idOrName)}; npx fieldlake token list shows them`);
