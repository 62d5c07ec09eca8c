/** What is asked of a replay in a cloud, what it needs, and what it says of itself. */
import type { DuckDbMergeOptions } from "../adapters/duckdb-merge.ts";
import type { ComparedTable } from "../adapters/duckdb-supersede.ts";
import type { Message, Micros } from "../core/model.ts";
import type { KeptObjects, ObjectRemoval, ObjectStore } from "../ports.ts";
import type { UploadPorts } from "../uploaded-file.ts";
import type { LakeReading } from "./day-files.ts";
import type { DecodedSlice, SliceDecoder } from "./replay-slice.ts";

export interface ReplayPlaces {
  readonly raw: string;
  readonly curated: string;
  readonly quarantine: string;
}

export interface LakeReplayOptions {
  readonly tenant: string;
  /** Name and version of the profile whose messages are decoded. */
  readonly codec: { readonly name: string; readonly version: string };
  /** Whether its data mean something only behind births: those of the hour before the range are learned then. */
  readonly needsBirths: boolean;
  readonly from: Micros;
  readonly to: Micros;
  readonly dryRun: boolean;
  /** Milliseconds since 1970 of its start: its name. */
  readonly run: number;
  /** Of the files that are made. */
  readonly files: Pick<DuckDbMergeOptions, "codec" | "version">;
}

export interface LakeReplayPorts extends LakeReading {
  readonly objects: ObjectStore;
  readonly removal: ObjectRemoval;
  /** Of manifests of uploaded files. */
  readonly kept: KeptObjects;
  /** What uploaded files are decoded with; their rows and manifests go where the replay has them. */
  readonly uploads: UploadPorts;
  readonly decoder: SliceDecoder;
  readonly codecOf: (from: Pick<Message, "deviceId" | "channel">) => string | null;
  /** As DuckDB has it. */
  readonly memory: string;
  now(): number;
  /** Told of how many files of runs that ended early were taken away. */
  onCleared(files: number): void;
  /** Told of what each hour's devices became, and some files. */
  onSlice(slice: ReplayedSlice): void;
  /** Told of uploaded files of the codec that keep the rows that they have, and why. */
  onLeft(file: string, why: string): void;
}

export interface ReplayedSlice {
  /** Of uploaded files, that of the first. */
  readonly hour: Micros;
  readonly messages: number;
  /** Uploaded files that these messages are of; 0 of what came live. */
  readonly files: number;
  /** Of these, what no raw object has any more: taken from the quarantine. */
  readonly fromQuarantine: number;
  readonly kept: number;
  readonly unborn: DecodedSlice["unborn"];
  /** Entries of the quarantine that say too little: records of uploaded files that the raw zone has no more, and data that need births. */
  readonly unreplayable: number;
  readonly damaged: number;
  readonly tables: readonly ({ readonly table: string } & Pick<ComparedTable, "before" | "after" | "same">)[];
  /** Records that were made or, with a dry run, would be. */
  readonly changes: number;
}
