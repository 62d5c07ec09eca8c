/** What each operation of the API does: asks, and answers with the type of its schema. */
import type { Context } from "hono";
import type { z } from "zod";
import type { AlarmDesk } from "../alarms/alarm-desk.ts";
import type { FleetView, IngestLog, LakeReader } from "../ports.ts";
import type { ModelState } from "../scoring/model-scoring.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Asker } from "./asker.ts";
import type { Answer } from "./contract/schema.ts";
import type { OperationName, Operations } from "./contract/operations.ts";
import { keptMs, type Desk } from "./desk.ts";
import { countFleet } from "./fleet.ts";
import { lakeHandlers, type LakeHandlersArgs } from "./lake-handlers.ts";
import { readModels } from "./model-scores.ts";
import { Memo } from "./memo.ts";
import { readLake, storedSizes } from "./stored.ts";
import type { Replays } from "../replay/replays.ts";
import type { ReportDesk } from "./report-desk.ts";
import type { UploadDesk } from "./upload-desk.ts";
import { BusyError } from "./work-limit.ts";

export type OpenReplays = Pick<Replays, "codecs" | "state" | "lineage" | "start">;

/** Commits of the lake that an answer names. */
const mostLineage = 100;

export interface HandlersArgs extends LakeHandlersArgs {
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
}

/** Who asks, and what they see. */
export interface Place {
  readonly asker: Asker;
  readonly desk: Desk;
  readonly context: Context;
}

/** A file where the schema says that the answer is bytes. */
export type Reply<Name extends OperationName> = Operations[Name]["answer"] extends z.ZodType
  ? Answer<Operations[Name]["answer"]>
  : Response;

/** Checked, with what was left out set. */
export type AskedOf<Name extends OperationName> = z.output<Operations[Name]["asked"]>;

export type Handlers = {
  readonly [Name in OperationName]: (asked: AskedOf<Name>, place: Place) => Promise<Reply<Name>>;
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
  const sizes = new Memo<Awaited<ReturnType<typeof storedSizes>>>(keptMs, 1);
  const logStats = () => log?.stats() ?? null;
  return {
    ...lakeHandlers({ lake, fleet, alarms, knowledge, thinker }),
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
    models: (_, { desk }) => desk.models.get("", () => readModels(desk.queries, models(), Date.now())),
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
    environment: async () => environment,
  };
}
