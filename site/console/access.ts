/**
 * Who gets past: a browser that showed the access token once and now has a session cookie, or a program that sends the
 * token as `Authorization: Bearer`. A program with an API token gets to the API, as far as its token goes. Everybody else
 * gets a 401 that says where a token is found.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { accessPage, forwardPage } from "./access-page.ts";
import { isApiToken } from "../access/api-token.ts";
import type { TokenStore } from "../access/token-store.ts";
import { owner } from "./asker.ts";
import { problem } from "./problem.ts";
import type { ConsoleBindings } from "./slow-readers.ts";
import { isSame, Sessions, sessionSeconds } from "./session.ts";
import { Throttle } from "./throttle.ts";

export interface AccessArgs {
  readonly token: string;
  readonly port: number;
  /** The console is served over TLS: the cookie never travels without. */
  readonly secure: boolean;
  readonly tokens: Pick<TokenStore, "find">;
  readonly throttle?: Throttle;
  /** Milliseconds. */
  readonly now?: () => number;
}

type Answer = Response | Promise<Response>;

/** What the sign-in form and the guard share. */
export class Access {
  readonly #token: string;
  readonly #secure: boolean;
  readonly #sessions: Sessions;
  readonly #throttle: Throttle;
  readonly #tokens: AccessArgs["tokens"];
  readonly #now: () => number;

  constructor({ token, port, secure, tokens, throttle, now = Date.now }: AccessArgs) {
    this.#token = token;
    this.#secure = secure;
    this.#sessions = new Sessions(token, port, secure);
    this.#throttle = throttle ?? new Throttle({}, now);
    this.#tokens = tokens;
    this.#now = now;
  }

  /** Lets a request through, or answers it with 303, 401 or 429. */
  readonly guard: MiddlewareHandler<ConsoleBindings> = async (context, next) => {
    context.set("asker", owner);
    const session = this.#sessions.check(getCookie(context, this.#sessions.cookieName), this.#now());
    const shown = context.req.query("token");
    if (session !== "invalid") {
      if (shown !== undefined) return toCleanAddress(context);
      if (session === "renew") this.#startSession(context);
      return next();
    }
    if (shown !== undefined) return this.signIn(context, shown);
    const bearer = bearerToken(context);
    if (bearer === undefined) return refuse(context, 401, "missing");
    if (isApiToken(bearer)) return this.#program(context, bearer) ?? next();
    const refusal = this.#try(context, bearer);
    return refusal === null ? next() : refusal;
  };

  /** Takes a token that was typed, pasted or followed as a link, and starts a session. */
  signIn(context: Context, token: string): Answer {
    const refusal = this.#try(context, token);
    if (refusal !== null) return refusal;
    this.#startSession(context);
    return toCleanAddress(context);
  }

  /** `null` where the API token is good, and then who asks is known. */
  #program(context: Context<ConsoleBindings>, text: string): Answer | null {
    const shutOut = this.#shutOut(context);
    if (shutOut !== null) return shutOut;
    const found = this.#tokens.find(text, this.#now());
    if (typeof found !== "string") {
      this.#throttle.rightToken(addressOf(context));
      if (!context.req.path.startsWith("/api/")) {
        return problem(
          context,
          403,
          "scope",
          "an API token opens /api/ only; the page needs the access token",
        );
      }
      context.set("asker", { tokenId: found.id, scopes: found.scopes, devices: found.devices });
      return null;
    }
    if (found === "unknown") this.#throttle.wrongToken(addressOf(context));
    return refuse(context, 401, found === "unknown" ? "wrong" : found);
  }

  /** `null` where the token is right. */
  #try(context: Context, token: string): Answer | null {
    const address = addressOf(context);
    const shutOut = this.#shutOut(context);
    if (shutOut !== null) return shutOut;
    if (isSame(token, this.#token)) {
      this.#throttle.rightToken(address);
      return null;
    }
    this.#throttle.wrongToken(address);
    return refuse(context, 401, "wrong");
  }

  #shutOut(context: Context): Answer | null {
    const seconds = this.#throttle.retryAfter(addressOf(context));
    if (seconds === 0) return null;
    // A shut-out address isn't told whether this one was right: it could go on guessing.
    context.header("Retry-After", String(seconds));
    return refuse(context, 429, "throttled", seconds);
  }

  #startSession(context: Context): void {
    setCookie(context, this.#sessions.cookieName, this.#sessions.issue(this.#now()), {
      httpOnly: true,
      sameSite: "Strict",
      secure: this.#secure,
      path: "/",
      maxAge: sessionSeconds,
    });
  }
}

const addressOf = (context: Context): string => getConnInfo(context).remote.address ?? "unknown";

/** RFC 6750, 2.1. */
function bearerToken(context: Context): string | undefined {
  return /^bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
}

/** The same address without the token, so that it stays in no history, bookmark or screenshot. */
function toCleanAddress(context: Context): Answer {
  const url = new URL(context.req.url);
  url.searchParams.delete("token");
  const path = url.pathname === "/access" ? "/" : `/${url.pathname.replace(/^\/+/, "")}${url.search}`;
  // A redirect of a navigation that another site began carries no SameSite=Strict cookie; one that our page begins does.
  if (context.req.header("sec-fetch-site") === "cross-site") return context.html(forwardPage(path));
  return context.redirect(path, 303);
}

type Refusal = "missing" | "wrong" | "expired" | "throttled";

const hints: Record<Refusal, (seconds: number) => string> = {
  missing: () => "An access token is needed.",
  wrong: () => "This access token is not the right one.",
  expired: () => "This API token has expired.",
  throttled: (seconds) => `Too many wrong access tokens from this address: try again in ${seconds} seconds.`,
};

function refuse(context: Context, status: 401 | 429, refusal: Refusal, seconds = 0): Answer {
  const message = hints[refusal](seconds);
  if (status === 401) context.header("WWW-Authenticate", 'Bearer realm="fieldlake"');
  if (!wantsPage(context)) {
    const fix =
      "send `Authorization: Bearer <token>`; `npm run status -- --token` prints the owner's, " +
      "`npx fieldlake token create` makes one for a program";
    return problem(context, status, refusal, `${message} ${fix}`);
  }
  return context.html(accessPage(message, refusal !== "missing"), status);
}

const wantsPage = (context: Context): boolean =>
  !context.req.path.startsWith("/api/") && (context.req.header("accept") ?? "").includes("text/html");
