/** Refusals as RFC 9457 has them: `application/problem+json`. */
import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Problem } from "./api.ts";

/** `detail` is for people, `code` for programs. */
export function problem(
  context: Context,
  status: ContentfulStatusCode,
  code: string,
  detail: string,
): Response {
  const body: Problem = {
    type: `urn:fieldlake:problem:${code}`,
    title: STATUS_CODES[status] ?? "Refused",
    status,
    detail,
    code,
  };
  return context.body(JSON.stringify(body), status, { "Content-Type": "application/problem+json" });
}
