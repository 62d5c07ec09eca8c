/** One message on its way to rows: identity, event time and the columns that all of its rows share. */

import type { IdentityRule } from "./dedupe.ts";
import { messageIdBytes, MessageIdentity, type Sha256 } from "./dedupe.ts";
import type { FrameTable, Message, Micros, Quality } from "./model.ts";
import type { Fault } from "./fault.ts";
import * as Flag from "./flags.ts";
import type { SequenceTracker } from "./normalise/sequence.ts";
import { clockUnsetBefore, EventTime, type TimeWindow } from "./normalise/time.ts";
import { isKnownUnit } from "./normalise/units.ts";
import { Problems } from "./quarantine.ts";
import type { RowContext, RowSink } from "./row-sink.ts";
import { Warnings } from "./warnings.ts";

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** The name and version that rows carry, and how their message is identified. */
export interface Codec {
  readonly name: string;
  readonly version: string;
  readonly identity: IdentityRule;
}

export class MessageRows implements RowContext {
  readonly time: EventTime;
  readonly problems = new Problems();
  message!: Message;
  codec!: Codec;
  tenant = "";
  seq: number | bigint | null = null;
  readonly msgId = new Uint8Array(messageIdBytes);
  readonly #identity: MessageIdentity;
  readonly #warnings = new Warnings();
  #sink!: RowSink;
  readonly #tenantOverride: string | null;
  readonly #sequences: SequenceTracker | null;
  #isIdentified = false;
  #messageFlags = 0;

  constructor(sha256: Sha256, window: TimeWindow, tenant: string | null, sequences: SequenceTracker | null) {
    this.#identity = new MessageIdentity(sha256);
    this.time = new EventTime(window);
    this.#tenantOverride = tenant;
    this.#sequences = sequences;
  }

  begin(message: Message, codec: Codec, sink: RowSink): void {
    this.#sink = sink;
    this.message = message;
    this.codec = codec;
    this.tenant = this.#tenantOverride ?? message.tenant;
    this.#isIdentified = false;
    this.seq = null;
    this.#messageFlags = 0;
    sink.begin();
    this.time.begin(message.lane, message.receivedAt);
    this.problems.begin();
  }

  /**
   * Fix the message's identity; before its first row. An unset clock identifies nothing: it starts over with
   * every restart of the device.
   */
  identify(seq: number | bigint | null, deviceTime: Micros | null): void {
    this.sequence(seq);
    if (seq !== null && this.#sequences?.skipped(this.message.deviceId, this.codec.name, seq)) {
      this.#messageFlags |= Flag.seqGap;
    }
    const time = deviceTime !== null && deviceTime >= clockUnsetBefore ? deviceTime : null;
    this.#identity.identify(this.message, this.codec.identity, seq, time, this.msgId);
    this.#isIdentified = true;
  }

  /** The counter of the rows from now on, where the records of one message have their own. */
  sequence(seq: number | bigint | null): void {
    // An unsigned counter beyond the column keeps its 64 bits: 2^64-1, which some gateways send for "none", reads -1.
    this.seq = typeof seq === "bigint" && seq > int64.most ? BigInt.asIntN(64, seq) : seq;
  }

  /** Flags of every row of the message from now on. */
  flag(bits: number): void {
    this.#messageFlags |= bits;
  }

  /** A real number; NaN and infinities become a bad reading without a value. */
  double(subDevice: string | null, metric: string, unit: string | null, value: number, flags = 0): void {
    if (value - value === 0) {
      const quality = flags & Flag.saturated ? 1 : 0;
      this.#reading(subDevice, metric, unit, value, null, null, null, null, quality, flags);
    } else {
      this.#reading(subDevice, metric, unit, null, null, null, null, null, 2, flags | Flag.notANumber);
    }
  }

  /** An integer; beyond 64 bits signed it is kept digit by digit as text. */
  integer(
    subDevice: string | null,
    metric: string,
    unit: string | null,
    value: number | bigint,
    flags = 0,
  ): void {
    const quality = flags & Flag.saturated ? 1 : 0;
    if (typeof value === "bigint" && (value > int64.most || value < int64.least)) {
      this.#reading(subDevice, metric, unit, null, null, null, String(value), null, quality, flags);
    } else {
      this.#reading(subDevice, metric, unit, null, value, null, null, null, quality, flags);
    }
  }

  bool(subDevice: string | null, metric: string, value: boolean): void {
    this.#reading(subDevice, metric, null, null, null, value, null, null, 0, 0);
  }

  text(subDevice: string | null, metric: string, unit: string | null, value: string): void {
    this.#reading(subDevice, metric, unit, null, null, null, value, null, 0, 0);
  }

