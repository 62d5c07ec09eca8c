/** Devices that were heard before and are silent now. */
import { globTest } from "../../functions/core/dispatch.ts";
import { lateness } from "../../functions/alarms/lateness.ts";
import type { LateRule } from "../../functions/core/alarm-rule.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { FleetView } from "../ports.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { RuleEvents } from "./rule-events.ts";

export interface LateArgs {
  readonly rules: readonly LateRule[];
  readonly fleet: Pick<FleetView, "devices">;
  readonly book: AlarmBook;
  readonly events: RuleEvents;
  /** Since when this site listens: nobody is late for the time in which nobody could have been heard. */
  readonly since: Micros;
  readonly now: Micros;
}

/** Revoked devices are silent by intention. */
export function judgeLate({ rules, fleet, book, events, since, now }: LateArgs): void {
  const devices = rules.length === 0 ? [] : fleet.devices();
  for (const rule of rules) {
    const concerns = globTest(rule.devices);
    const open = book
      .list({ state: "open", limit: Infinity })
      .alarms.filter((alarm) => alarm.rule === rule.name && alarm.kind === "late");
    const openOf = new Map(open.map((alarm) => [alarm.device, alarm]));
    for (const { deviceId, lastSeen, revoked } of devices) {
      if (lastSeen === null || !concerns(deviceId)) continue;
      const lasting = openOf.get(deviceId);
      if (lasting !== undefined) {
        if (revoked || lastSeen > lasting.raisedAt)
          events.clear(lasting.id, Math.max(lastSeen, lasting.raisedAt));
        continue;
      }
      const found = lateness(rule, deviceId, Math.max(lastSeen, since));
      if (!revoked && now >= found.raisedAt) events.raise(found);
    }
  }
}
