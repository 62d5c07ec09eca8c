/**
 * The cookie that stands for the access token after it was shown once. Derived from the token, so that it stays good
 * when the site restarts and ends when the token changes; the token itself is not in it, because a browser sends
 * cookies of 127.0.0.1 to every port of 127.0.0.1.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Seconds a session lasts without a request. */
export const sessionSeconds = 7 * 24 * 3600;
const renewAfterSeconds = 24 * 3600;

export type SessionState = "valid" | "renew" | "invalid";

export class Sessions {
  /** Two environments on one host differ by port, and cookies don't know ports. */
  readonly cookieName: string;
  readonly #key: Buffer;

  constructor(token: string, port: number, secure: boolean) {
    this.cookieName = `${secure ? "__Host-" : ""}fieldlake-${port}`;
    this.#key = createHmac("sha256", token).update("fieldlake console session key").digest();
  }

  /** `now` in milliseconds. */
  issue(now: number): string {
    const issued = Math.floor(now / 1000).toString(36);
    return `${issued}.${this.#sign(issued)}`;
  }

  check(cookie: string | undefined, now: number): SessionState {
    const [issued = "", signature = ""] = cookie?.split(".") ?? [];
    if (!isSame(signature, this.#sign(issued))) return "invalid";
    const age = now / 1000 - Number.parseInt(issued, 36);
    if (!(age < sessionSeconds)) return "invalid";
    return age > renewAfterSeconds ? "renew" : "valid";
  }

  #sign(issued: string): string {
    return createHmac("sha256", this.#key).update(issued).digest("base64url");
  }
}

const comparisonKey = randomBytes(32);

/** Takes the same time whatever the first difference and the lengths are. */
export function isSame(received: string, expected: string): boolean {
  const digest = (text: string) => createHmac("sha256", comparisonKey).update(text).digest();
  return timingSafeEqual(digest(received), digest(expected));
}
