/** Alarms as the site's rules would raise them, in a book of their own. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlarmRule } from "../../../functions/core/alarm-rule.ts";
import { AlarmBook } from "../../../site/alarms/alarm-book.ts";
import { AlarmDesk } from "../../../site/alarms/alarm-desk.ts";
import { RuleEvents } from "../../../site/alarms/rule-events.ts";
import { openStateStore } from "../../../site/broker/state-store.ts";
import { Keyring } from "../../../site/seal.ts";
import { hostileName, hostileText } from "./fake-tables.ts";

export interface FakeAlarms {
  readonly desk: AlarmDesk;
  readonly book: AlarmBook;
  close(): Promise<void>;
}

const common = { version: 1, devices: "*" } as const;
const hot: AlarmRule = {
  ...{ ...common, kind: "limit", name: "hot", severity: "critical", metric: "temperature", atLeast: 1 },
  above: 80,
};
const late: AlarmRule = { ...common, kind: "late", name: "silent", severity: "warning", minutes: 15 };
const odd: AlarmRule = {
  ...common,
  kind: "anomaly",
  name: "odd",
  severity: "info",
  metric: "vibration",
  risk: 3e-5,
};

export async function fakeAlarms({
  now,
  empty,
  hostile,
}: {
  now: number;
  empty: boolean;
  hostile: boolean;
}): Promise<FakeAlarms> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-fake-alarms-"));
  const store = await openStateStore({ folder, keyring: new Keyring(randomBytes(32)), purpose: "alarms" });
  const book = new AlarmBook(store);
  const events = new RuleEvents(book, () => undefined);
  const evidence = { msgId: "00", codec: "machine-json", codecVersion: "1" };
  const raise = (rule: AlarmRule, device: string, minutes: number, value: number, detail: string) => {
    const metric = rule.kind === "late" ? null : rule.metric;
    const raisedAt = (now - minutes * 60_000) * 1000;
    events.raise({ rule, subject: { device, sub: null, metric }, raisedAt, value, detail, evidence });
  };
  if (!empty) {
    raise(hot, "press-json-01", 4, 91.4, "temperature is 91.4, above 80");
    raise(late, "wrist-07", 32, 15, "nothing heard for 15 minutes");
    raise(odd, "press-json-01", 180, 2.31, "vibration is 2.31; expected was 0.84 (spike)");
    const [oldest] = book.list({ state: "all", limit: 3 }).alarms.slice(-1);
    events.clear(String(oldest?.id), (now - 170 * 60_000) * 1000);
  }
  if (hostile) raise({ ...hot, name: hostileText }, hostileName, 1, 1, hostileText);
  return {
    desk: new AlarmDesk(book),
    book,
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
