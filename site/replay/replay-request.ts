/** What is asked of a replay, and what it says of itself. */
import { z } from "zod";
import type { Micros } from "../../functions/core/model.ts";
import type { RescoredWindows } from "../../functions/scoring/rescoring.ts";
import type { SupersededRows } from "../store/replayed.ts";

const micros = z.number("allowed: microseconds since 1970").int().min(0).max(Number.MAX_SAFE_INTEGER);

export const replayRequest = z
  .strictObject({
    codec: z
      .string("allowed: name@version of a profile that is deployed")
      .regex(/^[^@\s]{1,64}@[^@\s]{1,64}$/, "allowed: name@version of a profile that is deployed")
      .describe("The profile whose messages are decoded again, and its deployed version: `name@version`."),
    from: micros.describe("Arrival of the first messages, microseconds since 1970."),
    to: micros.describe("Arrival of the first messages that are left out, microseconds since 1970."),
    dryRun: z.boolean().default(false).describe("Only say what would change."),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "allowed: a time after `from`" });

export interface ReplayRequest {
  /** `name@version` */
  readonly codec: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly dryRun: boolean;
}

/** Not as allowed, or not now. */
export class ReplayRefusal extends Error {
  override readonly name = "ReplayRefusal";
}

export interface ReplayCounts {
  /** Messages of the codec that were decoded again; repeats of others are left out. */
  readonly messages: number;
  /** Of these, what no raw file has any more: taken from the quarantine. */
  readonly fromQuarantine: number;
  /** Messages that keep what the lake has of them: data without a birth, and what took too long to decode. */
  readonly kept: number;
  /** Messages of files that no row could be found of, although the lake has rows of their file: they stay as they are. */
  readonly unidentified: number;
  /**
   * Entries of the quarantine that no raw file has any more and that can't be decoded without it: records of uploaded files,
   * and of Sparkplug B.
   */
  readonly unreplayable: number;
  /** Records of the raw zone that can't be read. */
  readonly damaged: number;
  /** By table. */
  readonly tables: readonly SupersededRows[];
  /** Commits of the lake; with a dry run, how many there would be. */
  readonly changes: number;
  /** Windows whose samples changed and that models scored again, by model; none with a dry run of another codec. */
  readonly scores: readonly RescoredByModel[];
}

/** What a model's scores came to. */
export interface RescoredByModel extends RescoredWindows {
  readonly model: string;
  /** First digits of its file's SHA-256, as `codec_version` has them. */
  readonly version: string;
}

export interface ReplayState extends ReplayRequest {
  /** Milliseconds since 1970 of its start: its name in the lineage. */
  readonly run: number;
  readonly state: "running" | "done" | "failed";
  /** Of the raw files: sealed bytes read, and of all. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** So far. */
  readonly counts: ReplayCounts;
  /** Why it failed; what it had changed stays changed, and asked again it does the rest. */
  readonly error: string | null;
}
