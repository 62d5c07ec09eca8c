/** The HTTP API of an environment in a cloud, as one handler: the site's operations, for programs with a token. */
import { Hono, type Context } from "hono";
import type { AskerVariables } from "../../site/console/asker.ts";
import { accessProblem, bearerToken, tokenFrom, type AccessRefusal } from "../../site/console/bearer.ts";
import type { Handlers } from "../../site/console/handlers.ts";
import { lakeHandlers, type AlarmAnswers, type LakeHandlersArgs } from "../../site/console/lake-handlers.ts";
import { problem } from "../../site/console/problem.ts";
import { boundedRequest, secureHeaders } from "../../site/console/protection.ts";
import { rateLimit } from "../../site/console/rate-limit.ts";
import { refusalOf } from "../../site/console/refusals.ts";
import { apiRoutes, longBodies } from "../../site/console/routes.ts";
import { Knowledge } from "../../site/console/thinking/knowledge.ts";
import { thinkingHere } from "../../site/console/thinking/methods.ts";
import { Throttle } from "../../site/console/throttle.ts";
import { WorkLimit } from "../../site/console/work-limit.ts";
import type { AskedLake } from "../../site/ports.ts";
import { QueryError } from "../../site/store/reader.ts";
import type { Profile } from "../core/profiles/profile.ts";
import type { CloudLake } from "./cloud-lake.ts";
import { RangeDesks } from "./desks.ts";
import type { ReportAnswers } from "./kept-reports.ts";
import type { UploadAnswers } from "./cloud-uploads.ts";
import { overviewHandlers, type OverviewArgs } from "./overview.ts";
import { alarmOperations, elsewhere } from "./served.ts";
import type { TokenFinder } from "./token-book.ts";

export interface AskingArgs extends OverviewArgs, Pick<LakeHandlersArgs, "fleet"> {
  readonly lake: AskedLake & Pick<CloudLake, "damaged">;
  readonly tokens: TokenFinder;
  /** Null where the stack has no rules: then these operations are none. */
  readonly alarms: AlarmAnswers | null;
  /** Null, as if absent, where none are made by themselves: then these operations are none. */
  readonly reports?: ReportAnswers | null;
  readonly uploads: UploadAnswers;
  /** That decode here; found by words. */
  readonly profiles: readonly Profile[];
  /** Told of faults of ours. */
  readonly complain: (error: Error) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who sent a request, as the host in front of it knows it. */
export interface Caller {
  readonly address: string;
}

export type AskingApp = Hono<AskerVariables & { Bindings: Caller }>;

const fix =
  "send `Authorization: Bearer <token>`; `npx fieldlake token create <name> --scope <scopes> --stack <stack>` makes one";

export function askingApp({
  environment,
  lake,
  fleet,
  tokens,
  alarms,
  profiles,
  ...args
}: AskingArgs): AskingApp {
  const { complain, now, target, sizes, models, resources, uploads, reports = null } = args;
  const desks = new RangeDesks(lake);
  const thinker = thinkingHere();
  const knowledge = new Knowledge(desks.for(null, {}).queries, fleet, () => profiles, thinker);
  const all = lakeHandlers({ lake, fleet, alarms: () => alarms ?? undefined, knowledge, thinker });
  const overview = { environment, target, sizes, models, resources, fleet, alarms, desks, now };
  const none = Object.fromEntries(alarmOperations.map((name) => [name, undefined]));
  const largeAnswers = new WorkLimit(2, 16);
  const app: AskingApp = new Hono();
  app.use(secureHeaders, boundedRequest(longBodies));
  app.use(bearerOnly(tokens, new Throttle({}, now), now), rateLimit(now), tellsOfDamage(lake));
  const api = apiRoutes({
    environment,
    handlers: {
      ...all,
      ...overviewHandlers(overview),
      ...uploadHandlers(uploads),
      ...(alarms === null ? none : {}),
      ...(reports === null ? {} : reportHandlers(reports)),
    },
    elsewhere,
    desks,
    held: (_, answer) => largeAnswers.run(answer),
  });
  app.route("/api", api);
  app.notFound((context) => problem(context, 404, "not-found", "there is nothing at this address"));
  app.onError((error, context) => fail(context, error, complain));
  return app;
}

const reportHandlers = (reports: ReportAnswers) =>
  ({
    reports: () => reports.list(),
    ...(reports.make === null ? {} : { makeReport: reports.make }),
    report: ({ id, form }, { context }) => reports.file(context, id, form),
  }) satisfies Partial<Handlers>;

const uploadHandlers = (uploads: UploadAnswers) =>
  ({
    uploadLanes: async ({ device }, { asker }) => uploads.lanes(asker, device),
    uploadState: (asked, { asker }) => uploads.state(asker, asked),
    uploadPart: (asked, { asker, context }) =>
      uploads.part(asker, asked, async () => new Uint8Array(await context.req.arrayBuffer())),
    uploadTake: (asked, { asker }) => uploads.take(asker, asked),
  }) satisfies Partial<Handlers>;

/** Lets nobody by without a token: 401 or 429. */
function bearerOnly(tokens: TokenFinder, throttle: Throttle, now: () => number) {
  return async (context: Context<AskerVariables & { Bindings: Caller }>, next: () => Promise<void>) => {
    const refuse = (refusal: AccessRefusal, seconds = 0): Response =>
      accessProblem(context, refusal, fix, seconds);
    const text = bearerToken(context);
    if (text === undefined) return refuse("missing");
    const found = await tokenFrom(context.env.address, throttle, () => tokens.find(text, now()));
    if ("refusal" in found) return refuse(found.refusal, found.seconds);
    context.set("asker", { tokenId: found.id, scopes: found.scopes, devices: found.devices });
    return next();
  };
}

/** Of a header, which has to stay short. */
const namedFiles = 20;

/** An answer that lacks rows says so: in a header, because answers are kept for a moment and given to more than one. */
function tellsOfDamage(lake: AskingArgs["lake"]) {
  return async (context: Context, next: () => Promise<void>): Promise<void> => {
    await next();
    const { damaged } = lake;
    if (damaged.length === 0 || !context.res.ok) return;
    const more = damaged.length > namedFiles ? [`and ${damaged.length - namedFiles} more`] : [];
    const named = damaged.slice(0, namedFiles).map((path) => encodeURI(path));
    context.header("Fieldlake-Left-Out", [...named, ...more].join(", "));
  };
}

/** What is a fault of ours is told to whoever looks after the environment, not to who asked: it may name places of the lake. */
function fail(context: Context, error: Error, complain: (error: Error) => void): Response {
  const refused = refusalOf(context, error);
  if (refused !== null) return refused;
  if (error instanceof QueryError && error.code === "scan-too-large")
    return problem(context, 422, error.code, error.message);
  complain(error);
  return problem(context, 500, "lake", "the lake did not answer: the environment's log says why");
}
