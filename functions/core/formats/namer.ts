/** Metrics and units of what devices give names of their own. */

import { Fault, shown } from "../fault.ts";
import { toMetric } from "../normalise/metric.ts";

/** Names are the devices' own, so what is remembered of them is bounded. */
const rememberedNames = 10_000;

/** How a named value is stored. */
export interface Naming {
  readonly metric: string;
  /** Null where the profile states none. */
  readonly unit: string | null;
}

/** What a profile says of names. */
export interface NamedProfile {
  readonly rename?: Readonly<Record<string, string>>;
  readonly units?: Readonly<Record<string, string>>;
}

const own = (table: Readonly<Record<string, string>> | undefined, name: string): string | null =>
  table !== undefined && Object.hasOwn(table, name) ? table[name]! : null;

export class Namer {
  readonly #profile: NamedProfile;
  readonly #plain: (name: string) => string;
  readonly #known = new Map<string, Naming>();

  /** @param plain what of a name says the quantity; default: all of it */
  constructor(profile: NamedProfile, plain: (name: string) => string = (name) => name) {
    this.#profile = profile;
    this.#plain = plain;
  }

  /** Throws a {@link Fault} for a name of which no metric is left. */
  of(name: string): Naming {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { rename, units } = this.#profile;
    const metric = own(rename, name) ?? toMetric(this.#plain(name));
    if (metric === null)
      throw new Fault("schema", `${shown(name)} makes no metric; name one for it under rename`);
    const naming = { metric, unit: own(units, name) };
    if (this.#known.size >= rememberedNames) this.#known.clear();
    this.#known.set(name, naming);
    return naming;
  }
}
