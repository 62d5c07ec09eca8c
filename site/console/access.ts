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
import { accessHint, accessProblem, bearerToken, tokenFrom, type AccessRefusal } from "./bearer.ts";
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
    if (bearer === undefined) return refuse(context, "missing");
    if (isApiToken(bearer)) return (await this.#program(context, bearer)) ?? next();
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
  async #program(context: Context<ConsoleBindings>, text: string): Promise<Response | null> {
    const find = async () => this.#tokens.find(text, this.#now());
    const found = await tokenFrom(addressOf(context), this.#throttle, find);
    if ("refusal" in found) return refuse(context, found.refusal, found.seconds);
    if (!context.req.path.startsWith("/api/")) {
      const detail = "an API token opens /api/ only; the page needs the access token";
      return problem(context, 403, "scope", detail);
    }
    context.set("asker", { tokenId: found.id, scopes: found.scopes, devices: found.devices });
    return null;
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
    return refuse(context, "wrong");
  }

  #shutOut(context: Context): Answer | null {
    const seconds = this.#throttle.retryAfter(addressOf(context));
    if (seconds === 0) return null;
    // A shut-out address isn't told whether this one was right: it could go on guessing.
    return refuse(context, "throttled", seconds);
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

/** The same address without the token, so that it stays in no history, bookmark or screenshot. */
function toCleanAddress(context: Context): Answer {
  const url = new URL(context.req.url);
  url.searchParams.delete("token");
  const path = url.pathname === "/access" ? "/" : `/${url.pathname.replace(/^\/+/, "")}${url.search}`;
  // A redirect of a navigation that another site began carries no SameSite=Strict cookie; one that our page begins does.
  if (context.req.header("sec-fetch-site") === "cross-site") return context.html(forwardPage(path));
  return context.redirect(path, 303);
}

const fix =
  "send `Authorization: Bearer <token>`; `npm run status -- --token` prints the owner's, " +
  "`npx fieldlake token create` makes one for a program";

function refuse(context: Context, refusal: AccessRefusal, seconds = 0): Response | Promise<Response> {
  const answer = accessProblem(context, refusal, fix, seconds);
  if (!wantsPage(context)) return answer;
  const page = accessPage(accessHint(refusal, seconds), refusal !== "missing");
  return context.html(page, refusal === "throttled" ? 429 : 401);
}

const wantsPage = (context: Context): boolean =>
  !context.req.path.startsWith("/api/") && (context.req.header("accept") ?? "").includes("text/html");
