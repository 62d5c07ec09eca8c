/** One stream through every host and the file lane: the same rows, the same quarantine. */
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { FirehoseTransformationEvent } from "aws-lambda";
import type { HostIngest } from "../../functions/adapters/host-ingest.ts";
import { frameBlocks, quarantineBlock, readingsBlock, type RowBlock } from "../../functions/core/columns.ts";
import { createDecoder, type Decoder } from "../../functions/core/decoder.ts";
import { messageIdBytes, RecentMessages } from "../../functions/core/dedupe.ts";
import { topicOf } from "../../functions/core/envelope.ts";
import { LogFileReader, type LogFileSource } from "../../functions/core/files/log-file.ts";
import * as Flag from "../../functions/core/flags.ts";
import { DecodedRows, type RowContext } from "../../functions/core/row-sink.ts";
import type { Decoded, Message } from "../../functions/core/model.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { jsonLines } from "../../functions/core/row-json.ts";
import { createHandler as firehoseHandler } from "../../functions/handlers/aws-firehose.ts";
import { createHandler as kinesisHandler } from "../../functions/handlers/aws-kinesis.ts";
import { createHandler as localHandler } from "../../functions/handlers/local.ts";
import { NodeBirths } from "../../functions/node-births.ts";
import { nodePorts } from "../../functions/platform.ts";
import { quarantineId } from "../../site/store/recent-ids.ts";
import { kinesisEvent } from "./kinesis-events.ts";
import { memoryBirths } from "./memory-births.ts";
import { arrival, mixedStream, type MixedStream } from "./mixed-stream.ts";

let stream: MixedStream;
let expected: Lines;

const withoutFlag = (line: string, flag: number): string =>
  line.replace(/"flags":(\d+)/, (_, flags: string) => `"flags":${Number(flags) & ~flag}`);

/** Whether numbers were skipped is said of the message before it; a repeat in a later batch has another one. */
const withoutGap = (line: string): string => withoutFlag(line, Flag.seqGap);

/** Distinct rows as JSON, by table. A repeat has the same bytes, so that the same set is the same lake. */
class Lines {
  readonly rows = new Set<string>();
  readonly quarantined = new Set<string>();

  write(block: RowBlock): void {
    for (const line of jsonLines(block).trimEnd().split("\n"))
      this.rows.add(withoutGap(`${block.table.name} ${line}`));
  }
  add({ readings, frames, quarantined }: Decoded): void {
    if (readings.length > 0) this.write(readingsBlock(readings));
    frameBlocks(frames).forEach((block) => this.write(block));
    if (quarantined.length > 0) this.quarantine(quarantineBlock(quarantined));
  }
  quarantine(block: RowBlock): void {
    for (const line of jsonLines(block).trimEnd().split("\n")) this.quarantined.add(line);
  }
}

beforeAll(async () => {
  stream = await mixedStream(10_000);
  expected = new Lines();
  const { profiles, bindings, messages } = stream;
  const worker = localHandler({ profiles, bindings, tenant: "acme" });
  decodeOnce(worker, messages, expected);
});

/** As the site does it (site/store/packed-rows.ts): a message that was seen before leaves nothing. */
class OnceRows extends DecodedRows {
  readonly #seen: RecentMessages;
  #before = [0, 0, 0];

