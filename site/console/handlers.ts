/** What each operation of the API does: asks, and answers with the type of its schema. */
import type { Context } from "hono";
import type { z } from "zod";
import { seesDevice, type DeviceFilter } from "../access/device-filter.ts";
import type { AlarmDesk } from "../alarms/alarm-desk.ts";
import type { FleetView, IngestLog, LakeReader } from "../ports.ts";
import type { ModelState } from "../scoring/model-scoring.ts";
import type { ConsoleSettings } from "../settings.ts";
import { answerExport, answerQuery } from "./answer-query.ts";
import { readBusiest, readRate } from "./arrivals.ts";
import type { Asker } from "./asker.ts";
import type { Answer } from "./contract/schema.ts";
import type { OperationName, Operations } from "./contract/operations.ts";
import { keptMs, type Desk } from "./desk.ts";
import { countFleet, searchFleet } from "./fleet.ts";
import { readInsights } from "./insights.ts";
import { readModels } from "./model-scores.ts";
import { readLatest } from "./live-values.ts";
import { Memo } from "./memo.ts";
import { readSeries } from "./series.ts";
import { kindsOf, type Knowledge } from "./thinking/knowledge.ts";
import type { Thinker } from "./thinking/thinker.ts";
import type { ConsoleBindings } from "./slow-readers.ts";
import { readLake, readQuarantine, readSchema, storedSizes } from "./stored.ts";
import type { Replays } from "../replay/replays.ts";
import type { ReportDesk } from "./report-desk.ts";
import type { UploadDesk } from "./upload-desk.ts";
import { BusyError } from "./work-limit.ts";

export type OpenReplays = Pick<Replays, "codecs" | "state" | "lineage" | "start">;

/** Commits of the lake that an answer names. */
const mostLineage = 100;

export interface HandlersArgs {
  readonly environment: ConsoleSettings["environment"];
  readonly lake: LakeReader;
  readonly fleet: FleetView;
  readonly log: Pick<IngestLog, "stats"> | undefined;
  /** Undefined while nobody looks after alarms. */
  readonly alarms: () => AlarmDesk | undefined;
  /** None while nobody scores. */
  readonly models: () => readonly ModelState[];
  readonly uploads: UploadDesk;
  /** Undefined while nothing decodes. */
  readonly replays: () => OpenReplays | undefined;
  readonly reports: ReportDesk;
  readonly pageVersion: string;
  readonly knowledge: Knowledge;
  readonly thinker: Thinker;
}

/** Who asks, and what they see. */
export interface Place {
  readonly asker: Asker;
  readonly desk: Desk;
  readonly context: Context<ConsoleBindings>;
}

/** A file where the schema says that the answer is bytes. */
export type Reply<Name extends OperationName> = Operations[Name]["answer"] extends z.ZodType
  ? Answer<Operations[Name]["answer"]>
  : Response;

export type Handlers = {
  readonly [Name in OperationName]: (
    asked: z.output<Operations[Name]["asked"]>,
    place: Place,
  ) => Promise<Reply<Name>>;
};

export function handlers({
  environment,
  lake,
  fleet,
  log,
  alarms,
  models,
  uploads,
  replays,
  reports,
  pageVersion,
  knowledge,
  thinker,
}: HandlersArgs): Handlers {
  const openReplays = (): OpenReplays => {
    const open = replays();
    if (open === undefined) throw new BusyError("nothing decodes at the moment: ask again");
    return open;
  };
  const alarmDesk = (): AlarmDesk => {
    const open = alarms();
    if (open === undefined) throw new BusyError("nobody looks after alarms at the moment: ask again");
    return open;
  };
  const sizes = new Memo<Awaited<ReturnType<typeof storedSizes>>>(keptMs, 1);
  const logStats = () => log?.stats() ?? null;
  return {
    summary: async () => ({
      now: Date.now(),
      environment: environment.name,
      target: environment.target,
      pageVersion,
      fleet: countFleet(fleet.devices()),
      broker: fleet.stats(),
      log: logStats(),
      alarms: alarms()?.unacknowledged ?? 0,
      ...(await sizes.get("", () => storedSizes(lake))),
    }),
    async fleet(asked, { desk }) {
      const seen = fleet.devices().filter(({ deviceId }) => seesDevice(desk.devices, deviceId));
      return searchFleet(seen, { ...asked, now: Date.now() });
    },
    rate: ({ minutes }, { desk }) =>
      desk.rates.get(String(minutes), () => readRate(desk.queries, desk.tables, minutes, Date.now())),
    busiest: (_, { desk }) => desk.busiest.get("", () => readBusiest(desk.queries, desk.tables)),
    latest: ({ format: _, ...asked }, { desk }) =>
      desk.latest.get(JSON.stringify(asked), () => readLatest(desk.queries, asked)),
    metrics: async ({ device }, { desk }) => ({ device, metrics: await desk.catalogue.of(device) }),
    series: (asked, { desk }) => readSeries(desk.queries, desk.catalogue, asked),
    async outlook({ ahead, level, ...asked }, { desk }) {
      const series = await readSeries(desk.queries, desk.catalogue, asked);
      return thinker.call("outlook", { time: series.time, mean: series.mean }, { ahead, level });
    },
    insights: (asked, { desk }) => readInsights(desk.queries, asked),
    search: ({ words, limit }, { asker }) =>
      knowledge.find({ words, limit, kinds: kindsOf(asker.scopes), devices: asker.devices }),
    quarantine: (asked, { desk }) => readQuarantine(desk.queries, asked),
    alarms: async (asked, { desk }) => alarmDesk().list(asked, seenBy(desk.devices)),
    models: (_, { desk }) => desk.models.get("", () => readModels(desk.queries, models(), Date.now())),
    acknowledge: (asked, { desk }) => alarmDesk().acknowledge(asked, seenBy(desk.devices)),
    silence: (asked) => alarmDesk().silence(asked),
    uploadLanes: async ({ device }, { asker }) => uploads.lanes(asker, device),
    uploadState: (asked, { asker }) => uploads.state(asker, asked),
    uploadPart: (asked, { asker, context }) =>
      uploads.part(asker, asked, async () => new Uint8Array(await context.req.arrayBuffer())),
    uploadTake: (asked, { asker }) => uploads.take(asker, asked),
    async replay() {
      const open = openReplays();
      const lineage = (await open.lineage()).toReversed().slice(0, mostLineage);
      return { run: open.state, codecs: open.codecs, lineage };
    },
    startReplay: async (asked) => openReplays().start(asked),
    reports: async () => reports.list(),
    makeReport: () => reports.make(),
    report: ({ id, form }, { context }) => reports.file(context, id, form),
    lake: () => readLake(lake, logStats()),
    schema: (_, { desk }) => readSchema(desk.queries),
    environment: async () => environment,
    query: (asked, { asker }) => answerQuery(lake, asker, asked),
    export: (asked, { asker, context }) => answerExport(context, lake, asked, asker),
  };
}

const seenBy = (devices: DeviceFilter): ((device: string) => boolean) | null =>
  devices === null ? null : (device) => seesDevice(devices, device);
