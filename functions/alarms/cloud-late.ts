/** On a schedule: devices that were heard before and are silent now, and alarms of rules that are no longer there. */
import type { AlarmRule, LateRule } from "../core/alarm-rule.ts";
import { globTest } from "../core/dispatch.ts";
import type { Micros } from "../core/model.ts";
import { alarmId } from "./alarm-id.ts";
import { lateness, patienceOf } from "./lateness.ts";
import type { CloudBook } from "./cloud-book.ts";

/** When devices were last heard of. */
export interface HeardDevices {
  /** Before an instant, the longest silent first, at most `limit`. */
  silentSince(
    before: Micros,
    limit: number,
  ): Promise<readonly { readonly deviceId: string; readonly lastSeen: Micros }[]>;
  /** Null where it is not known (any more). */
  lastSeen(deviceId: string): Promise<Micros | null>;
}

/** Silent devices that a rule looks at, the longest silent first. */
const mostSilent = 10_000;

export interface CloudLateOptions {
  readonly rules: readonly AlarmRule[];
  readonly heard: HeardDevices;
  readonly book: CloudBook;
  readonly now: Micros;
}

export async function judgeCloudLate({ rules, heard, book, now }: CloudLateOptions): Promise<void> {
  const known = new Map(rules.map(({ name, version }) => [name, version]));
  const open = await book.open();
  for (const { id, rule, ruleVersion } of open)
    if (known.get(rule) !== ruleVersion) await book.clear(id, now);
  for (const rule of rules) {
    if (rule.kind !== "late") continue;
    const lasting = open.filter((one) => one.rule === rule.name && one.ruleVersion === rule.version);
    await judgeRule(rule, lasting, { heard, book, now });
  }
}

async function judgeRule(
  rule: LateRule,
  lasting: Awaited<ReturnType<CloudBook["open"]>>,
  { heard, book, now }: Omit<CloudLateOptions, "rules">,
): Promise<void> {
  const patience = patienceOf(rule);
  const concerns = globTest(rule.devices);
  const silent = (await heard.silentSince(now - patience, mostSilent)).filter(({ deviceId }) =>
    concerns(deviceId),
  );
  const lastSeenOf = new Map(silent.map(({ deviceId, lastSeen }) => [deviceId, lastSeen]));
  for (const { id, device, raisedAt } of lasting) {
    const lastSeen = lastSeenOf.get(device) ?? (await heard.lastSeen(device));
    if (lastSeen !== null && lastSeen > raisedAt - patience)
      await book.clear(id, Math.max(lastSeen, raisedAt));
  }
  const isOpen = new Set(lasting.map(({ id }) => id));
  for (const { deviceId, lastSeen } of silent) {
    const found = lateness(rule, deviceId, lastSeen);
    if (!isOpen.has(alarmId(rule, found.subject, found.raisedAt))) await book.raise(found);
  }
}
