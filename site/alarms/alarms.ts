/** The site's alarms: rules over what came in since the last look, a book of what they raised, notices. */
import { join } from "node:path";
import { globTest } from "../../functions/core/dispatch.ts";
import type { AlarmRule, AnomalyRule, LateRule, LimitRule } from "../../functions/core/alarm-rule.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { Broker } from "../broker/broker.ts";
import { openStateStore, type StateStore } from "../broker/state-store.ts";
import type { Logger } from "../logger.ts";
import type { LakeReader } from "../ports.ts";
import type { Lake } from "../store/lake.ts";
import type { Keyring } from "../seal.ts";
import type { AlarmSettings } from "../settings.ts";
import { alarmRow } from "../../functions/alarms/alarms-table.ts";
import { AlarmBook } from "./alarm-book.ts";
import { AlarmDesk } from "./alarm-desk.ts";
import { AnomalyRules } from "./anomaly-rules.ts";
import { judgeLate } from "./late-rules.ts";
import { LimitRules } from "./limit-rules.ts";
import {
  frameColumns,
  frameValuesSince,
  readingsSince,
  type FrameColumn,
  type NewReading,
} from "./new-readings.ts";
import { Notices } from "./notices.ts";
import { RuleEvents } from "./rule-events.ts";
import { postWebhook } from "./webhook.ts";

export interface AlarmsOptions {
  readonly settings: AlarmSettings;
  readonly lake: Pick<LakeReader, "query"> & Pick<Lake, "showAlarms">;
  readonly broker: Pick<Broker, "devices" | "publishCommand">;
  readonly dataFolder: string;
  readonly keyring: Keyring;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** Arrivals are seen in the order of the log, which is that of their times but for moments. */
const overlap: Micros = 2_000_000;
const watermark = "watermark";
/** Frames are asked for column by column; each is looked at up to a time of its own. */
const frameWatermark = ({ table, metric }: FrameColumn): string => `${watermark}/${table}/${metric}`;
const commandName = "alarm";

export async function startAlarms(options: AlarmsOptions): Promise<Alarms> {
  const { dataFolder, keyring, logger } = options;
  const store = await openStateStore({
    folder: join(dataFolder, "alarms"),
    keyring,
    purpose: "alarms",
    onDamage: (report) => logger.error(report, "alarms are damaged"),
  });
  const alarms = new Alarms(options, store);
  await alarms.show();
  alarms.start();
  return alarms;
}

type Measuring = LimitRule | AnomalyRule;
type RulesOf = ReadonlyMap<string, readonly (readonly [(device: string) => boolean, Measuring])[]>;

export class Alarms {
  readonly desk: AlarmDesk;
  readonly #book: AlarmBook;
  readonly #options: AlarmsOptions;
  readonly #store: StateStore;
  readonly #notices: Notices;
  readonly #events: RuleEvents;
  readonly #limits: LimitRules;
  readonly #anomalies: AnomalyRules;
  readonly #late: readonly LateRule[];
  /** By metric. */
  readonly #measuring: RulesOf;
  /** Those of them that frames are judged by too: a detector of anomalies would learn from each of their samples. */
  readonly #limiting: RulesOf;
  readonly #since: Micros;
  #watermark: Micros;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Changes of the book that the table `alarms` has. */
  #shown = -1;
  #showing: Promise<void> = Promise.resolve();
  #failure: string | null = null;

  constructor(options: AlarmsOptions, store: StateStore) {
    const { settings, lake, broker, logger } = options;
    this.#options = options;
    this.#store = store;
    this.#book = new AlarmBook(store);
    this.desk = new AlarmDesk(
      this.#book,
      () => this.#now() / 1000,
      () => this.show(),
    );
    this.#since = this.#now();
    const { webhook, rules } = settings;
    this.#notices = new Notices(
      store,
      {
        toDevice: ({ device }, body) => broker.publishCommand(device, commandName, Buffer.from(body)),
        toWebhook: webhook === null ? null : (id, body) => postWebhook(webhook, id, body, this.#now() / 1000),
      },
      logger,
    );
    this.#events = new RuleEvents(this.#book, (alarm) => {
      if (!this.#book.isSilenced(alarm, this.#now())) this.#notices.add(alarm, this.#now() / 1000);
    });
    this.#limits = new LimitRules(store, this.#events);
    this.#anomalies = new AnomalyRules(lake, this.#book, this.#events);
    this.#late = rules.filter((rule) => rule.kind === "late");
    this.#measuring = byMetric(rules);
    this.#limiting = byMetric(rules.filter(({ kind }) => kind === "limit"));
    this.#watermark = Number(store.get(watermark)?.toString("utf8") ?? this.#since);
    this.#endFormer(rules);
  }

