/** All the console answers to, as one handler: protection, access, the page's files, the API, errors. */
import { Hono, type Context } from "hono";
import { AlarmError } from "../alarms/alarm-book.ts";
import type { Access } from "./access.ts";
import { accessStylePath } from "./access-page.ts";
import { QueryRefusedError } from "./answer-query.ts";
import type { PageAsset, PageBundle } from "./page-bundle.ts";
import { ParameterError } from "./contract/parameters.ts";
import { boundedRequest, loopbackNames, sameOrigin, secureHeaders } from "./protection.ts";
import { SealError } from "../seal.ts";
import { UploadMismatch } from "../uploads/upload-file.ts";
import { ReplayRefusal } from "../replay/replay-request.ts";
import { UploadRefusal } from "../uploads/upload-request.ts";
import { operations, type Operation } from "./contract/operations.ts";
import { problem } from "./problem.ts";
import { NoReportError } from "./report-desk.ts";
import { rateLimit } from "./rate-limit.ts";
import { apiRoutes, type RoutesArgs } from "./routes.ts";
import { NoSeriesError } from "./series.ts";
import { answerDeadline, type ConsoleBindings } from "./slow-readers.ts";
import { DeviceRefusedError } from "./upload-desk.ts";
import { BusyError } from "./work-limit.ts";

export interface AppArgs extends Omit<RoutesArgs, "pageVersion"> {
  readonly page: PageBundle;
  readonly access: Access;
  /** Served to this machine only: the Host header must say so. */
  readonly loopbackOnly: boolean;
}

export function consoleApp({ page, access, loopbackOnly, ...data }: AppArgs): Hono<ConsoleBindings> {
  const app = new Hono<ConsoleBindings>();
  app.use(secureHeaders, answerDeadline);
  if (loopbackOnly) app.use(loopbackNames);
  app.use(sameOrigin, boundedRequest(longBodies));

  app.get(accessStylePath, (context) => file(context, page.accessStyle, "no-cache"));
  app.get("/favicon.svg", (context) => file(context, page.icon, "no-cache"));
  app.post("/access", async (context) => {
    const { token } = await context.req.parseBody();
    return access.signIn(context, typeof token === "string" ? token.trim() : "");
  });

  app.use(access.guard, rateLimit());
  app.get("/", (context) => context.html(page.html));
  app.get("/assets/:name", (context) => {
    const asset = page.assets.get(context.req.path);
    return asset === undefined
      ? context.notFound()
      : file(context, asset, "private, max-age=31536000, immutable");
  });
  app.route("/api", apiRoutes({ ...data, pageVersion: page.version }));
  app.notFound((context) => problem(context, 404, "not-found", "there is nothing at this address"));
  app.onError((error, context) => fail(context, error));
  return app;
}

/** Operations whose bodies are bytes. */
const longBodies = new Map(
  Object.values<Operation>(operations).flatMap(({ path, takes }) =>
    takes === undefined ? [] : [[`/api${path}`, takes] as const],
  ),
);

const file = (context: Context, { body, contentType }: PageAsset, cacheControl: string): Response =>
  context.body(body, 200, { "Content-Type": contentType, "Cache-Control": cacheControl });

function fail(context: Context, error: Error): Response {
  if (error instanceof ParameterError) return problem(context, 400, "parameter", error.message);
  if (error instanceof AlarmError) return problem(context, 404, "no-alarm", error.message);
  if (error instanceof NoReportError) return problem(context, 404, "no-report", error.message);
  if (error instanceof NoSeriesError) return problem(context, 404, "no-series", error.message);
  if (error instanceof QueryRefusedError) return problem(context, 422, error.code, error.message);
  if (error instanceof DeviceRefusedError) return problem(context, 403, "devices", error.message);
  if (error instanceof ReplayRefusal) return problem(context, 422, "replay", error.message);
  if (error instanceof UploadRefusal || error instanceof UploadMismatch)
    return problem(context, 422, "upload", error.message);
  if (error instanceof SealError)
    return problem(context, 500, "lake", "the file is damaged on the site: tell its owner");
  if (error instanceof BusyError) {
    context.header("Retry-After", "1");
    return problem(context, 503, "busy", error.message);
  }
  return problem(context, 500, "lake", `the lake did not answer: ${error.message}`);
}
