/** Messages that were decoded once more, and what says which rows of the lake came of them before. */
import type { Micros } from "../../functions/core/model.ts";
import type { ChangedFrames } from "./manifest.ts";
import type { PackedTable } from "./packed.ts";

/** Of a message: its device and its arrival. */
export type Arrived = readonly [deviceId: string, receivedAt: Micros];

/**
 * A message's id is not always what its former rows have, because another profile may see its number or time elsewhere.
 * A live message is known by its arrival, together with those of its device that arrived in the same microsecond.
 */
export interface ReplayedMessages {
  /** Live messages: all rows of the device at that arrival, */
  readonly live: readonly Arrived[];
  /** but those of messages that another codec decodes, */
  readonly others: readonly (readonly [...Arrived, codec: string])[];
  /** and those of messages that can't be decoded at the moment. */
  readonly kept: readonly (readonly [...Arrived, msgId: Uint8Array, channel: string, sha256: string])[];
  /**
   * Messages that are known by their id: those of a file arrived at once, what waited for a birth is decoded later, and of
   * what only the quarantine has the others that arrived with it may be gone.
   */
  readonly named: readonly (readonly [
    ...Arrived,
    msgId: Uint8Array,
    lane: string,
    channel: string,
    sha256: string,
  ])[];
  /** All of these, by their bytes: entries of the quarantine. */
  readonly bytes: readonly (readonly [...Arrived, channel: string, sha256: string])[];
}

/** Some messages, decoded: what one change of the lake supersedes. */
export interface ReplayPortion {
  readonly tables: readonly PackedTable[];
  readonly replayed: ReplayedMessages;
  readonly messages: number;
  /** SHA-256 of the raw files that the messages stood in. */
  readonly sources: readonly string[];
}

/** How many rows of a table went and came. */
export interface SupersededRows {
  readonly table: string;
  readonly before: number;
  readonly after: number;
  /** Rows of `after` that say what one of `before` said, whatever codec and version they name. */
  readonly same: number;
}

export interface Superseded {
  /** False where the lake had these very rows of this very codec: nothing was written. */
  readonly isChanged: boolean;
  readonly tables: readonly SupersededRows[];
  /** Messages of files that no row could be found of, although others of their file have some: they stay as they are. */
  readonly unidentified: number;
}

/** What commits of replays made of samples of frames. */
export interface ReplayedFrames {
  readonly commits: readonly { readonly run: number; readonly frames: readonly ChangedFrames[] }[];
  /** Commits of all times. */
  readonly reached: number;
}
