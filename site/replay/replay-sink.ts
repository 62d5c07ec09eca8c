/** Rows of a replay on their way into columns, and which messages they are of. */
import { hash } from "node:crypto";
import type {
  FrameTable,
  Message,
  Micros,
  Quality,
  Quarantined,
  QuarantineReason,
} from "../../functions/core/model.ts";
import type { RowContext, RowSink } from "../../functions/core/row-sink.ts";
import type { PackedRows } from "../store/packed-rows.ts";
import { quarantineId, type RecentIds } from "../store/recent-ids.ts";
import type { ReplayedMessages } from "../store/replayed.ts";

/** What another time may go well: such a message keeps the rows that it has. */
const passing: ReadonlySet<QuarantineReason> = new Set(["no-birth", "codec-timeout"]);

/** Remembers ids, and what it said last. */
export class HeardIds {
  wasSeen = false;
  readonly #recent: RecentIds;

  constructor(recent: RecentIds) {
    this.#recent = recent;
  }

  seen(id: Uint8Array): boolean {
    return (this.wasSeen = this.#recent.seen(id));
  }
}

type Writable<List> = List extends readonly (infer Item)[] ? Item[] : never;
type Collected = { [Name in keyof ReplayedMessages]: Writable<ReplayedMessages[Name]> };
const nothing = (): Collected => ({ live: [], others: [], kept: [], named: [], bytes: [] });

const arrivalKey = (deviceId: string, receivedAt: Micros): string => `${receivedAt} ${deviceId}`;

export class ReplaySink implements RowSink {
  /** What is read at the moment; any other message waited for a birth, and those that arrived with it are done with. */
  current: Message | null = null;
  /** Of a message that only the quarantine has: the id of its entry and of the rows that it had. Null of any other. */
  former: Uint8Array | null = null;
  /** Told of a message that has to wait for a birth. */
  readonly #onUnborn: (message: Message) => void;
  readonly #from: Micros;
  readonly #rows: PackedRows;
  readonly #ids: HeardIds;
  #entry: Quarantined | null = null;
  #count = 0;
  #replayed = nothing();
  /** Arrivals of live messages of the portion. */
  readonly #arrived = new Set<string>();
  #passed: Collected["others"] = [];
  #passedAt = -Infinity;
  #messages = 0;
  #kept = 0;

  /** `ids` are those of `rows`. Of what arrived before `from` only these are learned, so that a repeat is known for one. */
  constructor(from: Micros, rows: PackedRows, ids: HeardIds, onUnborn: (message: Message) => void) {
    this.#from = from;
    this.#rows = rows;
    this.#ids = ids;
    this.#onUnborn = onUnborn;
  }

  begin(): void {
    this.#rows.begin();
    this.#entry = null;
    this.#count = 0;
  }

  reading(...row: Parameters<RowSink["reading"]>): void {
    this.#count++;
    this.#rows.reading(...row);
  }

  frame(
    row: RowContext,
    table: FrameTable,
    values: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void {
    this.#count++;
    this.#rows.frame(row, table, values, quality, flags);
  }

  takeBack(): void {
    this.#count = 0;
    this.#rows.takeBack();
  }

  quarantine(entry: Quarantined): void {
    this.#entry = entry;
  }

  warn(): void {}

  end(row: RowContext): void {
    const { message } = row;
    const entry = this.#entry;
    if (message.receivedAt < this.#from) {
      const { msgId } = row;
      if (this.#count > 0 || entry !== null) this.#ids.seen(this.#count > 0 ? msgId : quarantineId(msgId));
      this.#rows.takeBack();
      return;
    }
    if (entry !== null && this.#count === 0 && passing.has(entry.reason)) {
      const { deviceId, receivedAt, channel, payload } = message;
      const sha256 = hash("sha256", payload);
      this.#replayed.kept.push([deviceId, receivedAt, row.msgId.slice(), channel, sha256]);
      this.#kept++;
      if (entry.reason === "no-birth") this.#onUnborn(message);
      return;
    }
    if (entry !== null) this.#rows.quarantine(entry);
    this.#ids.wasSeen = false;
    this.#rows.end(row);
    this.#note(row);
  }

  /** A message that another codec decodes; it matters where one of ours arrived with it. */
  pass({ deviceId, receivedAt }: Message, codec: string): void {
    if (receivedAt > this.#passedAt) this.#settle();
    this.#passedAt = Math.max(this.#passedAt, receivedAt);
    this.#passed.push([deviceId, receivedAt, codec]);
  }

  /** Since the last call. */
  take(): { readonly replayed: ReplayedMessages; readonly messages: number; readonly kept: number } {
    this.#settle();
    this.#arrived.clear();
    const taken = { replayed: this.#replayed, messages: this.#messages, kept: this.#kept };
    this.#replayed = nothing();
    [this.#messages, this.#kept] = [0, 0];
    return taken;
  }

  #note({ message, msgId }: RowContext): void {
    const { deviceId, receivedAt, channel, payload, lane } = message;
    const isNamed = lane === "offline" || message !== this.current;
    // Its rows are those of the message that it repeats; an entry of its own goes all the same.
    if (isNamed && this.#ids.wasSeen && this.former === null) return;
    const sha256 = hash("sha256", payload);
    this.#messages++;
    this.#replayed.bytes.push([deviceId, receivedAt, channel, sha256]);
    if (isNamed) {
      for (const id of this.former === null ? [msgId] : [msgId, this.former])
        this.#replayed.named.push([deviceId, receivedAt, id.slice(), lane, channel, sha256]);
    } else {
      this.#arrived.add(arrivalKey(deviceId, receivedAt));
      this.#replayed.live.push([deviceId, receivedAt]);
    }
  }

  #settle(): void {
    for (const one of this.#passed)
      if (this.#arrived.has(arrivalKey(one[0], one[1]))) this.#replayed.others.push(one);
    this.#passed = [];
  }
}
