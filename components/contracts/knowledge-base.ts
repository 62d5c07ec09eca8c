import type { Input, Output } from "@pulumi/pulumi";
import type { CommonArgs, CommonOutputs, EncryptionState } from "./common.ts";
import type { DeviceFleetOutputs } from "./device-fleet.ts";
import type { EncryptedLakeOutputs } from "./encrypted-lake.ts";
import type { SecureIngestOutputs } from "./secure-ingest.ts";
import type { FunctionBundle, StreamProcessorOutputs } from "./stream-processor.ts";

/**
 * Functions that keep the knowledge fresh where the target runs functions; a target that does it in its own process
 * needs none. `landed`: a file landed in the curated zone. `insight`: on a schedule. `query`: answers SQL.
 */
export type KnowledgeFunctions = Readonly<Partial<Record<"landed" | "insight" | "query", FunctionBundle>>>;

export interface KnowledgeBaseArgs extends CommonArgs {
  readonly lake: EncryptedLakeOutputs;
  readonly ingest: SecureIngestOutputs;
  /** Whose lag and failures it watches. */
  readonly stream: StreamProcessorOutputs;
  /** Whose devices and certificates it reports on; its server certificate serves the page where it is reached from outside. */
  readonly fleet: DeviceFleetOutputs;
  readonly functions: KnowledgeFunctions;
  /** Everything the environment is made of, for its page. */
  readonly resources: Input<readonly EncryptionState[]>;
}

export interface KnowledgeBaseOutputs extends CommonOutputs {
  /** The latest value of each device and metric. */
  readonly latestState: Output<string>;
  /** Where SQL is answered, and in which words. */
  readonly sql: Output<string>;
  readonly dashboardUrl: Output<string>;
  /** Opens the page; a secret. Null where the provider's own sign-in does. */
  readonly dashboardToken: Output<string | null>;
}
