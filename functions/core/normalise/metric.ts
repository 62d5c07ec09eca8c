/** Metric names: one stable lower_snake path a measured quantity, whatever the device calls it. */

import { Fault, shown } from "../fault.ts";

/** What a metric is named like: a letter first, then letters, digits and single words joined by `_`. */
export const metricPattern = /^[a-z][a-z0-9_]{0,127}$/;

/**
 * A device's own name for something as a metric: camelCase and any run of other characters become `_`.
 * Returns null where nothing of a name is left (no letter to start with), and for more than 128 characters: two names that
 * differ at their ends must not become one metric.
 */
export function toMetric(name: string): string | null {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "");
  return metricPattern.test(snake) ? snake : null;
}

/** The metric of a part of something that has a metric. Throws a {@link Fault} for more than 128 characters. */
export function partMetric(whole: string, part: string | number): string {
  const metric = `${whole}_${part}`;
  if (metric.length > 128)
    throw new Fault("schema", `the metric ${shown(metric)} has more than 128 characters`);
  return metric;
}

/** A SenML name split into who measured and what was measured. */
export interface MeasuredName {
  /** Null where the name says nothing but the quantity. */
  readonly subDevice: string | null;
  readonly metric: string;
}

const lwm2mPath = /^(?:(.*?)[:/])?\/?(\d{1,5})\/(\d{1,5})\/(\d{1,5})(?:\/(\d{1,5}))?$/;
const deviceUrn = /^(urn:dev:[^:/]+:[^:/]+)(?:[:/](.*))?$/;

/**
 * Split a resolved SenML name (RFC 8428 section 4.5.1):
 * - an LwM2M path `/{object}/{instance}/{resource}[/{instance}]` → `lwm2m_{object}_{resource}` of sub-device `{instance}`
 * - a device URN (RFC 9039) `urn:dev:{subtype}:{identifier}[:{quantity}]`
 * - else at the last `:` or `/`.
 * A name that ends in an identifier rather than a quantity has the metric `value`.
 */
export function splitSenmlName(name: string): MeasuredName {
  const path = lwm2mPath.exec(name);
  if (path) {
    const [, prefix, object, instance, resource, item] = path;
    const place = item === undefined ? instance : `${instance}/${item}`;
    return {
      subDevice: prefix ? `${prefix}/${place}` : (place ?? null),
      metric: `lwm2m_${object}_${resource}`,
    };
  }
  const urn = deviceUrn.exec(name);
  if (urn) {
    const metric = urn[2] === undefined ? null : toMetric(urn[2]);
    return { subDevice: urn[1] ?? null, metric: metric ?? "value" };
  }
  const cut = Math.max(name.lastIndexOf(":"), name.lastIndexOf("/"));
  const last = name.slice(cut + 1);
  const metric = /^[A-Za-z]/.test(last) ? toMetric(last) : null;
  if (metric === null) return { subDevice: name, metric: "value" };
  return { subDevice: cut > 0 ? name.slice(0, cut) : null, metric };
}
