/** Requests that outlast what a cloud service answers on a bad day. */
import { setTimeout as pause } from "node:timers/promises";

/** Attempts after the first, with doubling pauses. */
const retries = 5;
/** Milliseconds. */
const firstPause = 50;
const longestPause = 10_000;

/** Milliseconds after which an attempt that got no answer counts as failed; a handler has minutes. */
export const attemptMilliseconds = 20_000;

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The answer to a request, its body read whole: again on throttling (429), server errors (5xx) and connections that break
 * before the last byte. What is asked must be the same when it is asked twice: conditional writes are.
 * Returns the last answer, whatever it says; throws where the last attempt had none.
 */
export async function persistent(attempt: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
  for (let left = retries; ; left--) {
    const outcome = await attemptOnce(attempt);
    const isFinal = outcome instanceof Response && outcome.status < 500 && outcome.status !== 429;
    if (isFinal) return outcome;
    if (left === 0) {
      if (outcome instanceof Response) return outcome;
      throw outcome;
    }
    const asked = outcome instanceof Response ? Number(outcome.headers.get("retry-after")) * 1_000 : 0;
    const doubled = firstPause * 2 ** (retries - left) * (0.5 + Math.random() / 2);
    await pause(Math.min(Math.max(doubled, asked || 0), longestPause));
  }
}

async function attemptOnce(attempt: (signal: AbortSignal) => Promise<Response>): Promise<Response | Error> {
  try {
    const answer = await attempt(AbortSignal.timeout(attemptMilliseconds));
    const { status, headers } = answer;
    const body = await answer.arrayBuffer();
    return new Response(bodiless.has(status) ? null : body, { status, headers });
  } catch (error) {
    // "fetch failed" by itself tells nobody anything.
    const { message, cause } = error as Error;
    return new Error(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause: error });
  }
}