  bytes(subDevice: string | null, metric: string, value: Uint8Array): void {
    this.#reading(subDevice, metric, null, null, null, null, null, value, 0, 0);
  }

  /**
   * A value with the quality that its source states. A bad one has none; a number is a real one or an integer by
   * `isReal`, whatever its digits.
   */
  value(
    subDevice: string | null,
    metric: string,
    unit: string | null,
    value: number | bigint | boolean | string | Uint8Array | null,
    isReal: boolean,
    quality: Quality,
    flags: number,
  ): void {
    let real: number | null = null;
    let whole: number | bigint | null = null;
    let text: string | null = null;
    let bool: boolean | null = null;
    let bytes: Uint8Array | null = null;
    let bits = flags;
    const isNotANumber = typeof value === "number" && value - value !== 0;
    if (isNotANumber) bits |= Flag.notANumber;
    else if (quality === 2 || value === null) value = null;
    else if (typeof value === "number" && isReal) real = value;
    else if (typeof value === "number") whole = value;
    else if (typeof value === "string") text = value;
    else if (typeof value === "boolean") bool = value;
    else if (typeof value !== "bigint") bytes = value;
    else if (value >= int64.least && value <= int64.most) whole = value;
    else text = String(value);
    const judged = isNotANumber || value === null ? 2 : quality;
    this.#reading(subDevice, metric, unit, real, whole, bool, text, bytes, judged, bits);
  }

  /** The sensor says that it has no reading. */
  missing(subDevice: string | null, metric: string, unit: string | null): void {
    this.#reading(subDevice, metric, unit, null, null, null, null, null, 2, 0);
  }

  /**
   * One sample of a frame, an axis a value. NaN and infinities become null. A row without any reading is bad,
   * one that lost an axis to NaN is uncertain.
   */
  frame(table: FrameTable, values: (number | null)[], flags: number): void {
    let bits = flags;
    let present = 0;
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (typeof value !== "number") continue;
      if (value - value === 0) {
        present++;
      } else {
        values[index] = null;
        bits |= Flag.notANumber;
      }
    }
    const quality: Quality = present === 0 ? 2 : bits & (Flag.saturated | Flag.notANumber) ? 1 : 0;
    if (!this.#isIdentified) this.identify(null, null);
    this.#sink.frame(this, table, values, quality, bits | this.time.flags | this.#messageFlags);
  }

  /** Report a unit symbol that IANA does not know, once a symbol and codec. */
  checkUnit(unit: string): void {
    if (!isKnownUnit(unit)) {
      this.warn("unknown-unit", `${unit} is no registered SenML unit symbol; it is stored as sent`);
    }
  }

  /** Report something about a message that was decoded all the same, once a code, detail and codec. */
  warn(code: string, detail: string): void {
    this.#warnings.give(this.#sink, this.codec.name, { deviceId: this.message.deviceId, code, detail });
  }

  /** Close the message: rows of a refused one are taken back, and whatever was bad goes to quarantine. */
  finish(): void {
    const { problems } = this;
    const sink = this.#sink;
    if (problems.any) {
      if (problems.refused !== null) sink.takeBack();
      if (!this.#isIdentified) this.#identifyRefused(problems.refused);
      const { name, version } = this.codec;
      sink.quarantine(problems.entry(this.message, this.msgId.slice(), name, version));
    }
    sink.end(this);
  }

  /**
   * Bytes that a codec could not read carry no identity of their own. The same ones a second time are one piece of
   * evidence (a QoS 1 repeat after a lost PUBACK, mostly), so their content names them; a message that no codec was
   * bound to may be an honest equal reading, and keeps its place in the stream.
   */
  #identifyRefused(fault: Fault | null): void {
    const rule = fault === null || fault.reason === "no-codec" ? this.codec.identity : "content";
    this.#identity.identify(this.message, rule, null, null, this.msgId);
  }

  #reading(
    subDevice: string | null,
    metric: string,
    unit: string | null,
    valueDouble: number | null,
    valueInt: number | bigint | null,
    valueBool: boolean | null,
    valueText: string | null,
    valueBytes: Uint8Array | null,
    quality: Quality,
    flags: number,
  ): void {
    if (!this.#isIdentified) this.identify(null, null);
    const bits = flags | this.time.flags | this.#messageFlags;
    this.#sink.reading(
      this,
      subDevice,
      metric,
      unit,
      valueDouble,
      valueInt,
      valueBool,
      valueText,
      valueBytes,
      quality,
      bits,
    );
  }
}
