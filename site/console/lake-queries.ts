/** The lake as the routes use it: bounded in time and number, rows as objects, every value a parameter. */
import type { DeviceFilter } from "../access/device-filter.ts";
import type { AskedLake, QueryOptions, QuestionScope } from "../ports.ts";
import type { WorkLimit } from "./work-limit.ts";

/** A row by column name; values as {@link AskedLake} gives them. */
export type Row = Readonly<Record<string, unknown>>;
export type Parameters = NonNullable<QueryOptions["parameters"]>;

/** Milliseconds that a panel of the page waits for its answer. */
const panelTimeoutMs = 15_000;

/** Microseconds: rows of another time are not there for who asks. */
export type ScopeRange = Pick<QuestionScope, "from" | "to">;

export class LakeQueries {
  readonly lake: AskedLake;
  /** Undefined: all there is. */
  readonly scope: QuestionScope | undefined;
  readonly #limit: WorkLimit;

  constructor(lake: AskedLake, devices: DeviceFilter, limit: WorkLimit, range: ScopeRange = {}) {
    this.lake = lake;
    const isAll = devices === null && range.from === undefined && range.to === undefined;
    this.scope = isAll ? undefined : { devices, ...range };
    this.#limit = limit;
  }

  /** `sql` is a constant of ours, or made of quoted names that the lake itself listed. */
  async rows(sql: string, parameters: Parameters = [], maxRows = 10_000): Promise<readonly Row[]> {
    const scope = this.scope === undefined ? {} : { scope: this.scope };
    const result = await this.#limit.run(() =>
      this.lake.query(sql, { parameters, maxRows, timeoutMs: panelTimeoutMs, ...scope }),
    );
    const names = result.columns.map((column) => column.name);
    return result.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  }
}

/** A number of the lake, whether it came as a number or, 64 bits wide, as text. */
export function numberOf(value: unknown): number {
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && !Number.isNaN(number)) return number;
  throw new TypeError(`the lake answered ${JSON.stringify(value)} where a number was asked for`);
}

export const numberOrNull = (value: unknown): number | null =>
  value === null || value === undefined ? null : numberOf(value);

export const textOf = (value: unknown): string => (typeof value === "string" ? value : String(value ?? ""));

export const textOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : textOf(value);
