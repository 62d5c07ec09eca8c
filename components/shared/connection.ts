import type {
  ClaimProvisioning,
  ConnectionDescriptor,
  DeviceTopic,
  Registration,
  UploadCredentials,
} from "../contracts/connection.ts";
import { topicRoot, type IngestCapabilities, type MqttEndpoint } from "../contracts/secure-ingest.ts";

const root = `${topicRoot}/{id}`;
const publishes = (topic: string, retain = false): DeviceTopic => ({
  topic: `${root}/${topic}`,
  direction: "publish",
  qos: 1,
  retain,
});

/** The topic contract of docs/architecture.md, the same on every target. */
export const deviceTopics: ConnectionDescriptor["topics"] = {
  telemetry: publishes("telemetry"),
  stream: publishes("telemetry/{stream}"),
  events: publishes("events"),
  status: publishes("status", true),
  commands: { topic: `${root}/commands/+`, direction: "subscribe", qos: 1, retain: false },
  ack: publishes("commands/{name}/ack"),
};

export interface ConnectionFacts {
  readonly endpoint: MqttEndpoint;
  readonly mqttVersions: IngestCapabilities["mqttVersions"];
  readonly maxPayloadBytes: number;
  readonly telemetryPrefix?: string;
  readonly upload?: UploadCredentials;
  /** Where a broker has topics and user names of its own; default: the contract's. */
  readonly mapped?: { readonly userName: string; readonly topics: ConnectionDescriptor["topics"] };
  readonly registration?: Registration;
  readonly enrolmentUrl?: string | null;
  readonly renewalUrl?: string | null;
  readonly claim?: ClaimProvisioning;
}

/** What a device program is given, besides its own certificate and key. */
export function connectionDescriptor(facts: ConnectionFacts): ConnectionDescriptor {
  const { host, port, trustBundle } = facts.endpoint;
  const { userName, topics } = facts.mapped ?? { userName: "{id}", topics: deviceTopics };
  return {
    host,
    port,
    trustBundle,
    mqtt: {
      versions: facts.mqttVersions,
      clientId: "{id}",
      userName,
      // The range that AWS IoT Core, Event Grid and the site all keep to.
      keepAlive: { minimum: 60, maximum: 900 },
      maxQos: 1,
      maxPayloadBytes: facts.maxPayloadBytes,
      serverNameIndication: true,
    },
    topics,
    telemetryPrefix: facts.telemetryPrefix ?? null,
    upload: facts.upload ?? null,
    enrolmentUrl: facts.enrolmentUrl ?? null,
    registration: facts.registration ?? null,
    renewalUrl: facts.renewalUrl ?? null,
    claim: facts.claim ?? null,
    clients: {
      mosquitto_pub:
        `mosquitto_pub -h ${host} -p ${port} --cafile trust.pem --cert device.pem --key device.key ` +
        `-i {id} -u '${userName}' -q 1 -t '${topics.telemetry.topic}' -f message`,
      "mqtt.js":
        `connect("mqtts://${host}:${port}", { clientId: "{id}", username: "${userName}", ca, cert, key, ` +
        `servername: "${host}", keepalive: 60 })`,
      "paho-mqtt":
        'Client(CallbackAPIVersion.VERSION2, client_id="{id}"); username_pw_set("' +
        `${userName}"); ` +
        `tls_set("trust.pem", "device.pem", "device.key"); connect("${host}", ${port}, keepalive=60)`,
    },
  };
}
