/** Sparkplug B metrics to rows. */

import type { BornMetric } from "../births.ts";
import { Fault } from "../fault.ts";
import * as Flag from "../flags.ts";
import type { Quality } from "../model.ts";
import { partMetric, toMetric } from "../normalise/metric.ts";
import type { SparkplugProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import { Namer } from "./namer.ts";
import { metricValue, readProperties, type SparkplugValue } from "./sparkplug-groups.ts";
import type { SparkplugMetric, SparkplugPayload } from "./sparkplug-payload.ts";
import * as dataType from "./sparkplug-datatype.ts";
import * as valueField from "./sparkplug-field.ts";

/** Readings of one message; arrays and data sets have one a cell. */
const maximumReadings = 20_000;
/** Templates within templates. */
const maximumDepth = 8;

/** Property that has a metric's engineering unit where the profile names none: what Ignition and its kin send. */
export const defaultUnitProperty = "engUnit";

const realTypes: ReadonlySet<number> = new Set([
  dataType.float,
  dataType.double,
  dataType.floatArray,
  dataType.doubleArray,
]);

/** Type of a value that neither its metric nor a birth states: a field of reals is one by itself. */
function realTypeOf({ field }: SparkplugMetric): number {
  if (field === valueField.double) return dataType.double;
  return field === valueField.float ? dataType.float : dataType.unknown;
}

/** Quality by the property of that name (specification section 6.4.14): 0, 192 and 500, and OPC's in between. */
function qualityOf(code: unknown): Quality {
  if (typeof code !== "number") return 0;
  if (code === 500) return 3;
  const group = code & 0xc0;
  return group === 0xc0 ? 0 : group === 0x40 ? 1 : 2;
}

export class SparkplugRows {
  readonly #profile: SparkplugProfile;
  readonly #unitProperty: string;
  readonly #names: Namer;
  #left = 0;

  constructor(profile: SparkplugProfile) {
    this.#profile = profile;
    this.#names = new Namer(profile);
    this.#unitProperty = profile.unitProperty ?? defaultUnitProperty;
  }

  /** The unit that a birth states for a metric. */
  unitOf(payload: SparkplugPayload, metric: SparkplugMetric): string | null {
    if (metric.propertiesStart === 0) return null;
    const unit = readProperties(payload.bytes, metric.propertiesStart, metric.propertiesEnd).get(
      this.#unitProperty,
    );
    return typeof unit === "string" && unit !== "" && unit.length <= 32 ? unit : null;
  }

  begin(): void {
    this.#left = maximumReadings;
  }

  /**
   * Write a metric. Throws a {@link Fault} for a value that its type does not have.
   * @param born what the metric's birth says; null where it says all by itself
   */
  write(
    payload: SparkplugPayload,
    metric: SparkplugMetric,
    born: BornMetric | null,
    subDevice: string | null,
    rows: MessageRows,
  ): void {
    if (metric.transient && this.#profile.transient === "drop") return;
    const { bytes } = payload;
    const naming = this.#names.of(metric.name || born?.name || "");
    let quality: Quality = 0;
    let unit = naming.unit ?? born?.unit ?? null;
    if (metric.propertiesStart > 0) {
      const properties = readProperties(bytes, metric.propertiesStart, metric.propertiesEnd);
      quality = qualityOf(properties.get("Quality"));
      if (unit === null) unit = this.unitOf(payload, metric);
    }
    if (unit !== null) rows.checkUnit(unit);
    const time = metric.timestamp ?? payload.timestamp;
    if (time === null) rows.time.arrival(0);
    else rows.time.device(Number(time) * 1_000, null);
    const flags = metric.historical ? Flag.historical : 0;
    if (metric.isNull) {
      rows.value(subDevice, naming.metric, unit, null, false, 2, flags);
      return;
    }
    const type = metric.datatype || born?.type || realTypeOf(metric);
    const value = metricValue(bytes, metric, type);
    this.#put(bytes, naming.metric, value, type, { subDevice, unit, quality, flags, rows }, 0);
  }

  #put(
    bytes: Uint8Array,
    name: string,
    value: SparkplugValue,
    type: number,
    row: RowParts,
    depth: number,
  ): void {
    if (typeof value !== "object" || value instanceof Uint8Array) {
      this.#count();
      const { subDevice, unit, quality, flags, rows } = row;
      const isReal = realTypes.has(type);
      rows.value(subDevice, name, unit, value, isReal, quality, flags);
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++)
        this.#put(bytes, partMetric(name, index), value[index] as SparkplugValue, type, row, depth);
    } else if ("columns" in value) {
      value.rows.forEach((cells, index) =>
        cells.forEach((cell, column) => {
          const path = partMetric(partMetric(name, index), toMetric(value.columns[column]!) ?? column);
          const of = value.types[column]!;
          if (cell === null) this.#missing(path, row);
          else this.#put(bytes, path, cell, of, row, depth);
        }),
      );
    } else if ("metrics" in value) {
      this.#putTemplate(bytes, name, value.metrics, row, depth);
    }
  }

  #count(): void {
    if (this.#left-- <= 0)
      throw new Fault("too-large", `more than ${maximumReadings} readings in one message`);
  }

  /** A cell or member without a value is two bytes of a payload, and a row all the same. */
  #missing(path: string, { subDevice, unit, rows }: RowParts): void {
    this.#count();
    rows.missing(subDevice, path, unit);
  }

  /** The members of a template instance; a definition describes a kind of value and is none. */
  #putTemplate(
    bytes: Uint8Array,
    name: string,
    metrics: readonly SparkplugMetric[],
    row: RowParts,
    depth: number,
  ): void {
    if (depth >= maximumDepth) throw new Fault("schema", `templates nested deeper than ${maximumDepth}`);
    metrics.forEach((metric, index) => {
      const path = partMetric(name, toMetric(metric.name ?? "") ?? index);
      const type = metric.datatype || realTypeOf(metric);
      if (metric.isNull) this.#missing(path, row);
      else this.#put(bytes, path, metricValue(bytes, metric, type), type, row, depth + 1);
    });
  }
}

interface RowParts {
  readonly subDevice: string | null;
  readonly unit: string | null;
  readonly quality: Quality;
  readonly flags: number;
  readonly rows: MessageRows;
}
