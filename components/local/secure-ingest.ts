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
import { FieldlakeComponent } from "../shared/base.ts";
import { refuse, secureIngestFaults } from "../shared/validate.ts";
import { connectionDescriptor } from "../shared/connection.ts";
import type { LocalContext } from "./context.ts";
import { reachedBy } from "./names.ts";
import { SiteModule } from "./resources.ts";

/** Seconds from TCP accept to CONNACK; behind it a half-open connection is destroyed. */
const connectSeconds = 10;

/** The site's MQTT broker: mutual TLS, a device sees its own topics only, PUBACK after the disk has the message. */
export class SecureIngest extends FieldlakeComponent implements SecureIngestOutputs {
  readonly mqttEndpoint: Output<MqttEndpoint>;
  readonly topicRoot: Output<string>;
  readonly deadLetter: Output<string>;
  readonly connection: Output<ConnectionDescriptor>;
  readonly capabilities: IngestCapabilities = {
    customerManagedKeyOnIngest: true,
    dropsRevokedSessions: true,
    retainedMessages: true,
    mqttVersions: ["3.1", "3.1.1"],
  };
  readonly exceptions: readonly NamedException[] = [];
  readonly encryption: readonly EncryptionState[];

  constructor(name: string, args: SecureIngestArgs, context: LocalContext, opts?: ComponentResourceOptions) {
    const { environment, limits, fleet, stream } = args;
    super("local", "SecureIngest", name, { environment, limits, topicRoot }, opts);
    refuse(secureIngestFaults(args), this);

    const { host, mqttPort, enrolmentPort, serverNames } = context.config;
    const { issuer, trustBundle } = fleet;
    const broker = new SiteModule(
      "broker",
      `${name}-broker`,
      // Behind the stream: nothing is accepted before it can be decoded.
      { site: context.site, after: [stream] },
      {
        host,
        port: mqttPort,
        serverCertificate: issuer.apply((signer) => signer.serverCertificate),
        serverKey: issuer.apply((signer) => signer.serverKey),
        clientTrust: all([issuer, trustBundle]).apply(([signer, roots]) => `${signer.certificate}${roots}`),
        limits: {
          maxPayload: limits.payloadBytes,
          maxConnections: limits.connections,
          handshakesPerSecond: limits.handshakesPerSecond,
          messagesPerSecond: limits.messagesPerSecond,
          connectSeconds,
        },
      },
      { parent: this },
    );

    this.mqttEndpoint = all([trustBundle, broker.id]).apply(([bundle]) => ({
      host: reachedBy(host, serverNames),
      port: mqttPort,
      trustBundle: bundle,
    }));
    this.topicRoot = broker.id.apply(() => topicRoot);
    this.deadLetter = all([stream, broker.id]).apply(([id]) => id);
    const { mqttVersions } = this.capabilities;
    this.connection = this.mqttEndpoint.apply((endpoint) =>
      connectionDescriptor({
        endpoint,
        mqttVersions,
        maxPayloadBytes: limits.payloadBytes,
        enrolmentUrl: `https://${endpoint.host}:${enrolmentPort}`,
        renewalUrl: `https://${endpoint.host}:${enrolmentPort}`,
      }),
    );
    this.encryption = [
      {
        component: "SecureIngest",
        name: "MQTT broker",
        detail: `${host}:${mqttPort}, a certificate per device`,
        inTransit: "TLS 1.3 (floor 1.2), client certificate required",
        atRest: null,
        keyId: null,
      },
    ];
    this.registerOutputs({
      mqttEndpoint: this.mqttEndpoint,
      topicRoot: this.topicRoot,
      deadLetter: this.deadLetter,
      connection: this.connection,
      capabilities: this.capabilities,
      exceptions: this.exceptions,
      encryption: this.encryption,
    });
  }
}
