import type { Output } from "@pulumi/pulumi";
import type { CommonArgs, CommonOutputs } from "./common.ts";
import type { ConnectionDescriptor } from "./connection.ts";
import type { DeviceFleetOutputs } from "./device-fleet.ts";
import type { EncryptedLakeOutputs } from "./encrypted-lake.ts";
import type { FunctionBundle, StreamReference } from "./stream-processor.ts";

/** Every topic starts `devices/{id}/`; a device reaches nothing outside its own. */
export const topicRoot = "devices";

/** The smallest cap common to all targets; larger data goes by file upload. */
export const maxPayloadBytes = 65_536;

export interface IngestLimits {
  /** Bytes, 1 to {@link maxPayloadBytes}. */
  readonly payloadBytes: number;
  /** Open sessions. */
  readonly connections: number;
  /** A second and device; beyond it a device is slowed, not cut. */
  readonly messagesPerSecond: number;
  /** New TLS handshakes a second from one address. */
  readonly handshakesPerSecond: number;
}

export interface SecureIngestArgs extends CommonArgs {
  /** Whose certificates open a session. */
  readonly fleet: DeviceFleetOutputs;
  readonly stream: StreamReference;
  /** Whose raw zone takes what devices upload as files. */
  readonly lake: EncryptedLakeOutputs;
  readonly limits: IngestLimits;
  readonly functions: IngestFunctions;
}

/** Where the target runs functions and needs one for it: `uploadGrant` hands a device credentials to upload a file. */
export type IngestFunctions = Readonly<Partial<Record<"uploadGrant", FunctionBundle>>>;

/** Where the targets truly differ: read by people and policies instead of a run-time surprise. */
export interface IngestCapabilities {
  /** Telemetry is under the customer's key from the moment it is stored. */
  readonly customerManagedKeyOnIngest: boolean;
  /** A revoked certificate's open session is dropped. */
  readonly dropsRevokedSessions: boolean;
  readonly retainedMessages: boolean;
  readonly mqttVersions: readonly ("3.1" | "3.1.1" | "5.0")[];
}

export interface MqttEndpoint {
  readonly host: string;
  readonly port: number;
  /** PEM: what a device must trust to be sure of this server. */
  readonly trustBundle: string;
}

export interface SecureIngestOutputs extends CommonOutputs {
  readonly mqttEndpoint: Output<MqttEndpoint>;
  readonly topicRoot: Output<string>;
  /** Where messages wait that could not be handed to the stream. */
  readonly deadLetter: Output<string>;
  /** What a device program is given, besides its own certificate and key. */
  readonly connection: Output<ConnectionDescriptor>;
  readonly capabilities: IngestCapabilities;
}
