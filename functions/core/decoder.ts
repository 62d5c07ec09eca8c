/** The decoding core's one entry: batches of messages in, rows, quarantine and warnings out. */

import { Dispatcher } from "./dispatch.ts";
import type { Sha256 } from "./dedupe.ts";
import { maximumPayloadBytes } from "./envelope.ts";
import { Fault, toFault } from "./fault.ts";
import type { Decoded, Message } from "./model.ts";
import { SequenceTracker } from "./normalise/sequence.ts";
import { defaultTimeWindow } from "./normalise/time.ts";
import { statusBinding, statusProfile } from "./profiles/builtin.ts";
import type { CompiledCodec } from "./profiles/compile.ts";
import { compileProfile } from "./profiles/compile.ts";
import type { Binding, Profile } from "./profiles/profile.ts";
import type { Codec } from "./rows.ts";
import { MessageRows } from "./rows.ts";

export interface DecoderOptions {
  readonly sha256: Sha256;
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
  const codecs = new Map<string, CompiledCodec>([[statusProfile.name, compileProfile(statusProfile)]]);
  for (const profile of profiles) codecs.set(profile.name, compileProfile(profile));
  const dispatcher = new Dispatcher([...bindings, statusBinding], codecs);
  const { clockWindow, maximumPayloadBytes: limit = maximumPayloadBytes } = options;
  const window = clockWindow
    ? { past: clockWindow.behind * 1_000_000, future: clockWindow.ahead * 1_000_000 }
    : defaultTimeWindow;
  const sequences = options.trackSequence ? new SequenceTracker() : null;
  const rows = new MessageRows(options.sha256, window, options.tenant ?? null, sequences);

  const decodeOne = (message: Message): void => {
    const codec = dispatcher.find(message.deviceId, message.channel);
    rows.begin(message, codec ?? noCodec);
    try {
      const { length } = message.payload;
      if (codec === null)
        throw new Fault("no-codec", `no binding for device and channel "${message.channel}"`);
      if (length === 0) throw new Fault("empty", "the payload is empty");
      if (length > limit) throw new Fault("too-large", `payload of ${length} bytes, allowed: ${limit}`);
      codec.decode(message, rows);
    } catch (thrown) {
      rows.problems.refused = toFault(thrown);
    }
    rows.finish();
  };

  return {
    decode(messages) {
      const out: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };
      rows.open(out);
      for (const message of messages) decodeOne(message);
      return out;
    },
  };
}
