import { all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import { claimClientPrefix, createTopic, deviceParameter, provisionTopic } from "../../fleet/claim/topics.ts";
import type { ClaimProvisioning, ConnectionDescriptor } from "../contracts/connection.ts";
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
import { createBrokerLog } from "./broker-log.ts";
import type { AwsContext } from "./context.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { createEndpoint } from "./endpoint.ts";
import { arn } from "./names.ts";
import { deadLetterQueue } from "./queue.ts";
import { redeliverySeconds } from "./redelivery.ts";
import { basicIngestPrefix } from "./topic-policy.ts";
import { createTopicRules } from "./topic-rules.ts";
import { createUpload } from "./upload.ts";

const mqttPort = 8883;

/** IoT Core: a domain with our TLS floor, a rule per kind of topic, an error queue, and upload credentials. */
export class SecureIngest extends FieldlakeComponent implements SecureIngestOutputs {
  readonly mqttEndpoint: Output<MqttEndpoint>;
  readonly topicRoot: Output<string>;
  readonly deadLetter: Output<string>;
  readonly connection: Output<ConnectionDescriptor>;
  readonly capabilities: IngestCapabilities = {
    customerManagedKeyOnIngest: true,
    // Within minutes of the certificate's update (UpdateCertificate, API reference).
    dropsRevokedSessions: true,
    retainedMessages: true,
    mqttVersions: ["3.1.1", "5.0"],
  };
  readonly exceptions: readonly NamedException[];
  readonly encryption: readonly EncryptionState[];
  /** For the other AWS components: the name of the error queue. */
  readonly deadLetterQueue: Output<string>;

  constructor(name: string, args: SecureIngestArgs, context: AwsContext, opts?: ComponentResourceOptions) {
    const { environment, limits, stream } = args;
    super("aws", "SecureIngest", name, { environment, limits, topicRoot }, opts);
    refuse(secureIngestFaults(args), this);
    const lake = ours("lake", args.lake, EncryptedLake, this);
    const fleet = ours("fleet", args.fleet, DeviceFleet, this);
    const wire = fleet.overTheWire;

    const child = { parent: this };
    const { basicIngest, accountSettings } = context.settings;
    const endpoint = createEndpoint(
      name,
      { environment, admission: wire?.admission ?? null },
      context,
      child,
    );
    const deadLetter = deadLetterQueue(`${name}-dead-letter`, context, child, "roles", redeliverySeconds);
    createTopicRules(name, environment, stream, deadLetter, context, child);
    const upload = createUpload(name, environment, lake.zones.raw, context, child);
    if (accountSettings) createBrokerLog(name, context, child);

    // The domain's name is AWS's to choose, and known once it is there.
    this.mqttEndpoint = all([endpoint.domainName, fleet.trustBundle, fleet.enrolment]).apply(
      ([host, trustBundle]) => ({ host, port: mqttPort, trustBundle }),
    );
    this.topicRoot = endpoint.name.apply(() => topicRoot);
    this.deadLetter = arn(context, "sqs", deadLetter.name);
    this.deadLetterQueue = deadLetter.name;
    const { mqttVersions } = this.capabilities;
    const places = { enrolmentUrl: wire?.enrolment.enrolmentUrl, renewalUrl: wire?.enrolment.renewalUrl };
    this.connection = all([this.mqttEndpoint, upload, places]).apply(([at, credentials, found]) =>
      connectionDescriptor({
        endpoint: at,
        mqttVersions,
        maxPayloadBytes: limits.payloadBytes,
        upload: credentials,
        enrolmentUrl: found.enrolmentUrl ?? null,
        renewalUrl: found.renewalUrl ?? null,
        ...(wire === null || wire.claimTemplate === null
          ? {}
          : { claim: claimProvisioning(wire.claimTemplate) }),
        ...(basicIngest ? { telemetryPrefix: basicIngestPrefix(environment) } : {}),
      }),
    );
    this.encryption = [
      {
        component: "SecureIngest",
        name: "MQTT broker",
        detail: endpoint.name.apply((its) => `IoT Core domain ${its}, a certificate per device`),
        inTransit: "TLS 1.3 (floor 1.2), client certificate required",
        atRest: null,
        keyId: null,
      },
      {
        component: "SecureIngest",
        name: "error queue",
        detail: this.deadLetter,
        inTransit: "TLS 1.2 or later, plain text denied",
        atRest: "AES-256 (SSE-KMS)",
        keyId: context.key.arn,
      },
    ];
    this.exceptions = [
      brokerStore(name),
      quotasForLimits(name),
      ...(accountSettings ? [] : [logElsewhere(name)]),
    ];
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

const claimProvisioning = (template: string): ClaimProvisioning => ({
  clientId: `${claimClientPrefix}{id}`,
  createTopic,
  provisionTopic: provisionTopic(template),
  parameters: { [deviceParameter]: "{id}" },
});

const brokerStore = (resource: string): NamedException => ({
  rule: "aws-iot-require-customer-key",
  resource: `${resource}-endpoint`,
  reason:
    "what IoT Core itself keeps (retained status, commands queued for a sleeping device, the registry) is under AWS's key; @pulumi/aws has no resource for the account's IoT encryption configuration",
  compensatingControl:
    "telemetry is not retained and is under our key in the stream; set the account's key by aws iot update-encryption-configuration",
});

const quotasForLimits = (resource: string): NamedException => ({
  rule: "aws-iot-limits-by-quota",
  resource: `${resource}-endpoint`,
  reason:
    "IoT Core takes no limits of ours: 128 KB a message, 100 messages a second and connection are its own",
  compensatingControl:
    "a message beyond 64 KiB is quarantined by the decoder; quotas are listed in the outputs",
});

const logElsewhere = (resource: string): NamedException => ({
  rule: "aws-iot-require-logging",
  resource,
  reason: "IoT logging is one setting of the account and region, and another stack owns it",
  compensatingControl: "fieldlake:aws.accountSettings is true in exactly one stack of the account and region",
});
