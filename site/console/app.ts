/** All the console answers to, as one handler: protection, access, the page's files, the API, errors. */
import { Hono, type Context } from "hono";
import type { Access } from "./access.ts";
import { accessStylePath } from "./access-page.ts";
import type { Desks } from "./desk.ts";
import { handlers, type HandlersArgs } from "./handlers.ts";
import type { PageAsset, PageBundle } from "./page-bundle.ts";
import { boundedRequest, loopbackNames, sameOrigin, secureHeaders } from "./protection.ts";
import { SealError } from "../seal.ts";
import { UploadMismatch } from "../uploads/upload-file.ts";
import { ReplayRefusal } from "../replay/replay-request.ts";
import { problem } from "./problem.ts";
import { rateLimit } from "./rate-limit.ts";
import { refusalOf } from "./refusals.ts";
import { apiRoutes, longBodies } from "./routes.ts";
import { answerDeadline, heldUntilSent, type ConsoleBindings } from "./slow-readers.ts";
import { WorkLimit } from "./work-limit.ts";

export interface AppArgs extends Omit<HandlersArgs, "pageVersion"> {
  readonly desks: Desks;
  readonly page: PageBundle;
  readonly access: Access;
  /** Served to this machine only: the Host header must say so. */
  readonly loopbackOnly: boolean;
}

export function consoleApp({ page, access, loopbackOnly, desks, ...data }: AppArgs): Hono<ConsoleBindings> {
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
  const largeAnswers = new WorkLimit(4, 16);
  const api = apiRoutes({
    environment: data.environment.name,
    handlers: handlers({ ...data, pageVersion: page.version }),
    desks,
    held: (context, answer) => heldUntilSent(context, largeAnswers, answer),
  });
  app.route("/api", api);
  app.notFound((context) => problem(context, 404, "not-found", "there is nothing at this address"));
  app.onError((error, context) => fail(context, error));
  return app;
}

const file = (context: Context, { body, contentType }: PageAsset, cacheControl: string): Response =>
  context.body(body, 200, { "Content-Type": contentType, "Cache-Control": cacheControl });

function fail(context: Context, error: Error): Response {
  const refused = refusalOf(context, error);
  if (refused !== null) return refused;
  if (error instanceof ReplayRefusal) return problem(context, 422, "replay", error.message);
  if (error instanceof UploadMismatch) return problem(context, 422, "upload", error.message);
  if (error instanceof SealError)
    return problem(context, 500, "lake", "the file is damaged on the site: tell its owner");
  return problem(context, 500, "lake", `the lake did not answer: ${error.message}`);
}
