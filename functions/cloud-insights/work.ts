/** Works units out one by one, as long as a run may begin another one. */
import { looksBackOf, dueUnits, type Due, type Unit } from "../declared-insights/units.ts";
import { commit } from "./commit.ts";
import { dayMicros, dayOf, hourMicros, startOf } from "./days.ts";
import type { InsightSession } from "./engine.ts";
import { partsOf, type CloudPart, type Ledgers } from "./ledger.ts";
import type { InsightPorts } from "./ports.ts";

/** What could not be worked out is tried again after this, or when what it rests on is another: milliseconds. */
const retryMs = 3_600_000;

export interface Done {
  /** Units that were worked out. */
  units: number;
  /** Units that could not be. */
  readonly failed: Set<string>;
}

export class InsightWork {
  readonly ports: InsightPorts;
  readonly ledgers: Ledgers;
  readonly done: Done = { units: 0, failed: new Set() };
  readonly #session: InsightSession;
  readonly #began: number;

  constructor(ports: InsightPorts, ledgers: Ledgers, session: InsightSession) {
    this.ports = ports;
    this.ledgers = ledgers;
    this.#session = session;
    this.#began = ports.now();
  }

  /** Whether another unit of a day may be begun. */
  get hasTime(): boolean {
    return this.#took < this.ports.bounds.beginsWithin;
  }

  /** Whether another unit of what is said of now may be: also after a day's unit that was begun last. */
  get hasTimeForNow(): boolean {
    const { beginsWithin, unit } = this.ports.bounds;
    return this.#took < beginsWithin + unit;
  }

  get #took(): number {
    return this.ports.now() - this.#began;
  }

  /** Microseconds: what began before loses its files to retention, and its results stay as they are. */
  get oldest(): number {
    const { retentionDays, now } = this.ports;
    // What files keep is no longer whole an hour after retention began to take it.
    return retentionDays === 0 ? -Infinity : now() * 1_000 - retentionDays * dayMicros + hourMicros;
  }

  /** What is due of files, by the one rule of every target. */
  due(files: readonly CloudPart[]): Due {
    const { declaration, now } = this.ports;
    return dueUnits(files, declaration, now() * 1_000, this.oldest);
  }

  /**
   * Everything of a day that is due by its sources: hours, then the day, then what is declared of it.
   * False where time ran out before.
   */
  async day(day: string, sources: readonly CloudPart[]): Promise<boolean> {
    const from = startOf(day);
    for (;;) {
      const files = [...sources, ...partsOf(await this.ledgers.of(day))];
      const unit = await this.#first(day, this.#unitsOf(from, files));
      if (unit === undefined) return true;
      if (!this.hasTime) return false;
      const { insight } = unit;
      const whole =
        insight === null
          ? unit
          : this.#unitsOf(from, [...(await this.before(from, looksBackOf(insight))), ...files]).find(
              (one) => one.unit === unit.unit,
            );
      await this.work(day, whole ?? unit);
    }
  }

  #unitsOf(from: number, files: readonly CloudPart[]): Unit[] {
    const isOfDay = (unit: Unit): boolean => unit.from >= from && unit.from < from + dayMicros;
    return this.due(files).units.filter((unit) => isOfDay(unit) && !unit.unit.endsWith("/now"));
  }

  async #first(name: string, units: readonly Unit[]): Promise<Unit | undefined> {
    const { failed } = await this.ledgers.of(name);
    const waits = ({ unit, basis }: Unit): boolean => {
      const former = failed[unit];
      return former?.basis === basis && former.at + retryMs > this.ports.now();
    };
    for (const unit of units) if (waits(unit)) this.done.failed.add(unit.unit);
    return units.find((unit) => !waits(unit));
  }

  /** Results of the days before, as far as they reach back. */
  async before(from: number, micros: number): Promise<CloudPart[]> {
    const [first, last] = [dayOf(from - micros), dayOf(from - 1)];
    const days = (await this.ledgers.days()).filter((day) => day >= first && day <= last);
    const parts: CloudPart[] = [];
    for (const day of days) parts.push(...partsOf(await this.ledgers.of(day)));
    return parts;
  }

  /** One unit; what can't be worked out is told, kept for later, and harms no other. */
  async work(name: string, unit: Unit): Promise<void> {
    const { ports, ledgers } = this;
    const drafts = await this.#session.compute(unit).catch(async (error: Error) => {
      ports.complain(`${unit.unit} could not be worked out: ${error.message}`);
      this.done.failed.add(unit.unit);
      (await ledgers.of(name)).failed[unit.unit] = { basis: unit.basis, at: ports.now() };
      await ledgers.save(name);
      return null;
    });
    if (drafts === null) return;
    await commit(unit, drafts, { name, ledgers, ports });
    this.done.units++;
    this.done.failed.delete(unit.unit);
  }
}
