/** What is asked of alarms, whoever keeps them. */
import { globTest } from "../core/dispatch.ts";
import type { Alarm, Silence } from "./alarm.ts";

export type AlarmState = "open" | "unacknowledged" | "all";

export const isIn = (state: AlarmState, { clearedAt, acknowledged }: Alarm): boolean =>
  state === "all" || (state === "open" ? clearedAt === null : acknowledged === null);

export const newestFirst = (one: Alarm, other: Alarm): number =>
  other.raisedAt - one.raisedAt || (one.id < other.id ? -1 : 1);

/** @param silences those in force */
export const isSilencedBy = (silences: readonly Silence[], { rule, device }: Alarm): boolean =>
  silences.some((silence) => globTest(silence.rule)(rule) && globTest(silence.device)(device));
