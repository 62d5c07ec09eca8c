import type { Input, Output } from "@pulumi/pulumi";
import type { CommonArgs, CommonOutputs } from "./common.ts";
import type { EncryptedLakeOutputs } from "./encrypted-lake.ts";

/** A function's code, built before the program runs (functions/build.ts): components never bundle. */
export interface FunctionBundle {
  /** Absolute path. */
  readonly file: string;
  /** Hex; a plan differs only when this does. */
  readonly sha256: string;
  /** Absolute paths of what has to lie in a folder `codecs` beside it where profiles have such. */
  readonly codecs?: readonly string[];
  /** Absolute paths of what has to lie beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Which profile decodes which device; the first match wins. */
export interface ProfileBinding {
  /** Glob on the device id. */
  readonly devices: string;
  /** Glob on the topic below the device's root; default `telemetry*`. */
  readonly channel?: string | undefined;
  readonly profile: string;
}

/** Where the target runs functions: `upload` makes rows of files that devices logged; a target that does it in its own process needs none. */
export type StreamFunctions = Readonly<Partial<Record<"upload", FunctionBundle>>>;

export interface StreamProcessorArgs extends CommonArgs {
  /** `frugal`: no idle cost. `throughput`: ordered, replayable, scaled by concurrency. */
  readonly profile: "frugal" | "throughput";
  readonly decoder: FunctionBundle;
  readonly functions: StreamFunctions;
  /** Device profiles: data, validated by functions/core/profiles/schema.ts. */
  readonly profiles: readonly unknown[];
  readonly bindings: readonly ProfileBinding[];
  readonly lake: EncryptedLakeOutputs;
  /** Decoders at work at the same time; 1 or more. */
  readonly concurrency: number;
  /** Seconds around arrival in which a live device's clock is believed. */
  readonly clockWindow: { readonly behind: number; readonly ahead: number };
}

export interface StreamProcessorOutputs extends CommonOutputs {
  readonly streamId: Output<string>;
  readonly functionId: Output<string>;
  /** Where messages go that nobody could decode. */
  readonly deadLetter: Output<string>;
  /** What to watch: messages accepted and not yet in the lake. */
  readonly lagMetric: Output<string>;
}

/** What SecureIngest delivers to; an Input so that a stream of one's own can stand in. */
export type StreamReference = Input<string>;
