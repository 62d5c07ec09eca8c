/** The JSON API: each route checks its parameters, asks, and answers with a type of `api.ts`. */
import { Hono } from "hono";
import type { FleetView, IngestLog, LakeReader } from "../ports.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Busiest, EnvironmentView, Latest, Rate, Summary } from "./api.ts";
import { answerQuery } from "./answer-query.ts";
import { readBusiest, readRate } from "./arrivals.ts";
import { countFleet, searchFleet } from "./fleet.ts";
import { FrameTables } from "./frame-tables.ts";
import { LakeQueries } from "./lake-queries.ts";
import { readLatest } from "./live-values.ts";
import { Memo } from "./memo.ts";
import { MetricCatalogue } from "./metrics.ts";
import * as parameters from "./parameters.ts";
import { heldUntilSent, type ConsoleBindings } from "./slow-readers.ts";
import { readSeries } from "./series.ts";
import { readLake, readQuarantine, readSchema, storedSizes } from "./stored.ts";
import { WorkLimit } from "./work-limit.ts";

export interface RoutesArgs {
  readonly environment: ConsoleSettings["environment"];
  readonly lake: LakeReader;
  readonly fleet: FleetView;
  readonly log: Pick<IngestLog, "stats"> | undefined;
  readonly pageVersion: string;
}

/** Milliseconds that an answer serves every open page: below the interval at which one page asks. */
const keptMs = 900;

export function apiRoutes({ environment, lake, fleet, log, pageVersion }: RoutesArgs): Hono<ConsoleBindings> {
  const queries = new LakeQueries(lake);
  const tables = new FrameTables(queries);
  const catalogue = new MetricCatalogue(queries, tables);
  const sizes = new Memo<Awaited<ReturnType<typeof storedSizes>>>(keptMs, 1);
  const rates = new Memo<Rate>(keptMs);
  const latest = new Memo<Latest>(keptMs);
  const busiest = new Memo<Busiest>(keptMs, 1);
  const logStats = () => log?.stats() ?? null;
  const largeAnswers = new WorkLimit(4, 16);
  const api = new Hono<ConsoleBindings>();

  api.get("/summary", async (context) =>
    context.json({
      now: Date.now(),
      environment: environment.name,
      target: environment.target,
      pageVersion,
      fleet: countFleet(fleet.devices()),
      broker: fleet.stats(),
      log: logStats(),
      ...(await sizes.get("", () => storedSizes(lake))),
    } satisfies Summary),
  );
  api.get("/fleet", (context) => {
    const asked = parameters.parse(parameters.fleetParameters, context.req.query());
    return context.json(searchFleet(fleet.devices(), { ...asked, now: Date.now() }));
  });
  api.get("/rate", async (context) => {
    const { minutes } = parameters.parse(parameters.rateParameters, context.req.query());
    const read = (): Promise<Rate> => readRate(queries, tables, minutes, Date.now());
    return context.json(await rates.get(String(minutes), read));
  });
  api.get("/busiest", async (context) =>
    context.json(await busiest.get("", () => readBusiest(queries, tables))),
  );
  api.get("/latest", async (context) => {
    const asked = parameters.parse(parameters.latestParameters, context.req.query());
    return context.json(await latest.get(JSON.stringify(asked), () => readLatest(queries, asked)));
  });
  api.get("/metrics", async (context) => {
    const { device } = parameters.parse(parameters.metricsParameters, context.req.query());
    return context.json({ device, metrics: await catalogue.of(device) });
  });
  api.get("/series", async (context) => {
    const asked = parameters.parse(parameters.seriesParameters, context.req.query());
    return context.json(await readSeries(queries, catalogue, asked));
  });
  api.get("/quarantine", async (context) => {
    const asked = parameters.parse(parameters.quarantineParameters, context.req.query());
    return heldUntilSent(context, largeAnswers, async () =>
      context.json(await readQuarantine(queries, asked)),
    );
  });
  api.get("/lake", async (context) => context.json(await readLake(lake, logStats())));
  api.get("/schema", async (context) => context.json(await readSchema(queries)));
  api.get("/environment", (context) => context.json(environment satisfies EnvironmentView));
  api.post("/query", async (context) => {
    const asked = parameters.parse(
      parameters.queryBody,
      await context.req.json().catch(() => {
        throw new parameters.ParameterError('body: allowed: JSON such as {"sql": "SELECT 1"}');
      }),
    );
    return heldUntilSent(context, largeAnswers, async () => answerQuery(context, lake, asked));
  });
  return api;
}