  /** Why rules are not looked after as they should be; null where they are. */
  get trouble(): string | null {
    const { unwatched } = this.#anomalies;
    const left =
      unwatched === 0 ? null : `${unwatched} series are too many for the anomaly rules: narrow their devices`;
    return [this.#failure, this.#notices.trouble, left].filter((text) => text !== null).join("; ") || null;
  }

  start(): void {
    const { everySeconds } = this.#options.settings;
    const next = (): void => {
      if (this.#isStopped) return;
      this.#timer = setTimeout(() => void this.look().finally(next), everySeconds * 1000).unref();
    };
    next();
  }

  /** One round, after the one that runs; never rejects. */
  look(): Promise<void> {
    this.#round = this.#round.then(async () => {
      try {
        await this.#look();
        this.#failure = null;
      } catch (error) {
        // The next round begins where this one did.
        this.#failure = `the last look failed: ${(error as Error).message}`;
        this.#options.logger.error({ error: (error as Error).message }, "alarm rules not looked after");
      }
    });
    return this.#round;
  }

  /** The book becomes the table `alarms`; where that fails, the next round does it. Never rejects. */
  show(): Promise<void> {
    this.#showing = this.#showing.then(() => this.#show());
    return this.#showing;
  }

  async #show(): Promise<void> {
    const now = this.#now();
    const silences = this.#book.silences(now);
    const { changes } = this.#book;
    if (changes === this.#shown) return;
    const { alarms } = this.#book.list({ limit: Infinity });
    try {
      await this.#options.lake.showAlarms(alarms.map((alarm) => alarmRow(alarm, silences)));
      this.#shown = changes;
    } catch (error) {
      this.#options.logger.error(
        { error: (error as Error).message },
        "the table of alarms is not as the book",
      );
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
    await this.#showing;
    await this.#store.close();
  }

  async #look(): Promise<void> {
    const now = this.#now();
    if (this.#measuring.size > 0) {
      const { lake } = this.#options;
      const metrics = [...this.#measuring.keys()];
      const pages = readingsSince(lake, metrics, this.#watermark - overlap, now);
      this.#watermark = await this.#judge(pages, this.#measuring, this.#watermark);
    }
    if (this.#limiting.size > 0) await this.#judgeFrames(now);
    const { broker: fleet } = this.#options;
    judgeLate({ rules: this.#late, fleet, book: this.#book, events: this.#events, since: this.#since, now });
    this.#store.set(watermark, Buffer.from(String(this.#watermark)));
    await this.#store.flush();
    await this.show();
    await this.#notices.deliver(this.#now() / 1000);
    await this.#store.flush();
  }

  async #judgeFrames(now: Micros): Promise<void> {
    const { lake } = this.#options;
    for (const column of await frameColumns(lake, [...this.#limiting.keys()])) {
      const key = frameWatermark(column);
      const since = Number(this.#store.get(key)?.toString("utf8") ?? this.#since);
      const pages = frameValuesSince(lake, column, since - overlap, now);
      const reached = await this.#judge(pages, this.#limiting, since);
      if (reached > since) this.#store.set(key, Buffer.from(String(reached)));
    }
  }

  /** Up to when arrivals have been judged. */
  async #judge(pages: AsyncIterable<readonly NewReading[]>, rules: RulesOf, since: Micros): Promise<Micros> {
    let reached = since;
    for await (const page of pages) {
      for (const reading of page) {
        for (const [concerns, rule] of rules.get(reading.metric) ?? []) {
          if (!concerns(reading.device)) continue;
          if (rule.kind === "limit") this.#limits.judge(rule, reading);
          else await this.#anomalies.judge(rule, reading);
        }
        reached = Math.max(reached, reading.arrived);
      }
      if (this.#isStopped) break;
    }
    return reached;
  }

  /** What rules raised that are gone or mean something else now is over. */
  #endFormer(rules: readonly AlarmRule[]): void {
    const known = new Map(rules.map(({ name, version }) => [name, version]));
    this.#limits.forget((rule, version) => known.get(rule) === version);
    for (const { id, rule, ruleVersion } of this.#book.list({ state: "open", limit: Infinity }).alarms)
      if (known.get(rule) !== ruleVersion) this.#events.clear(id, this.#since);
  }

  #now(): Micros {
    return (this.#options.now ?? Date.now)() * 1000;
  }
}

function byMetric(rules: readonly AlarmRule[]): RulesOf {
  const found = new Map<string, (readonly [(device: string) => boolean, Measuring])[]>();
  for (const rule of rules) {
    if (rule.kind === "late") continue;
    const known = found.get(rule.metric) ?? [];
    found.set(rule.metric, [...known, [globTest(rule.devices), rule]]);
  }
  return found;
}
