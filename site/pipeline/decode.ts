/** Decoding of a batch: rows of messages that were not seen before, as columns. */
import type { Decoder } from "../../functions/core/decoder.ts";
import type { Decoded, Warning } from "../../functions/core/model.ts";
import type { LogPosition } from "../ports.ts";
import { unpackMessages, type MessageBatch } from "./message-batch.ts";
import { FramesPacker } from "./pack-frames.ts";
import { QuarantinePacker } from "./pack-quarantine.ts";
import { ReadingsPacker } from "./pack-readings.ts";
import type { DecodedPart, PackedTable } from "./packed.ts";
import type { RecentMessages } from "./recent-messages.ts";

export interface BatchDecoderOptions {
  readonly decoder: Decoder;
  readonly tenant: string;
  readonly recent: RecentMessages;
  /** Told before each message of a suspect batch. */
  readonly onMessage: (index: number) => void;
}

/** Decodes, drops repeats and packs; of one worker. */
export class BatchDecoder {
  readonly #options: BatchDecoderOptions;
  readonly #readings: ReadingsPacker;
  readonly #frames: FramesPacker;
  readonly #quarantine: QuarantinePacker;

  constructor(options: BatchDecoderOptions) {
    this.#options = options;
    this.#readings = new ReadingsPacker(options.tenant);
    this.#frames = new FramesPacker(options.tenant);
    this.#quarantine = new QuarantinePacker(options.tenant);
  }

  decode(messages: MessageBatch): { part: DecodedPart; warnings: readonly Warning[] } {
    const { recent } = this.#options;
    recent.mark({ segment: messages.from.segment, record: messages.record[0] ?? messages.from.record });
    const decoded = this.#run(messages);
    const { fresh, duplicates } = withoutRepeats(decoded, recent);
    const tables = [
      this.#readings.pack(fresh.readings),
      ...this.#frames.pack(fresh.frames),
      this.#quarantine.pack(fresh.quarantined),
    ].filter((table): table is PackedTable => table !== null);
    const part: DecodedPart = {
      batch: messages.batch,
      offset: messages.offset,
      messages: messages.ends.length,
      duplicates,
      tables,
      remembersFrom: recent.remembersFrom as LogPosition,
    };
    return { part, warnings: decoded.warnings };
  }

  #run(messages: MessageBatch): Decoded {
    const { decoder, tenant, onMessage } = this.#options;
    const unpacked = unpackMessages(tenant, messages);
    if (!messages.isSuspect) return decoder.decode(unpacked);
    const all: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };
    unpacked.forEach((message, index) => {
      onMessage(index);
      const one = decoder.decode([message]);
      all.readings.push(...one.readings);
      all.frames.push(...one.frames);
      all.quarantined.push(...one.quarantined);
      all.warnings.push(...one.warnings);
    });
    return all;
  }
}

/** Whether a message is new, by its id; asked again for the same message, the answer is the same. */
class Verdicts {
  readonly #recent: RecentMessages;
  readonly #known = new Map<Uint8Array, boolean>();
  #last: Uint8Array | null = null;
  #lastIsNew = false;
  duplicates = 0;

  constructor(recent: RecentMessages) {
    this.#recent = recent;
  }

  /** All rows of one message share one id object. `isOnly`: no other list can hold rows of that message. */
  isNew(id: Uint8Array, isOnly: boolean): boolean {
    if (id === this.#last) return this.#lastIsNew;
    const known = isOnly ? undefined : this.#known.get(id);
    this.#last = id;
    if (known !== undefined) return (this.#lastIsNew = known);
    this.#lastIsNew = this.#recent.add(id);
    if (!this.#lastIsNew) this.duplicates += 1;
    if (!isOnly) this.#known.set(id, this.#lastIsNew);
    return this.#lastIsNew;
  }
}

function withoutRepeats(
  { readings, frames, quarantined }: Decoded,
  recent: RecentMessages,
): { fresh: Pick<Decoded, "readings" | "frames" | "quarantined">; duplicates: number } {
  const verdicts = new Verdicts(recent);
  const filled = [readings, frames, quarantined].filter((list) => list.length > 0).length;
  const fresh = <Row extends { readonly msgId: Uint8Array }>(rows: Row[]): Row[] => {
    const kept = rows.filter(({ msgId }) => verdicts.isNew(msgId, filled === 1));
    return kept.length === rows.length ? rows : kept;
  };
  return {
    fresh: { readings: fresh(readings), frames: fresh(frames), quarantined: fresh(quarantined) },
    duplicates: verdicts.duplicates,
  };
}
