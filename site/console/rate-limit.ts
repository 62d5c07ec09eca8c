/** So many requests a second from one asker: a program that runs wild takes nothing from the page. */
import type { MiddlewareHandler } from "hono";
import { TokenBucket } from "../broker/token-bucket.ts";
import { problem } from "./problem.ts";
import type { AskerVariables } from "./asker.ts";

/** Requests a second, and at most as many at once after a pause. An open page asks some two a second. */
const perSecond = { owner: 200, token: 20 } as const;

/** Buckets by the id of a token: there are only as many as tokens. */
export function rateLimit(now: () => number = Date.now): MiddlewareHandler<AskerVariables> {
  const buckets = new Map<string, TokenBucket>();
  return async (context, next) => {
    const { tokenId } = context.get("asker");
    const allowed = tokenId === null ? perSecond.owner : perSecond.token;
    const key = tokenId ?? "";
    const bucket = buckets.get(key) ?? new TokenBucket(allowed, now());
    buckets.set(key, bucket);
    if (bucket.tryTake(now())) return next();
    context.header("Retry-After", "1");
    return problem(context, 429, "rate", `allowed: ${allowed} requests a second; try again in a second`);
  };
}