  constructor(seen: RecentMessages) {
    super();
    this.#seen = seen;
  }
  override begin(): void {
    super.begin();
    this.#before = [this.readings.length, this.frames.length, this.quarantined.length];
  }
  override end(row?: RowContext): void {
    super.end();
    const { msgId = new Uint8Array() } = row ?? {};
    const [readings = 0, frames = 0, quarantined = 0] = this.#before;
    const rows = this.readings.length - readings + this.frames.length - frames;
    if (rows + this.quarantined.length - quarantined === 0) return;
    if (!this.#seen.seen(rows > 0 ? msgId : quarantineId(msgId))) return;
    this.takeBack();
    this.quarantined.length = quarantined;
  }
}

function decodeOnce(decoder: Decoder, messages: readonly Message[], lines: Lines): void {
  const seen = new RecentMessages(2 * messages.length);
  for (const message of messages) {
    const rows = new OnceRows(seen);
    decoder.decodeInto(message, rows);
    lines.add(rows);
  }
}

function* batches<Item>(items: readonly Item[], size = 500): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** A host whose sinks are in memory, with a decoder of its own. */
function host(): { lines: Lines; ingest: HostIngest } {
  const lines = new Lines();
  const { profiles, bindings } = stream;
  const done = Promise.resolve();
  const decoder = createDecoder(profiles, bindings, { ...nodePorts, tenant: "acme" });
  const metrics = { put: () => undefined };
  const ports = {
    decoder,
    births: new NodeBirths(decoder.births, memoryBirths(), metrics),
    raw: { keep: () => done },
    curated: { write: (block: RowBlock) => (lines.write(block), done) },
    quarantine: { write: (block: RowBlock) => (lines.quarantine(block), done) },
    metrics,
    identify: (payload: Uint8Array) =>
      Buffer.from(nodePorts.sha256(payload), "binary").subarray(0, messageIdBytes),
    now: () => 0,
  };
  return { lines, ingest: { tenant: "acme", ports } };
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");

/** As AWS's IoT rule wraps it. */
const wrapped = (message: Message): string =>
  base64(
    JSON.stringify({ b: base64(message.payload), t: topicOf(message), c: message.deviceId, ts: arrival }),
  );

/** The first lines that only one of both has; the sets are too large to be shown. */
function differences(some: Iterable<string>, others: Iterable<string>): string[] {
  const [one, other] = [new Set(some), new Set(others)];
  const odd = (from: Set<string>, without: Set<string>) => [...from].filter((line) => !without.has(line));
  return [...odd(one, other), ...odd(other, one)].slice(0, 5);
}

function same(lines: Lines): void {
  expect(differences(lines.rows, expected.rows)).toEqual([]);
  expect(differences(lines.quarantined, expected.quarantined)).toEqual([]);
}

describe("10,000 messages of every format", () => {
  test("are a stream worth the name: most of it good, some refused for many reasons, repeats among it", () => {
    const formats = new Set(stream.messages.map(({ deviceId }) => deviceId.replace(/-\d$/, "")));
    expect(formats.size).toBeGreaterThan(12);
    expect(expected.rows.size).toBeGreaterThan(20_000);
    expect(expected.quarantined.size).toBeGreaterThan(500);
    const reasons = [...expected.quarantined].map((line) => (JSON.parse(line) as { reason: string }).reason);
    expect(new Set(reasons).size).toBeGreaterThanOrEqual(5);
    const [rows, refused] = [expected.rows, expected.quarantined].map((lines) =>
      [...lines].map((line) => JSON.parse(line.slice(line.indexOf("{"))) as Record<string, unknown>),
    ) as [Record<string, unknown>[], Record<string, unknown>[]];
    const rowsOf = (codec: string) => rows.filter((row) => row["codec"] === codec).length;
    expect(rowsOf("soil-lorawan")).toBeGreaterThan(1_000);
    const isGzip = ({ deviceId, payload }: Message) =>
      deviceId.startsWith("gateway-kura") && payload[0] === 0x1f;
    expect(stream.messages.filter(isGzip).length).toBeGreaterThan(10);
    expect(rowsOf("gateway-kura")).toBeGreaterThanOrEqual(5);
    // What waited for its birth is in quarantine, and rows once it came.
    const unborn = new Set(refused.filter(({ reason }) => reason === "no-birth").map(({ msg_id }) => msg_id));
    const freed = rows.filter(({ msg_id }) => unborn.has(msg_id));
    expect(freed.length).toBeGreaterThan(20);
    expect(new Set(freed.map(({ metric }) => metric))).toEqual(new Set(["speed", "arm_torque"]));
    expect(stream.messages.filter((one, index) => one === stream.messages[index - 1]).length).toBeGreaterThan(
      50,
    );
  });

  test("through Lambda on Kinesis", async () => {
    const { lines, ingest } = host();
    const handler = kinesisHandler(ingest);
    let sequence = 0;
    for (const batch of batches(stream.messages)) {
      const records = batch.map((message) => ({
        SequenceNumber: String(sequence++),
        PartitionKey: message.deviceId,
        Data: wrapped(message),
        ApproximateArrivalTimestamp: arrival / 1_000,
      }));
      expect(await handler(kinesisEvent(records))).toEqual({ batchItemFailures: [] });
    }
    same(lines);
  });

  test("through Lambda behind Firehose, in batches of another size", async () => {
    const { lines, ingest } = host();
    const handler = firehoseHandler(ingest);
    let record = 0;
    for (const batch of batches(stream.messages, 333)) {
      const records = batch.map((message) => ({
        recordId: String(record++),
        approximateArrivalTimestamp: arrival,
        data: wrapped(message),
      }));
      const event: FirehoseTransformationEvent = {
        invocationId: "i",
        deliveryStreamArn: "a",
        region: "r",
        records,
      };
      const answer = await handler(event);
      expect(answer.records.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
      for (const { result, data } of answer.records) {
        if (result !== "Ok") continue;
        const text = Buffer.from(data ?? "", "base64").toString();
        for (const line of text.trimEnd().split("\n")) lines.rows.add(withoutGap(`readings ${line}`));
      }
    }
    same(lines);
  });

  test("through Functions on Event Hubs", async () => {
    const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    const { createHandler } = await import("../../functions/handlers/azure-decoder.ts");
    warned.mockRestore();
    const { lines, ingest } = host();
    const handler = createHandler(ingest);
    let sequence = 0;
    for (const batch of batches(stream.messages, 128)) {
      const events = batch.map((message) =>
        Buffer.from(
          JSON.stringify({
            specversion: "1.0",
            subject: topicOf(message),
            time: new Date(arrival).toISOString(),
            clientname: message.deviceId,
            data_base64: base64(message.payload),
          }),
        ),
      );
      const sequenceNumberArray = batch.map(() => sequence++);
      await handler(events, { triggerMetadata: { triggeredFrom: "test", sequenceNumberArray } as never });
    }
    same(lines);
  });

  test("through the file lane, apart from what says that it came in a file, and whose clock nobody believes", () => {
    const { lines, ingest } = host();
    const { decoder } = ingest.ports;
    const messages = filesOf(stream).flatMap((file) => {
      const reader = new LogFileReader(file.profile, file);
      const [begin, rest] = [file.content.subarray(0, 1_000), file.content.subarray(1_000)];
      const opened = [...reader.push(begin), ...reader.push(rest), ...reader.end()];
      expect(opened.filter(({ fault }) => fault !== null)).toEqual([]);
      return opened.map(({ message }) => message);
    });
    decodeOnce(decoder, messages, lines);
    // A live clock is held against the arrival; in a file it is the only witness.
    const isDoubted = (line: string): boolean =>
      (Number(/"flags":(\d+)/.exec(line)?.[1] ?? 0) & (Flag.late | Flag.clockSuspect)) !== 0;
    const idOf = (line: string): string | undefined => /"msg_id":"(\w+)"/.exec(line)?.[1];
    const doubted = new Set([...expected.rows].filter(isDoubted).map(idOf));
    expect(doubted.size).toBeLessThan(200);
    const plain = (all: Set<string>): string[] =>
      [...all]
        .filter((line) => !doubted.has(idOf(line)))
        .map(withoutLane)
        .sort();
    expect(differences(plain(lines.rows), plain(expected.rows))).toEqual([]);
    expect(differences(plain(lines.quarantined), plain(expected.quarantined))).toEqual([]);
  });
});

interface LogFile extends LogFileSource {
  readonly profile: Profile;
  readonly content: Buffer;
}

/** What devices would have written to logs instead of sending it: a log a channel, or a file a message. */
function filesOf({ messages, profiles }: MixedStream): LogFile[] {
  const files = new Map<string, LogFile>();
  messages.forEach((message, index) => {
    const { deviceId, channel, payload } = message;
    const profile = profiles.find(({ name }) => name === deviceId.slice(0, -2))!;
    const isLine = profile.format.endsWith("json");
    const isLog = isLine || profile.format === "raw-binary";
    const name = isLog ? `${deviceId} ${channel}` : String(index);
    const known = files.get(name)?.content ?? Buffer.alloc(0);
    const content = Buffer.concat([known, payload, Buffer.from(isLine ? "\n" : "")]);
    files.set(name, { ...message, profile, name, content });
  });
  return [...files.values()];
}

/** A row of a file says so by its lane and a flag. */
function withoutLane(line: string): string {
  return withoutFlag(line.replace('"lane":"offline"', '"lane":"live"'), Flag.historical);
}
