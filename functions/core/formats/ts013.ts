/**
 * LoRa Alliance TS013 payload codecs: JavaScript with a function `decodeUplink`, as device makers publish it, run unchanged.
 * Messages that are foreseen go to the sandbox together.
 */

import { Fault, toFault } from "../fault.ts";
import * as Flag from "../flags.ts";
import type { Message, Micros } from "../model.ts";
import type { Ts013Codec, Ts013Profile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import type { CodecCall, CodecOutcome, CodecSandbox } from "./codec-sandbox.ts";
import type { MessageDecoder } from "./format.ts";
import { recordWriter } from "./mapping.ts";
import { TimeoutHold } from "./ts013-hold.ts";
import { resultOf, type CodecResult } from "./ts013-result.ts";
import { trustedCodec } from "./ts013-trusted.ts";
import { callInput, uplinkReader, type Uplink } from "./ts013-uplink.ts";

/** Calls that go to the sandbox together at most. */
const maximumCalls = 256;

/** Throws an Error for a codec that is not there, and for a trusted one that does not load. */
export function ts013Decoder(profile: Ts013Profile, sandbox: CodecSandbox): MessageDecoder {
  if (typeof profile.codec === "string")
    throw new Error(`codec "${profile.codec}" was not read from the profile's folder`);
  const readUplink = uplinkReader(profile);
  const write = recordWriter(profile);
  const finish = (
    { device, time, sequence }: Uplink,
    { data, warnings }: CodecResult,
    message: Message,
    rows: MessageRows,
  ) => {
    if (warnings.length > 0) rows.flag(Flag.warned);
    for (const warning of warnings) rows.warn("codec", warning);
    const subDevice = device === message.deviceId ? null : device;
    write(data, message, rows, true, { time, subDevice, sequence });
  };
  if (profile.codec.trusted === true) {
    const run = trustedCodec(profile.codec.code);
    return refusing((message, rows) => {
      const uplink = readUplink(message);
      const received = Math.floor((uplink.time?.micros ?? message.receivedAt) / 1_000);
      finish(uplink, run(uplink, received), message, rows);
    });
  }
  sandbox.start();
  const runs = new ForeseenRuns(profile.codec, sandbox);
  const decode = refusing((message, rows) => {
    const uplink = readUplink(message);
    finish(uplink, resultOf(runs.outcome(callOf(uplink, message), message.receivedAt)), message, rows);
  });
  return Object.assign(decode, {
    foresee(message: Message) {
      try {
        runs.foresee(callOf(readUplink(message), message), message.receivedAt);
      } catch (thrown) {
        // What is wrong with the message is said when it is decoded.
        if (!(thrown instanceof Fault)) throw thrown;
      }
    },
  });
}

/** In a bundle this is a part of its own, with a class Fault of its own: none may get out of it by being thrown. */
const refusing =
  (decode: (message: Message, rows: MessageRows) => void) =>
  (message: Message, rows: MessageRows): void => {
    try {
      decode(message, rows);
    } catch (thrown) {
      rows.problems.refused = toFault(thrown);
    }
  };

const callOf = (uplink: Uplink, { deviceId, receivedAt }: Message): CodecCall => ({
  source: uplink.device ?? deviceId,
  input: callInput(uplink, receivedAt),
});

/** Calls of messages to come, and their outcomes once the first of them is asked for. */
class ForeseenRuns {
  readonly #code: string;
  readonly #sandbox: CodecSandbox;
  readonly #hold = new TimeoutHold();
  #foreseen: CodecCall[] = [];
  #done: { readonly call: CodecCall; readonly outcome: CodecOutcome }[] = [];
  #next = 0;

  constructor({ code }: Ts013Codec, sandbox: CodecSandbox) {
    this.#code = code;
    this.#sandbox = sandbox;
  }

  foresee(call: CodecCall, receivedAt: Micros): void {
    if (!this.#hold.holds(call.source, receivedAt)) this.#foreseen.push(call);
  }

  /** The outcome of a call, with those of the foreseen ones behind it. */
  outcome(call: CodecCall, receivedAt: Micros): CodecOutcome {
    if (this.#hold.holds(call.source, receivedAt)) return heldOutcome;
    let outcome = this.#taken(call);
    if (outcome === null) {
      const first = this.#foreseen.findIndex((one) => isSame(one, call));
      const calls = first < 0 ? [call] : this.#foreseen.slice(first, first + maximumCalls);
      this.#foreseen = first < 0 ? [] : this.#foreseen.slice(first + maximumCalls);
      const outcomes = this.#sandbox.run(this.#code, calls);
      this.#done = outcomes.map((one, index) => ({ call: calls[index]!, outcome: one }));
      this.#next = 1;
      outcome = outcomes[0]!;
    }
    if (outcome.kind === "timeout") this.#hold.add(call.source, receivedAt);
    return outcome;
  }

  /** Out of what is done already; a message that was foreseen and left out is passed over. */
  #taken(call: CodecCall): CodecOutcome | null {
    for (let index = this.#next; index < this.#done.length; index++) {
      const { call: done, outcome } = this.#done[index]!;
      if (!isSame(done, call)) continue;
      this.#next = index + 1;
      return outcome;
    }
    return null;
  }
}

const isSame = (one: CodecCall, other: CodecCall): boolean =>
  one.input === other.input && one.source === other.source;

const heldOutcome: CodecOutcome = {
  kind: "held",
  text: "not decoded: the codec ran out of time for this device several times within a minute",
};
