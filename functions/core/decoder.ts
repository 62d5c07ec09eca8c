/** The decoding core's one entry: batches of messages in, rows, quarantine and warnings out. */

import { Births } from "./births.ts";
import { Dispatcher } from "./dispatch.ts";
import type { Sha256 } from "./dedupe.ts";
import { maximumPayloadBytes } from "./envelope.ts";
import { Fault, toFault } from "./fault.ts";
import type { FormatPorts, Gunzip, Ts013 } from "./formats/format.ts";
import type { Decoded, Message, Quarantined } from "./model.ts";
import { SequenceTracker } from "./normalise/sequence.ts";
import { defaultTimeWindow } from "./normalise/time.ts";
import { statusBinding, statusProfile } from "./profiles/builtin.ts";
import type { CompiledCodec } from "./profiles/compile.ts";
import { compileProfile } from "./profiles/compile.ts";
import type { Binding, Profile } from "./profiles/profile.ts";
import type { RowSink } from "./row-sink.ts";
import { DecodedRows } from "./row-sink.ts";
import type { Codec } from "./rows.ts";
import { MessageRows } from "./rows.ts";

export interface DecoderOptions {
  readonly sha256: Sha256;
  readonly gunzip: Gunzip;
  readonly ts013: Ts013;
  /** The environment that the rows belong to; default: what each message says. */
  readonly tenant?: string | undefined;
  /** Seconds around arrival in which a live device's clock is believed. Default 604800 behind, 600 ahead. */
  readonly clockWindow?: { readonly behind: number; readonly ahead: number } | undefined;
  /** Payloads beyond are quarantined as `too-large`. Default 65536. */
  readonly maximumPayloadBytes?: number | undefined;
  /**
   * Flag skipped sequence numbers. Default false: only right where this decoder sees all messages of a device, in
   * order, and re-decoding them then no longer depends on the message alone.
   */
  readonly trackSequence?: boolean | undefined;
}

export interface Decoder {
  /** Decode a batch. Never throws: what can't be decoded is in `quarantined`. */
  decode(messages: readonly Message[]): Decoded;
  /** One message into a sink. The message may serve the next one afterwards: a sink keeps nothing of it but copies. */
  decodeInto(message: Message, sink: RowSink): void;
  /**
   * Told of messages in the order in which they will be decoded, formats that run elsewhere take them there together:
   * many times as fast as one by one. Nothing is kept of a message but copies; needed for no other reason.
   */
  foresee(message: Message): void;
  /** Whether any of the profiles gains by {@link foresee}. */
  readonly foresees: boolean;
  /** Quarantine a message that its envelope has a fault of, in the same batch's terms. */
  refuse(message: Message, fault: Fault): Quarantined;
  /** What formats remember from message to message: to be restored and saved where the process does not live on. */
  readonly births: Births;
  /** The keys of {@link births} that a batch needs; nearly always none. */
  birthKeys(messages: readonly Message[]): string[];
}

/** What rows and quarantine entries name as codec where no binding matched. */
const noCodec: Codec = { name: "none", version: "0", identity: "derived" };

/**
 * @param profiles validated by `profiles/schema.ts`
 * @param bindings in order; the first match wins. Behind them, the status channel has a codec of its own
 * Throws an Error for a profile or binding that makes no sense.
 */
export function createDecoder(
  profiles: readonly Profile[],
  bindings: readonly Binding[],
  options: DecoderOptions,
): Decoder {
  const births = new Births();
  const { gunzip, ts013 } = options;
  const ports: FormatPorts = { births, gunzip, ts013 };
  const codecs = new Map<string, CompiledCodec>();
  for (const profile of [statusProfile, ...profiles])
    codecs.set(profile.name, compileProfile(profile, ports));
  const dispatcher = new Dispatcher([...bindings, statusBinding], codecs);
  const { clockWindow, maximumPayloadBytes: limit = maximumPayloadBytes } = options;
  const window = clockWindow
    ? { past: clockWindow.behind * 1_000_000, future: clockWindow.ahead * 1_000_000 }
    : defaultTimeWindow;
  const sequences = options.trackSequence ? new SequenceTracker() : null;
  const rows = new MessageRows(options.sha256, window, options.tenant ?? null, sequences);

  const decodeInto = (message: Message, sink: RowSink): void => {
    const codec = dispatcher.find(message.deviceId, message.channel);
    let freed: readonly Message[] | void = undefined;
    rows.begin(message, codec ?? noCodec, sink);
    try {
      const { length } = message.payload;
      if (codec === null)
        throw new Fault("no-codec", `no binding for device and channel "${message.channel}"`);
      if (length === 0) throw new Fault("empty", "the payload is empty");
      if (length > limit) throw new Fault("too-large", `payload of ${length} bytes, allowed: ${limit}`);
      freed = codec.decode(message, rows);
    } catch (thrown) {
      rows.problems.refused = toFault(thrown);
    }
    rows.finish();
    if (freed) for (const earlier of freed) decodeInto(earlier, sink);
  };

  const foresees = [...codecs.values()].some((codec) => codec.decode.foresee !== undefined);
  const foresee = (message: Message): void => {
    const { length } = message.payload;
    if (length > 0 && length <= limit)
      dispatcher.find(message.deviceId, message.channel)?.decode.foresee?.(message);
  };

  return {
    births,
    foresee,
    foresees,
    decode(messages) {
      const out = new DecodedRows();
      if (foresees) for (const message of messages) foresee(message);
      for (const message of messages) decodeInto(message, out);
      const { readings, frames, quarantined, warnings } = out;
      return { readings, frames, quarantined, warnings };
    },
    decodeInto,
    refuse(message, fault) {
      const out = new DecodedRows();
      rows.begin(message, dispatcher.find(message.deviceId, message.channel) ?? noCodec, out);
      rows.problems.refused = fault;
      rows.finish();
      return out.quarantined[0]!;
    },
    birthKeys(messages) {
      const keys = new Set<string>();
      for (const { deviceId, channel } of messages)
        if (dispatcher.find(deviceId, channel)?.remembers) keys.add(deviceId);
      return [...keys];
    },
  };
}
