/** The API over HTTP: each operation's rights and parameters are checked, and its answer is sent in the form asked for. */
import { Hono, type Context } from "hono";
import { refusal } from "./asker.ts";
import { operations, type Operation, type OperationName } from "./contract/operations.ts";
import { parse, ParameterError } from "./contract/parameters.ts";
import type { Desks } from "./desk.ts";
import { handlers, type HandlersArgs, type Place } from "./handlers.ts";
import { openApi } from "./openapi.ts";
import { inForm } from "./rows.ts";
import { heldUntilSent, type ConsoleBindings } from "./slow-readers.ts";
import { WorkLimit } from "./work-limit.ts";

export interface RoutesArgs extends HandlersArgs {
  readonly desks: Desks;
}

/** Their answers lie in memory, or keep the lake busy, until they are read. */
const large: readonly OperationName[] = ["quarantine", "query", "export", "report"];

export function apiRoutes({ desks, ...args }: RoutesArgs): Hono<ConsoleBindings> {
  const all = handlers(args);
  const largeAnswers = new WorkLimit(4, 16);
  const document = openApi(args.environment.name);
  const api = new Hono<ConsoleBindings>();
  api.get("/openapi.json", (context) => context.json(document));

  for (const name of Object.keys(operations) as OperationName[]) {
    const operation: Operation = operations[name];
    // The table of operations ties both types together by name; a variable name loses that.
    const handle = all[name] as (asked: unknown, place: Place) => Promise<unknown>;
    api.on(operation.method.toUpperCase(), operation.path, async (context) => {
      const asker = context.get("asker");
      const refused = refusal(context, asker, operation);
      if (refused !== null) return refused;
      const isAddress = operation.method === "get" || operation.takes !== undefined;
      const received = isAddress ? context.req.query() : await bodyOf(context);
      const asked = parse(operation.asked, received);
      const answer = async (): Promise<Response> => {
        const reply = await handle(asked, { asker, desk: desks.for(asker.devices), context });
        return reply instanceof Response ? reply : inForm(context, name, asked, reply);
      };
      return large.includes(name) ? heldUntilSent(context, largeAnswers, answer) : answer();
    });
  }
  return api;
}

function bodyOf(context: Context): Promise<unknown> {
  return context.req.json().catch(() => {
    throw new ParameterError('body: allowed: JSON such as {"sql": "SELECT 1"}');
  });
}
