/** Requests that outlast what a cloud service answers on a bad day. */
import { setTimeout as pause } from "node:timers/promises";

/** Attempts after the first, with doubling pauses. */
const retries = 5;
/** Milliseconds. */
const firstPause = 50;
const longestPause = 30_000;

/** Milliseconds after which an attempt that got no answer counts as failed; a handler has minutes. */
export const attemptMilliseconds = 20_000;

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The answer to a request, its body read whole: again on throttling (429), server errors (5xx) and connections that break
 * before the last byte. What is asked must be the same when it is asked twice: conditional writes are.
 * Returns the last answer, whatever it says; throws where the last attempt had none.
 * @param busy what the body of an answer 400 or 409 says where its service means throttling or a race by it
 * @param milliseconds that an attempt may take
 */
export async function persistent(
  attempt: (signal: AbortSignal) => Promise<Response>,
  busy?: RegExp,
  milliseconds = attemptMilliseconds,
): Promise<Response> {
  for (let left = retries; ; left--) {
    const outcome = await attemptOnce(attempt, milliseconds);
    if (outcome instanceof Response && !(await asksToWait(outcome, busy))) return outcome;
    if (left === 0) {
      if (outcome instanceof Response) return outcome;
      throw outcome;
    }
    const doubled = firstPause * 2 ** (retries - left) * (0.5 + Math.random() / 2);
    await pause(
      Math.min(Math.max(doubled, outcome instanceof Response ? askedPause(outcome) : 0), longestPause),
    );
  }
}

/** Milliseconds that a service asks for; Cosmos DB says them, others whole seconds. */
function askedPause({ headers }: Response): number {
  const asked = Number(headers.get("x-ms-retry-after-ms")) || Number(headers.get("retry-after")) * 1_000;
  return Number.isFinite(asked) ? asked : 0;
}

async function asksToWait(answer: Response, busy: RegExp | undefined): Promise<boolean> {
  const { status } = answer;
  if (status >= 500 || status === 429) return true;
  return busy !== undefined && (status === 400 || status === 409) && busy.test(await answer.clone().text());
}

async function attemptOnce(
  attempt: (signal: AbortSignal) => Promise<Response>,
  milliseconds: number,
): Promise<Response | Error> {
  try {
    const answer = await attempt(AbortSignal.timeout(milliseconds));
    const { status, headers } = answer;
    const body = await answer.arrayBuffer();
    return new Response(bodiless.has(status) ? null : body, { status, headers });
  } catch (error) {
    // "fetch failed" by itself tells nobody anything.
    const { message, cause } = error as Error & { readonly cause?: { readonly message?: string } };
    return new Error(cause?.message ? `${message}: ${cause.message}` : message, { cause: error });
  }
}
