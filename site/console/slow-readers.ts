/** What a client that reads slowly, or not at all, may cost. */
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import type { AskerVariables } from "./asker.ts";
import type { WorkLimit } from "./work-limit.ts";

export type ConsoleBindings = AskerVariables & { Bindings: HttpBindings };

/** Milliseconds from a request to the last byte of its answer. */
const answerDeadlineMs = 90_000;

/** Drops the connection of a request that is not answered and read in time. */
export const answerDeadline: MiddlewareHandler<ConsoleBindings> = async (context, next) => {
  const { outgoing } = context.env;
  const timer = setTimeout(() => outgoing.destroy(), answerDeadlineMs);
  outgoing.once("close", () => clearTimeout(timer));
  await next();
};

/** Large answers lie in memory until they are read: a place is held until then, and there are few. */
export async function heldUntilSent(
  context: Context<ConsoleBindings>,
  limit: WorkLimit,
  answer: () => Promise<Response>,
): Promise<Response> {
  const release = await limit.acquire();
  const { outgoing } = context.env;
  try {
    const response = await answer();
    if (outgoing.destroyed || outgoing.closed) release();
    else outgoing.once("close", release);
    return response;
  } catch (error) {
    release();
    throw error;
  }
}
