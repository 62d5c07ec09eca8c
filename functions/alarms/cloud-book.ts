/** The alarms of an environment in a cloud: raised and ended by functions side by side, looked after by people. */
import { randomBytes } from "node:crypto";
import type { Micros } from "../core/model.ts";
import type { Acknowledgement, Alarm, AlarmList, ListedAlarm, Silence } from "./alarm.ts";
import { firstOf } from "../core/first-of.ts";
import { isIn, isSilencedBy, newestFirst, type AlarmState } from "./alarm-state.ts";
import type { KeptDocuments, KeptDocument } from "../core/kept-documents.ts";
import type { Tell } from "./tell.ts";
import { noticeId, noticeOf } from "./notice.ts";
import { newAlarm, type Raised } from "./raised.ts";

const partitions = { alarms: "alarm", open: "open", silences: "silence" } as const;
/** That an alarm which is over is kept. */
const keptDays = 90;
const attempts = 8;
const microsPerMinute = 60_000_000;
const microsPerDay = 86_400_000_000;

/** An alarm that lasts, in an index of its own: it is small, whatever has been before. */
export interface OpenAlarm {
  readonly id: string;
  readonly rule: string;
  readonly ruleVersion: number;
  readonly device: string;
  readonly raisedAt: Micros;
}

export interface CloudBookOptions {
  readonly documents: KeptDocuments;
  /** Absent where nobody raises or ends alarms. */
  readonly tell?: Tell;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface AlarmQuestion {
  readonly state: AlarmState;
  readonly device?: string | undefined;
  readonly limit: number;
  /** Devices that who asks may hear of; silences are for who may hear of all. Null: every device. */
  readonly sees?: ((device: string) => boolean) | null;
}

export class CloudBook {
  readonly #documents: KeptDocuments;
  readonly #tell: Tell | undefined;
  readonly #now: () => number;

  constructor({ documents, tell, now }: CloudBookOptions) {
    this.#documents = documents;
    this.#tell = tell;
    this.#now = now;
  }

  /**
   * Told before it is kept: what ends in between is done again by who retries, and told again, under the same id. An alarm
   * that is known stays as it is.
   */
  async raise(raised: Raised): Promise<void> {
    const alarm = newAlarm(raised);
    const known = await this.#documents.read(partitions.alarms, alarm.id);
    if (known === null) {
      await this.#notify(alarm);
      await this.#ensure(partitions.alarms, alarm.id, alarm);
    } else if ((known.body as Alarm).clearedAt !== null) {
      return;
    }
    const { id, rule, ruleVersion, device, raisedAt } = alarm;
    const open: OpenAlarm = { id, rule, ruleVersion, device, raisedAt };
    await this.#ensure(partitions.open, openId(open), open);
  }

  async clear(id: string, at: Micros): Promise<void> {
    const cleared = await this.#change(id, async (alarm) => {
      if (alarm.clearedAt !== null) return null;
      const over = { ...alarm, clearedAt: at };
      await this.#notify(over);
      return over;
    });
    if (cleared === null) return;
    const index = openId(cleared);
    const open = await this.#documents.read(partitions.open, index);
    if (open !== null) await this.#documents.write(partitions.open, index, null, open.revision);
  }

  /** Null where there is none. */
  async find(id: string): Promise<Alarm | null> {
    return ((await this.#documents.read(partitions.alarms, id))?.body as Alarm | undefined) ?? null;
  }

  /** The first acknowledgement stands. Null where there is no such alarm. */
  acknowledge(id: string, acknowledged: Omit<Acknowledgement, "at">): Promise<Alarm | null> {
    return this.#change(id, (alarm) =>
      alarm.acknowledged === null
        ? { ...alarm, acknowledged: { at: this.#now() * 1_000, ...acknowledged } }
        : null,
    );
  }

  async silence({
    minutes,
    ...wanted
  }: Omit<Silence, "id" | "until"> & { readonly minutes: number }): Promise<Silence> {
    const until = Math.round(this.#now() * 1_000 + minutes * microsPerMinute);
    const silence: Silence = { id: randomBytes(8).toString("hex"), ...wanted, until };
    const days = Math.ceil((minutes * microsPerMinute) / microsPerDay);
    await this.#documents.write(partitions.silences, silence.id, silence, null, days);
    return silence;
  }

  /** Alarms that last, of one rule or of all. */
  async open(rule?: string): Promise<readonly OpenAlarm[]> {
    const found = this.#documents.below(partitions.open, rule === undefined ? "" : `${rule}@`);
    return bodies<OpenAlarm>(found);
  }

  /** Newest first, as the site lists its own. */
  async list({ state, device, limit, sees = null }: AlarmQuestion): Promise<AlarmList> {
    const now = this.#now();
    const silences = await this.#silences();
    const newest = firstOf<Alarm>(limit, newestFirst);
    let [open, unacknowledged] = [0, 0];
    for await (const { body } of this.#documents.below(partitions.alarms, "")) {
      const alarm = body as Alarm;
      if (sees?.(alarm.device) === false) continue;
      if (isIn("open", alarm)) open += 1;
      if (isIn("unacknowledged", alarm)) unacknowledged += 1;
      if ((device === undefined || alarm.device === device) && isIn(state, alarm)) newest.add(alarm);
    }
    const { count: matching, first } = newest.found();
    const listed = (alarm: Alarm): ListedAlarm => ({ ...alarm, silenced: isSilencedBy(silences, alarm) });
    return {
      now,
      matching,
      open,
      unacknowledged,
      alarms: first.map(listed),
      silences: sees === null ? silences : [],
    };
  }

  /** It is there afterwards, by whomever. */
  async #ensure(partition: string, id: string, body: unknown): Promise<void> {
    if (await this.#documents.write(partition, id, body, null)) return;
    if ((await this.#documents.read(partition, id)) === null)
      throw new Error(`the ${partition} document ${id} could not be written: the store is busy`);
  }

  async #silences(): Promise<readonly Silence[]> {
    const all = await bodies<Silence>(this.#documents.below(partitions.silences, ""));
    return all.filter(({ until }) => until > this.#now() * 1_000);
  }

  async #notify(alarm: Alarm): Promise<void> {
    if (this.#tell === undefined || isSilencedBy(await this.#silences(), alarm)) return;
    const { device, rule, severity, clearedAt } = alarm;
    const body = JSON.stringify(noticeOf(alarm));
    await this.#tell({ id: noticeId(alarm), body, device, rule, severity, isOver: clearedAt !== null });
  }

  /** The alarm as it is afterwards; null where there is none. `change` answers null for one that stays as it is. */
  async #change(
    id: string,
    change: (alarm: Alarm) => Alarm | null | Promise<Alarm | null>,
  ): Promise<Alarm | null> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const kept: KeptDocument | null = await this.#documents.read(partitions.alarms, id);
      if (kept === null) return null;
      const former = kept.body as Alarm;
      const alarm = await change(former);
      if (alarm === null) return former;
      const days = alarm.clearedAt === null ? undefined : keptDays;
      if (await this.#documents.write(partitions.alarms, id, alarm, kept.revision, days)) return alarm;
    }
    throw new Error(`the alarm ${id} is changed by too many at the same time: try again`);
  }
}

const openId = ({ rule, ruleVersion, id }: Pick<Alarm, "rule" | "ruleVersion" | "id">): string =>
  `${rule}@${ruleVersion}:${id}`;

async function bodies<Body>(found: AsyncIterable<KeptDocument>): Promise<Body[]> {
  const all: Body[] = [];
  for await (const { body } of found) all.push(body as Body);
  return all;
}
