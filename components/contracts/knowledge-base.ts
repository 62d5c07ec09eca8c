import type { Input, Output } from "@pulumi/pulumi";
import type { CommonArgs, EncryptionState } from "./common.ts";
import type { DeviceFleetOutputs } from "./device-fleet.ts";
import type { EncryptedLakeOutputs } from "./encrypted-lake.ts";
import type { SecureIngestOutputs } from "./secure-ingest.ts";

export interface KnowledgeBaseArgs extends CommonArgs {
  readonly lake: EncryptedLakeOutputs;
  readonly ingest: SecureIngestOutputs;
  /** Whose devices and certificates it reports on; its server certificate serves the page where it is reached from outside. */
  readonly fleet: DeviceFleetOutputs;
  /** Everything the environment is made of, for its page. */
  readonly resources: Input<readonly EncryptionState[]>;
}

export interface KnowledgeBaseOutputs {
  /** The latest value of each device and metric. */
  readonly latestState: Output<string>;
  /** Where SQL is answered, and in which words. */
  readonly sql: Output<string>;
  readonly dashboardUrl: Output<string>;
  /** Opens the page; a secret. */
  readonly dashboardToken: Output<string>;
  readonly encryption: readonly EncryptionState[];
}
