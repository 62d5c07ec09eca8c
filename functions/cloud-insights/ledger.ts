/** What was worked out of a day, and where it lies: what a lake without a manifest of its own has to remember. */
import { insightsFolder } from "../agreements.ts";
import type { Part } from "../declared-insights/units.ts";
import type { InsightPorts } from "./ports.ts";

/** A file of the curated zone. */
export interface CloudPart extends Part {
  readonly bytes: number;
}

type LedgerFile = Pick<CloudPart, "table" | "path" | "rows" | "sha256" | "minTs" | "maxTs" | "bytes">;

export interface Ledger {
  /** By the unit's name. */
  readonly units: Record<string, { readonly basis: string; readonly files: readonly LedgerFile[] }>;
  /** Of a unit that is being replaced: every path that has former or new results. */
  readonly touched: Record<string, readonly string[]>;
  /** What could not be worked out; `at` is in milliseconds. */
  readonly failed: Record<string, { readonly basis: string; readonly at: number }>;
}

/** Name of the one of what is said of now; the others are called as their day. */
export const currentLedger = "now";
const folder = `${insightsFolder}/_state/ledger/`;
export const ledgerKey = (name: string): string => `${folder}${name}.json`;

/** The ledgers of a run; nobody else writes them meanwhile. */
export class Ledgers {
  readonly #ports: InsightPorts;
  readonly #known = new Map<string, Ledger>();

  constructor(ports: InsightPorts) {
    this.#ports = ports;
  }

  async of(name: string): Promise<Ledger> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = await this.#ports.kept.load(this.#ports.container, ledgerKey(name));
    const ledger =
      found === null
        ? { units: {}, touched: {}, failed: {} }
        : (JSON.parse(Buffer.from(found.bytes).toString()) as Ledger);
    this.#known.set(name, ledger);
    return ledger;
  }

  async save(name: string): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(await this.of(name)));
    await this.#ports.kept.put(this.#ports.container, ledgerKey(name), bytes);
  }

  /** Days that something was worked out of, the oldest first. */
  async days(): Promise<string[]> {
    const found = await this.#ports.list.all(this.#ports.container, folder);
    return found.flatMap(({ key }) => /\/(\d{4}-\d\d-\d\d)\.json$/.exec(key)?.[1] ?? []).sort();
  }
}

/** Its files, as what decides about what is due sees them. */
export const partsOf = ({ units }: Ledger): CloudPart[] =>
  Object.entries(units).flatMap(([unit, { basis, files }]) =>
    files.map((file) => ({ ...file, shape: "", derived: { unit, basis } })),
  );
