/** What the sandbox's thread and whoever waits for it agree on. No code of either: both import it. */

import type { MessagePort } from "node:worker_threads";
import type { CodecCall, CodecOutcome } from "../core/formats/codec-sandbox.ts";

export interface SandboxThreadData {
  /** QuickJS, as WebAssembly. */
  readonly wasm: Uint8Array;
  /** {@link flagCount} 32-bit integers in shared memory. */
  readonly flags: Int32Array;
  /** For {@link SandboxRequest} and {@link SandboxAnswer}. */
  readonly port: MessagePort;
}

/** Set to 1 when the thread takes requests, to 2 when it can't. */
export const readyFlag = 0;
/** Counts the answers. */
export const answersFlag = 1;
/** Counts calls that are told, so that a thread that hangs can be told from a busy one. */
export const progressFlag = 2;
export const flagCount = 3;

export interface SandboxRequest {
  /** A number for the codec. */
  readonly codec: number;
  /** Its text, the first time. */
  readonly code: string | null;
  /** None: whether the codec loads is asked. */
  readonly calls: readonly CodecCall[];
  /** Whether each call is made for itself, so that the one that ends the thread is known. */
  readonly isCareful: boolean;
}

export interface SandboxAnswer {
  readonly outcomes: readonly CodecOutcome[];
  /** What is wrong with the codec. */
  readonly mistake: string | null;
  /** The sandbox itself failed at a call behind the last outcome, if careful at the first of them: this thread is of no use any more. */
  readonly isBroken: boolean;
}
