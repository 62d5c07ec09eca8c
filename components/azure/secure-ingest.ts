import { all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { ConnectionDescriptor } from "../contracts/connection.ts";
import {
  topicRoot,
  type IngestCapabilities,
  type MqttEndpoint,
  type SecureIngestArgs,
  type SecureIngestOutputs,
} from "../contracts/secure-ingest.ts";
import { ours } from "../shared/ours.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { connectionDescriptor } from "../shared/connection.ts";
import { refuse, secureIngestFaults } from "../shared/validate.ts";
import type { AzureContext } from "./context.ts";
import { deadLettersOf } from "./delivery.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { createGridWay } from "./grid-ingest.ts";
import { createHubWay } from "./hub-ingest.ts";

const mqttPort = 8883;

/** The MQTT broker: what devices may do, and the way of their messages to the stream. */
export class SecureIngest extends FieldlakeComponent implements SecureIngestOutputs {
  readonly mqttEndpoint: Output<MqttEndpoint>;
  readonly topicRoot: Output<string>;
  readonly deadLetter: Output<string>;
  readonly connection: Output<ConnectionDescriptor>;
  readonly capabilities: IngestCapabilities;
  readonly exceptions: readonly NamedException[];
  readonly encryption: readonly EncryptionState[];

  constructor(name: string, args: SecureIngestArgs, context: AzureContext, opts?: ComponentResourceOptions) {
    const { environment, limits, stream: hubId } = args;
    super("azure", "SecureIngest", name, { environment, limits, topicRoot }, opts);
    refuse(secureIngestFaults(args), this);
    const lake = ours("lake", args.lake, EncryptedLake, this);
    const fleet = ours("fleet", args.fleet, DeviceFleet, this);

    const child = { parent: this };
    const { broker } = context;
    const { quarantine } = lake.zones;
    const way =
      broker === null
        ? createHubWay(name, args, context, child)
        : createGridWay(name, hubId, { broker, quarantine, fleet }, context, child);

    this.capabilities = way.capabilities;
    this.mqttEndpoint = all([way.host, fleet.trustBundle]).apply(([host, trustBundle]) => ({
      host,
      port: mqttPort,
      trustBundle,
    }));
    this.topicRoot = way.host.apply(() => topicRoot);
    this.deadLetter = deadLettersOf(quarantine);
    const { mqttVersions } = this.capabilities;
    const places = {
      enrolmentUrl: fleet.overTheWire?.enrolmentUrl,
      renewalUrl: fleet.overTheWire?.renewalUrl,
    };
    const told = all([this.mqttEndpoint, way.registration, places]);
    this.connection = told.apply(([endpoint, registration, found]) => {
      const mapped = way.mapped?.(endpoint.host);
      return connectionDescriptor({
        ...{ enrolmentUrl: found.enrolmentUrl ?? null, renewalUrl: found.renewalUrl ?? null },
        ...{ endpoint, mqttVersions, maxPayloadBytes: limits.payloadBytes },
        ...(mapped === undefined ? {} : { mapped }),
        ...(registration === null ? {} : { registration }),
      });
    });
    this.encryption = [
      {
        component: "SecureIngest",
        name: "MQTT broker",
        detail: way.detail,
        inTransit: "TLS 1.3 (floor 1.2), client certificate required",
        atRest: null,
        keyId: null,
      },
      {
        component: "SecureIngest",
        name: "dead letters",
        detail: this.deadLetter,
        inTransit: "TLS 1.2 or later, HTTPS only",
        atRest: "AES-256 (customer key), and once more by infrastructure encryption",
        keyId: quarantine.keyUri,
      },
    ];
    this.exceptions = [...way.exceptions, uploadByIssuer(name)];
    this.registerOutputs({
      mqttEndpoint: this.mqttEndpoint,
      topicRoot: this.topicRoot,
      deadLetter: this.deadLetter,
      connection: this.connection,
      capabilities: this.capabilities,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

const uploadByIssuer = (resource: string): NamedException => ({
  rule: "azure-storage-upload-credentials",
  resource,
  reason:
    "Azure exchanges no device certificate for storage credentials, as AWS IoT's credential provider does",
  compensatingControl:
    "whoever operates the fleet uploads files as an Entra identity with the blob adder role on the raw zone",
});
