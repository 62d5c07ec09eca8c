import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { DeviceFleetArgs, DeviceFleetOutputs } from "./device-fleet.ts";
import type { EncryptedLakeArgs, EncryptedLakeOutputs } from "./encrypted-lake.ts";
import type { KnowledgeBaseArgs, KnowledgeBaseOutputs } from "./knowledge-base.ts";
import type { Outlook } from "./outlook.ts";
import type { SecureIngestArgs, SecureIngestOutputs } from "./secure-ingest.ts";
import type { StreamProcessorArgs, StreamProcessorOutputs } from "./stream-processor.ts";

type Factory<Args, Outputs> = (name: string, args: Args, opts?: ComponentResourceOptions) => Outputs;

/** The five components of one target. Built once per stack; nothing behind it names a cloud. */
export interface Platform {
  readonly deviceFleet: Factory<DeviceFleetArgs, DeviceFleetOutputs>;
  readonly encryptedLake: Factory<EncryptedLakeArgs, EncryptedLakeOutputs>;
  readonly streamProcessor: Factory<StreamProcessorArgs, StreamProcessorOutputs>;
  readonly secureIngest: Factory<SecureIngestArgs, SecureIngestOutputs>;
  readonly knowledgeBase: Factory<KnowledgeBaseArgs, KnowledgeBaseOutputs>;
  /** What the environment is expected to cost, and the quotas it comes near. */
  readonly outlook: Outlook;
}
