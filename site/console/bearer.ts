/** A program that asks with an API token, and what it hears where that opens nothing. */
import type { Context } from "hono";
import type { ApiToken } from "../access/api-token.ts";
import { problem } from "./problem.ts";
import type { Throttle } from "./throttle.ts";

/** RFC 6750, 2.1. */
export function bearerToken(context: Context): string | undefined {
  return /^bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
}

export type AccessRefusal = "missing" | "wrong" | "expired" | "throttled";

const hints: Record<AccessRefusal, (seconds: number) => string> = {
  missing: () => "An access token is needed.",
  wrong: () => "This access token is not the right one.",
  expired: () => "This API token has expired.",
  throttled: (seconds) => `Too many wrong access tokens from this address: try again in ${seconds} seconds.`,
};

export const accessHint = (refusal: AccessRefusal, seconds: number): string => hints[refusal](seconds);

/** 429 where the address sent too many wrong ones, 401 otherwise. @param fix where a token is found */
export function accessProblem(context: Context, refusal: AccessRefusal, fix: string, seconds = 0): Response {
  if (refusal === "throttled") context.header("Retry-After", String(seconds));
  else context.header("WWW-Authenticate", 'Bearer realm="fieldlake"');
  const detail = `${accessHint(refusal, seconds)} ${fix}`;
  return problem(context, refusal === "throttled" ? 429 : 401, refusal, detail);
}

/**
 * What a token opens, for an address that has not sent too many wrong ones. A shut-out address isn't told whether this one was
 * right: it could go on guessing.
 */
export async function tokenFrom(
  address: string,
  throttle: Throttle,
  find: () => Promise<ApiToken | "unknown" | "expired">,
): Promise<ApiToken | { readonly refusal: AccessRefusal; readonly seconds: number }> {
  const seconds = throttle.retryAfter(address);
  if (seconds > 0) return { refusal: "throttled", seconds };
  const found = await find();
  if (typeof found !== "string") {
    throttle.rightToken(address);
    return found;
  }
  if (found === "unknown") throttle.wrongToken(address);
  return { refusal: found === "unknown" ? "wrong" : found, seconds };
}
