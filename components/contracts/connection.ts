/** One kind of topic a device uses; `{id}` stands for its id, `{stream}` and `{name}` for what it chooses. */
export interface DeviceTopic {
  readonly topic: string;
  readonly direction: "publish" | "subscribe";
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/**
 * How a device gets short-lived credentials for uploading files, with the certificate it has anyway: `{id}` stands for its
 * id, and where credentials are for one file, `{channel}` for the channel and `{sha256}` for the hash of the file.
 */
export interface UploadCredentials {
  /** GET, HTTPS, mutual TLS with the device's certificate; answers short-lived credentials. */
  readonly credentialsUrl: string;
  /** Headers of that request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where files go, and nowhere else. */
  readonly destination: string;
  /** Seconds that credentials live, at the most. */
  readonly seconds: number;
}

/** Where a device registers before its first connection, by the certificate that it has. */
export interface Registration {
  /** MQTT over TLS at the descriptor's port, under the same trust bundle. */
  readonly host: string;
  /** Which of the service's customers it means: public, the same for all devices. */
  readonly idScope: string;
}

/**
 * How a device that has no certificate of its own yet, but shares a claim certificate, gets one over MQTT: a request to one
 * topic, then the answer's ownership token to the other; answers come below both, at `accepted` and `rejected`.
 */
export interface ClaimProvisioning {
  /** Client id of that one connection; `{id}` stands for the device's id. */
  readonly clientId: string;
  /** Takes `{ certificateSigningRequest }`, whose challenge password is a bootstrap token. */
  readonly createTopic: string;
  /** Takes `{ certificateOwnershipToken, parameters }`. */
  readonly provisionTopic: string;
  /** What the device says of itself there; `{id}` stands for its id. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Everything a device needs besides its own certificate and key. The same shape on every target: a device program
 * moves from one to another by exchanging this document.
 */
export interface ConnectionDescriptor {
  readonly host: string;
  readonly port: number;
  /** PEM: what a device must trust to be sure of this server. */
  readonly trustBundle: string;
  readonly mqtt: {
    readonly versions: readonly ("3.1" | "3.1.1" | "5.0")[];
    /** `{id}`: certificate CN and client id are the one device id; the user name names it too. */
    readonly clientId: "{id}";
    /** `{id}`, or what a target's broker wants around it. */
    readonly userName: string;
    /** Seconds. */
    readonly keepAlive: { readonly minimum: number; readonly maximum: number };
    readonly maxQos: 1;
    /** Bytes. */
    readonly maxPayloadBytes: number;
    /** The TLS client must name the host (SNI). */
    readonly serverNameIndication: true;
  };
  readonly topics: Readonly<
    Record<"telemetry" | "stream" | "events" | "status" | "commands" | "ack", DeviceTopic>
  >;
  /** A topic prefix that costs less where nobody but the platform listens; null where there is none. */
  readonly telemetryPrefix: string | null;
  /** Null where files take no way of their own. */
  readonly upload: UploadCredentials | null;
  /** Where the device fetches its first certificate by EST (RFC 7030) with a token; null where the target has no such place. */
  readonly enrolmentUrl: string | null;
  /** Null where a device connects at once. */
  readonly registration: Registration | null;
  /** Where it fetches the next one with the former, by mutual TLS; null where the target has no such place. */
  readonly renewalUrl: string | null;
  /** Null where the target has no provisioning by claim, or its settings don't ask for it. */
  readonly claim: ClaimProvisioning | null;
  /** How common MQTT clients are told all this: a command line or an options object, by client. */
  readonly clients: Readonly<Record<"mosquitto_pub" | "mqtt.js" | "paho-mqtt", string>>;
}
