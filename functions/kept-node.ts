/** An edge node's births as bytes, so that the next process knows what this one has learned. */

import { gunzipSync, gzipSync } from "node:zlib";
import type { BornMetric, NodeState } from "./core/births.ts";
import type { Lane, Message } from "./core/model.ts";

/** More than the largest node that the core keeps becomes. */
const maximumBytes = 64 << 20;

/** 64-bit numbers beyond a double's as text. */
type Exact = number | string | null;

interface Written {
  readonly version: 1;
  readonly at: number;
  readonly bdSeq: Exact;
  /** Device, arrival of its birth, and its metrics. */
  readonly tables: readonly (readonly [string, number, readonly WrittenMetric[]])[];
  readonly waiting: readonly WrittenMessage[];
}

type WrittenMetric = readonly [name: string, alias: Exact, type: number, unit: string | null];

interface WrittenMessage extends Omit<Message, "deviceId" | "payload" | "lane"> {
  readonly lane: Lane;
  readonly payload: string;
}

const written = (value: number | bigint | null): Exact => (typeof value === "bigint" ? String(value) : value);
const exact = (value: Exact): number | bigint | null => (typeof value === "string" ? BigInt(value) : value);

/** The same node always gives the same bytes. */
export function bytesOfNode({ at, bdSeq, tables, waiting }: NodeState): Uint8Array {
  const node: Written = {
    version: 1,
    at,
    bdSeq: written(bdSeq),
    tables: [...tables].map(([device, table]) => [
      device,
      table.at,
      table.metrics.map(({ name, alias, type, unit }) => [name, written(alias), type, unit]),
    ]),
    waiting: waiting.map(({ deviceId: _, payload, ...rest }) => ({
      ...rest,
      payload: Buffer.from(payload).toString("base64"),
    })),
  };
  return gzipSync(JSON.stringify(node));
}

/** Null for what no version of this platform wrote; the node's next birth then takes its place. */
export function nodeOfBytes(deviceId: string, bytes: Uint8Array): NodeState | null {
  let node: Written;
  try {
    node = JSON.parse(gunzipSync(bytes, { maxOutputLength: maximumBytes }).toString()) as Written;
  } catch {
    return null;
  }
  if (node.version !== 1) return null;
  return {
    at: node.at,
    bdSeq: exact(node.bdSeq),
    tables: new Map(
      node.tables.map(([device, at, metrics]) => [device, { at, metrics: metrics.map(metricOf) }]),
    ),
    waiting: node.waiting.map(({ payload, ...rest }) => ({
      ...rest,
      deviceId,
      payload: new Uint8Array(Buffer.from(payload, "base64")),
    })),
  };
}

const metricOf = ([name, alias, type, unit]: WrittenMetric): BornMetric => ({
  name,
  alias: exact(alias),
  type,
  unit,
});
