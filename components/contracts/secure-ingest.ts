import type { Output } from "@pulumi/pulumi";
import type { CommonArgs, EncryptionState, NamedException } from "./common.ts";
import type { DeviceFleetOutputs } from "./device-fleet.ts";
import type { StreamReference } from "./stream-processor.ts";

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
  readonly limits: IngestLimits;
}

/** Where the targets truly differ: read by people and policies instead of a run-time surprise. */
export interface IngestCapabilities {
  /** Messages are under the customer's key from the moment they are stored. */
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

export interface SecureIngestOutputs {
  readonly mqttEndpoint: Output<MqttEndpoint>;
  readonly topicRoot: Output<string>;
  /** Where messages wait that could not be handed to the stream. */
  readonly deadLetter: Output<string>;
  readonly capabilities: IngestCapabilities;
  readonly exceptions: readonly NamedException[];
  readonly encryption: readonly EncryptionState[];
}
