/** What holds for every answer and every request, whoever sends it: headers, host names, origins. */
import { isIPv4 } from "node:net";
import type { MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";

/** Only files of this server, no inline code, no frames, no string that becomes code (OWASP Secure Headers). */
const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Answers may hold measured values: no cache keeps them unless the route says so. */
export const secureHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  if (!context.res.headers.has("Cache-Control")) context.res.headers.set("Cache-Control", "no-store");
};

/** Whether a host name or address reaches this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return bare === "localhost" || bare === "::1" || (isIPv4(bare) && bare.startsWith("127."));
}

/**
 * A page of another site may let its own name resolve to 127.0.0.1 (DNS rebinding) and would then be of our origin: only
 * names of this machine are served there. Any port, so that a forwarded one works.
 */
export const loopbackNames: MiddlewareHandler = async (context, next) => {
  const host = context.req.header("host");
  if (host !== undefined && isLoopback(host.replace(/:\d{1,5}$/, ""))) return next();
  const message = "this address is served to this machine only: open it as 127.0.0.1 or localhost";
  return problem(context, 421, "host", message);
};

/**
 * SameSite cookies don't tell the ports of one host apart: another program's page on this machine is refused here.
 * Browsers without fetch metadata are judged by Origin; programs send neither.
 */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  const isWrite = !["GET", "HEAD"].includes(context.req.method);
  const site = context.req.header("sec-fetch-site");
  const origin = context.req.header("origin");
  const isForeign =
    site === undefined
      ? isWrite && origin !== undefined && hostOf(origin) !== context.req.header("host")
      : site !== "same-origin" && site !== "none";
  if (!isForeign || (!isWrite && !context.req.path.startsWith("/api/"))) return next();
  const message = "requests of other origins are refused";
  return problem(context, 403, "origin", message);
};

const methods = "GET, HEAD, POST";
export const maxBodyBytes = 128 * 1024;

/**
 * Reads, and one kind of write, whose length is known before any of it is read (RFC 9110, 15.5.6, 15.5.12, 15.5.14).
 *
 * @param longer paths whose bodies may have more bytes, and how many
 */
export const boundedRequest =
  (longer: ReadonlyMap<string, number>): MiddlewareHandler =>
  async (context, next) => {
    const { method } = context.req;
    const refuse = (status: 405 | 411 | 413, code: string, message: string): Response =>
      problem(context, status, code, message);
    if (method === "GET" || method === "HEAD") return next();
    if (method !== "POST") {
      context.header("Allow", methods);
      return refuse(405, "method", `received ${method}; allowed: ${methods}`);
    }
    const length = context.req.header("content-length");
    if (length === undefined || context.req.header("transfer-encoding") !== undefined) {
      return refuse(411, "length", "the request must say its Content-Length");
    }
    const most = longer.get(context.req.path) ?? maxBodyBytes;
    if (Number(length) > most) {
      return refuse(413, "too-large", `received ${length} bytes; allowed: at most ${most}`);
    }
    return next();
  };

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
