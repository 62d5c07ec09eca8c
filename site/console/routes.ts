/** The API over HTTP: each operation's rights and parameters are checked, and its answer is sent in the form asked for. */
import { Hono, type Context } from "hono";
import { refusal, type AskerVariables } from "./asker.ts";
import { operations, type Operation, type OperationName } from "./contract/operations.ts";
import { parse, ParameterError } from "./contract/parameters.ts";
import type { Desk } from "./desk.ts";
import type { DeviceFilter } from "../access/device-filter.ts";
import type { Handlers, Place } from "./handlers.ts";
import { openApi } from "./openapi.ts";
import { problem } from "./problem.ts";
import { inForm } from "./rows.ts";

/** Times that a request is about, milliseconds since 1970. */
export interface AskedRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Of an operation that is not answered here: what does the same. */
export type Elsewhere = Readonly<Partial<Record<OperationName, string>>>;

export interface RoutesArgs {
  /** Whose API it is. */
  readonly environment: string;
  /** What is answered; the OpenAPI document tells of these operations only. */
  readonly handlers: Partial<Handlers>;
  readonly elsewhere?: Elsewhere;
  readonly desks: { for(devices: DeviceFilter, range: AskedRange): Desk };
  /** Bounds answers that lie in memory, or keep the lake busy, until they are read. */
  readonly held: (context: Context, answer: () => Promise<Response>) => Promise<Response>;
}

const large: readonly OperationName[] = ["quarantine", "query", "export", "report"];

export function apiRoutes({
  environment,
  handlers,
  elsewhere = {},
  desks,
  held,
}: RoutesArgs): Hono<AskerVariables> {
  const names = Object.keys(operations) as OperationName[];
  const document = openApi(
    environment,
    names.filter((name) => handlers[name] !== undefined),
  );
  const api = new Hono<AskerVariables>();
  api.get("/openapi.json", (context) => context.json(document));

  for (const name of names) {
    const operation: Operation = operations[name];
    // The table of operations ties both types together by name; a variable name loses that.
    const handle = handlers[name] as ((asked: unknown, place: Place) => Promise<unknown>) | undefined;
    api.on(operation.method.toUpperCase(), operation.path, async (context) => {
      if (handle === undefined) return problem(context, 501, "not-here", notHere(operation, elsewhere[name]));
      const asker = context.get("asker");
      const refused = refusal(context, asker, operation);
      if (refused !== null) return refused;
      const isAddress = operation.method === "get" || operation.takes !== undefined;
      const received = isAddress ? context.req.query() : await bodyOf(context);
      const asked = parse(operation.asked, received);
      const answer = async (): Promise<Response> => {
        const desk = desks.for(asker.devices, asked as AskedRange);
        const reply = await handle(asked, { asker, desk, context });
        return reply instanceof Response ? reply : inForm(context, name, asked, reply);
      };
      return large.includes(name) ? held(context, answer) : answer();
    });
  }
  return api;
}

const notHere = ({ path }: Operation, instead: string | undefined): string =>
  `${path} is not answered for this environment${instead === undefined ? "" : `; ${instead}`}`;

function bodyOf(context: Context): Promise<unknown> {
  return context.req.json().catch(() => {
    throw new ParameterError('body: allowed: JSON such as {"sql": "SELECT 1"}');
  });
}

/** Operations whose bodies are bytes, and how many these may have. */
export const longBodies: ReadonlyMap<string, number> = new Map(
  Object.values<Operation>(operations).flatMap(({ path, takes }) =>
    takes === undefined ? [] : [[`/api${path}`, takes] as const],
  ),
);
