/** Sparkplug B (Eclipse Sparkplug 3.0): messages of edge nodes, whose data need an earlier birth to be read. */

import type { BornMetric, EdgeNode } from "../births.ts";
import { Births, BirthTable, maximumNodeDevices, maximumNodeMetrics } from "../births.ts";
import { Fault, shown, toFault } from "../fault.ts";
import * as Flag from "../flags.ts";
import type { Message, Micros } from "../model.ts";
import { unsigned64 } from "../integers.ts";
import type { SparkplugProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import type { FormatPorts, MessageDecoder } from "./format.ts";
import { addressOfChannel, addressOfPayload, type SparkplugAddress } from "./sparkplug-address.ts";
import type { SparkplugMetric, SparkplugPayload } from "./sparkplug-payload.ts";
import { readSparkplugPayload } from "./sparkplug-payload.ts";
import { SparkplugRows } from "./sparkplug-rows.ts";

/** Sequence numbers count to 255 and begin again (specification section 6.4.6). */
const sequences = 256;

const microseconds = (time: number | bigint | null): number | null =>
  time === null ? null : Number(time) * 1_000;

export function sparkplugDecoder(profile: SparkplugProfile, { births }: FormatPorts): MessageDecoder {
  const writer = new SparkplugRows(profile);
  /** Messages that a birth has set free: out of order by now, and not to wait again. */
  const freed = new WeakSet<Message>();
  /** Births in files, for files: last week's say nothing of the node that is connected now. */
  const ofFiles = new Births();

  return (message, rows) => {
    const payload = readSparkplugPayload(message.payload);
    const { channel, deviceId, lane, receivedAt } = message;
    const address = addressOfChannel(channel) ?? addressOfPayload(payload);
    const isFile = lane === "offline";
    const known = isFile ? ofFiles : births;
    const node = known.node(deviceId);
    const touch = isFile ? touchFile : touchNode;
    // Before it is known whether it can be read: a message in quarantine has the id that its rows will have.
    begin(payload, rows);
    if (address.kind === "data") {
      const isFreed = freed.has(message);
      const of = address.device ?? "";
      // Without a birth in a file, that of the node itself is the likeliest.
      const table = node.tables.get(of) ?? births.node(deviceId).tables.get(of) ?? null;
      const unborn = table === null ? payload.metrics.find(needsBirth) : undefined;
      if (unborn !== undefined) {
        if (!isFreed && node.wait(message)) touch(known, deviceId);
        throw new Fault("no-birth", `${metricName(unborn)} has no birth; ask the node for a rebirth`);
      }
      if (!isFreed) checkSequence(payload, node, rows);
      writeMetrics(writer, payload, table, address.device, rows);
      return undefined;
    }
    touch(known, deviceId);
    if (address.kind === "death") {
      die(node, payload, address, receivedAt, rows);
      return undefined;
    }
    // A node's birth begins its count, wherever that stood.
    if (address.device === null) node.lastSeq = null;
    checkSequence(payload, node, rows);
    const table = bear(node, writer, payload, address, receivedAt, rows);
    touch(known, deviceId);
    writeMetrics(writer, payload, table, address.device, rows);
    if (node.tables.get(address.device ?? "") !== table) return undefined;
    const waiting = node.takeWaiting(
      ({ channel }) => (addressOfChannel(channel)?.device ?? null) === address.device,
    );
    for (const one of waiting) freed.add(one);
    return waiting;
  };
}

const touchNode = (known: Births, key: string): void => known.touch(key);

/** Nothing of a file is kept, and what has not to be kept may be forgotten. */
function touchFile(known: Births, key: string): void {
  known.touch(key);
  known.takeChanged();
}

/**
 * Whether a metric says too little by itself: a data message has the alias or the name, the birth the rest. Some encoders
 * write an empty name beside the alias.
 */
function needsBirth({ name, datatype }: SparkplugMetric): boolean {
  return !name || datatype === 0;
}

function metricName({ name, alias }: SparkplugMetric): string {
  return name ? shown(name) : `alias ${alias}`;
}

/** Identity and time of the message. */
function begin({ seq, timestamp }: SparkplugPayload, rows: MessageRows): void {
  const time = microseconds(timestamp);
  rows.identify(seq, time);
  if (time !== null) rows.time.device(time, null);
}

/** A number that comes twice is common in the field; only one that was skipped is a gap. */
function checkSequence({ seq }: SparkplugPayload, node: EdgeNode, rows: MessageRows): void {
  if (seq === null) return;
  if (typeof seq === "bigint" || seq >= sequences) {
    rows.warn("sequence-range", "sequence numbers beyond 255; gaps can't be told");
    rows.flag(Flag.seqGap);
    return;
  }
  const { lastSeq } = node;
  node.lastSeq = seq;
  if (lastSeq !== null && seq !== lastSeq && seq !== (lastSeq + 1) % sequences) rows.flag(Flag.seqGap);
}

function sessionOf(payload: SparkplugPayload): number | bigint | null {
  const metric = payload.metrics.find(({ name }) => name === "bdSeq");
  if (metric === undefined) return null;
  return unsigned64(metric.high, metric.number);
}

/**
 * Learn names, types and units. A node's birth is a new session: its devices have to be born again. A birth that arrived
 * before the one that is known, and comes late or again, is read by itself and changes nothing.
 */
function bear(
  node: EdgeNode,
  writer: SparkplugRows,
  payload: SparkplugPayload,
  { device }: SparkplugAddress,
  at: Micros,
  rows: MessageRows,
): BirthTable {
  const metrics: BornMetric[] = [];
  for (const metric of payload.metrics) {
    const { name, alias, datatype } = metric;
    if (!name) rows.problems.add(new Fault("schema", `${metricName(metric)} is born without a name`));
    else if (name.length > 255) rows.problems.add(new Fault("schema", `a name of ${name.length} characters`));
    else metrics.push({ name, alias, type: datatype, unit: writer.unitOf(payload, metric) });
  }
  const table = new BirthTable(metrics, at);
  rows.bool(device, "online", true);
  const key = device ?? "";
  if (at < node.since(key)) {
    rows.warn("old-birth", "a birth that arrived before the last one changes nothing");
    return table;
  }
  if (device === null) {
    node.at = at;
    node.bdSeq = sessionOf(payload) ?? node.bdSeq;
    node.tables.clear();
  }
  const known = node.tables.get(key)?.metrics.length ?? 0;
  if (
    node.metricCount - known + metrics.length > maximumNodeMetrics ||
    node.tables.size >= maximumNodeDevices
  )
    throw new Fault(
      "too-large",
      `an edge node has at most ${maximumNodeMetrics} metrics and ${maximumNodeDevices} devices`,
    );
  node.tables.set(key, table);
  return table;
}

/** The broker sends a node's death, as its last will of the time when it connected: it lies at arrival. */
function die(
  node: EdgeNode,
  payload: SparkplugPayload,
  { device }: SparkplugAddress,
  at: Micros,
  rows: MessageRows,
): void {
  const session = device === null ? sessionOf(payload) : null;
  if (at < node.since(device ?? "") || (session !== null && node.bdSeq !== null && session !== node.bdSeq)) {
    rows.warn("old-death", "a death that is not of the node's last birth changes nothing");
    return;
  }
  if (device !== null) node.tables.delete(device);
  else {
    node.at = at;
    node.tables.clear();
  }
  rows.time.arrival(0);
  rows.bool(device, "online", false);
}

/** A metric that can't be read costs no other one. */
function writeMetrics(
  writer: SparkplugRows,
  payload: SparkplugPayload,
  table: BirthTable | null,
  subDevice: string | null,
  rows: MessageRows,
): void {
  writer.begin();
  const { metrics } = payload;
  for (let index = 0; index < metrics.length; index++) {
    const metric = metrics[index]!;
    const born = table?.find(metric.name, metric.alias) ?? null;
    try {
      if (born === null && needsBirth(metric))
        throw new Fault("no-birth", `${metricName(metric)} is not in the birth`);
      writer.write(payload, metric, born, subDevice, rows);
    } catch (thrown) {
      rows.problems.add(toFault(thrown));
    }
  }
}
