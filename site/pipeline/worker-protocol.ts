/** What the pipeline and a decode worker say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { Warning } from "../../functions/core/model.ts";
import type { LogPosition } from "../ports.ts";
import type { DecoderSettings } from "../settings.ts";
import type { MessageBatch } from "./message-batch.ts";

export interface WorkerSetup {
  readonly settings: DecoderSettings;
  readonly tenant: string;
  /** Ids that the worker remembers at least. */
  readonly remembered: number;
  /** One 32-bit integer: 1 + index of the message in hand of a suspect batch, else 0. */
  readonly progress: SharedArrayBuffer;
}

export type ToWorker =
  /** Where decoded parts go; ids of messages that the lake has, 16 bytes each as DuckDB holds a UUID. */
  | {
      readonly kind: "begin";
      readonly lake: MessagePort;
      readonly ids: readonly ArrayBuffer[];
      readonly remembersFrom: LogPosition;
    }
  | { readonly kind: "messages"; readonly messages: MessageBatch };

export type FromWorker =
  | { readonly kind: "loaded" }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "warnings"; readonly warnings: readonly Warning[] };
