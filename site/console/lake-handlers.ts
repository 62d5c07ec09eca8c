/** What the API of every target answers: from the lake, the fleet, alarms and the index of words. */
import { seesDevice, type DeviceFilter } from "../access/device-filter.ts";
import type { Alarm, AlarmList, Silence } from "../../functions/alarms/alarm.ts";
import type { AskedLake, DeviceState } from "../ports.ts";
import { answerExport, answerQuery } from "./answer-query.ts";
import { readBusiest, readRate } from "./arrivals.ts";
import type { AskedOf, Handlers } from "./handlers.ts";
import { searchFleet } from "./fleet.ts";
import { readInsights } from "./insights.ts";
import { readLatest } from "./live-values.ts";
import { readSeries } from "./series.ts";
import { readQuarantine, readSchema } from "./stored.ts";
import { kindsOf, type Knowledge } from "./thinking/knowledge.ts";
import type { Thinking } from "./thinking/methods.ts";
import { BusyError } from "./work-limit.ts";

type Awaitable<Value> = Value | Promise<Value>;
type Sees = ((device: string) => boolean) | null;

/** Alarms as they are asked for; `sees` is null for who may hear of every device. */
export interface AlarmAnswers {
  list(asked: AskedOf<"alarms">, sees: Sees): Awaitable<AlarmList>;
  /** Rejects with AlarmError for an alarm that is none, or none of who asks. */
  acknowledge(asked: AskedOf<"acknowledge">, sees: Sees): Promise<Alarm>;
  silence(asked: AskedOf<"silence">): Promise<Silence>;
}

export interface LakeHandlersArgs {
  readonly lake: AskedLake;
  readonly fleet: { devices(): Awaitable<readonly DeviceState[]> };
  /** Undefined while nobody looks after alarms. */
  readonly alarms: () => AlarmAnswers | undefined;
  readonly knowledge: Knowledge;
  readonly thinker: Thinking;
}

export function lakeHandlers({ lake, fleet, alarms, knowledge, thinker }: LakeHandlersArgs) {
  const alarmDesk = (): AlarmAnswers => {
    const open = alarms();
    if (open === undefined) throw new BusyError("nobody looks after alarms at the moment: ask again");
    return open;
  };
  return {
    async fleet(asked, { desk }) {
      const seen = (await fleet.devices()).filter(({ deviceId }) => seesDevice(desk.devices, deviceId));
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
    acknowledge: async (asked, { desk }) => alarmDesk().acknowledge(asked, seenBy(desk.devices)),
    silence: async (asked) => alarmDesk().silence(asked),
    schema: (_, { desk }) => readSchema(desk.queries),
    query: (asked, { asker }) => answerQuery(lake, asker, asked),
    export: (asked, { asker, context }) => answerExport(context, lake, asked, asker),
  } satisfies Partial<Handlers>;
}

const seenBy = (devices: DeviceFilter): Sees =>
  devices === null ? null : (device) => seesDevice(devices, device);
