import { all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { ConnectionDescriptor, UploadCredentials } from "../contracts/connection.ts";
import {
  topicRoot,
  type IngestCapabilities,
  type MqttEndpoint,
  type SecureIngestArgs,
  type SecureIngestOutputs,
} from "../contracts/secure-ingest.ts";
import { ours } from "../shared/ours.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { bundlesOf } from "../shared/function-bundles.ts";
import { connectionDescriptor } from "../shared/connection.ts";
import { refuse, secureIngestFaults } from "../shared/validate.ts";
import type { AzureContext } from "./context.ts";
import { deadLettersOf } from "./delivery.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { createGridWay } from "./grid-ingest.ts";
import { createHubWay } from "./hub-ingest.ts";
import { createUpload, judgeOf } from "./upload.ts";

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
    const judge = judgeOf(fleet, context);
    const upload =
      judge === null
        ? null
        : createUpload(
            name,
            {
              ...{ environment, judge, fleet, raw: lake.zones.raw },
              bundle: bundlesOf(args.functions, ["uploadGrant"], this)[0] as FunctionBundle,
            },
            context,
            child,
          );
    const told = all([this.mqttEndpoint, way.registration, places, upload]);
    this.connection = told.apply(([endpoint, registration, found, uploads]) => {
      const mapped = way.mapped?.(endpoint.host);
      return connectionDescriptor({
        ...{ enrolmentUrl: found.enrolmentUrl ?? null, renewalUrl: found.renewalUrl ?? null },
        ...{ endpoint, mqttVersions, maxPayloadBytes: limits.payloadBytes },
        ...(mapped === undefined ? {} : { mapped }),
        ...(registration === null ? {} : { registration }),
        ...(uploads === null ? {} : { upload: uploads }),
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
      ...(upload === null ? [] : [uploadState(upload, context)]),
    ];
    this.exceptions = [...way.exceptions, ...(judge === null ? [uploadByIssuer(name, context)] : [])];
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

const uploadState = (upload: Output<UploadCredentials>, { key }: AzureContext): EncryptionState => ({
  component: "SecureIngest",
  name: "upload by devices",
  detail: upload.apply(({ credentialsUrl }) => new URL(credentialsUrl).origin),
  inTransit: "TLS 1.2 or later, client certificate required",
  atRest: "its package: AES-256 (customer key), and once more by infrastructure encryption",
  keyId: key.uri,
});

const uploadByIssuer = (resource: string, { settings }: AzureContext): NamedException => ({
  rule: "azure-storage-upload-credentials",
  resource,
  reason:
    settings.network === "private" &&
    settings.ingest === "event-grid" &&
    settings.admission.kind === "registered"
      ? "the function that hands devices an upload would ask the broker's list, and from a private network there is no way to Azure Resource Manager"
      : "nothing that a function can ask here knows which devices may connect: the fleet's registry is on a machine",
  compensatingControl:
    "set fieldlake:azure.fleetRegistry or fieldlake:azure.enrolment, whose registry it asks; until then whoever operates the fleet uploads files (npx fieldlake upload --target)",
});
