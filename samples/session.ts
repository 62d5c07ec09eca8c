/** One MQTT session of a device over mutual TLS: connect, publish with QoS 1, leave. Reconnecting is the replayer's. */
import mqtt, { type MqttClient } from "mqtt";

/** Where devices connect, as the stack's outputs give it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that signed the server's certificate. */
  readonly trustBundle: string;
  /** First level of every topic: `devices`. */
  readonly topicRoot: string;
  /** Where devices fetch their next certificates (EST); `null` or none: nowhere. */
  readonly renewalUrl?: string | null;
}

export interface Credentials {
  /** PEM, leaf first. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/**
 * The connection could not be made or was lost.
 * - `lost`: it may come back.
 * - `unanswered`: closed before CONNECT was answered. Some servers refuse a certificate so, without a reason.
 * - `refused`: trying again cannot help: one side does not trust the other, or does not admit it.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly kind: "lost" | "unanswered" | "refused";

  constructor(message: string, kind: ConnectionError["kind"]) {
    super(message);
    this.kind = kind;
  }
}

/** MQTT 3.1.1, table 3.1. */
const connackReasons: Record<number, string> = {
  1: "the server does not speak MQTT 3.1.1",
  2: "the server refuses this client id",
  4: "the server refuses this user name",
  5: "the server does not admit this device",
};

const serverNotTrusted =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|HOSTNAME_MISMATCH)/;

/** What a failed connection means, from the codes of node:tls and of MQTT. */
function explain(deviceId: string, error: unknown, isOpen: boolean): ConnectionError {
  const { code, message } = (error ?? {}) as { code?: string | number; message?: string };
  const because = (text: string, kind: ConnectionError["kind"]) =>
    new ConnectionError(`${deviceId}: ${text}`, kind);
  if (typeof code === "number") {
    const reason = connackReasons[code] ?? `connection refused (MQTT return code ${code})`;
    return because(reason, code === 3 ? "lost" : "refused");
  }
  if (code !== undefined && serverNotTrusted.test(code)) {
    return because(`the server's certificate is not trusted (${code})`, "refused");
  }
  if (code !== undefined && /^ERR_SSL_.*ALERT/.test(code)) {
    const alert = code.replace(/^ERR_SSL_(TLS|SSL)V\d+_ALERT_/, "").toLowerCase();
    return because(`the server refuses the device certificate (${alert.replaceAll("_", " ")})`, "refused");
  }
  if (!isOpen && (error === undefined || code === "ECONNRESET")) {
    return because(
      "the server closes the connection without a reason; is the certificate revoked, expired, or of another authority?",
      "unanswered",
    );
  }
  return because(`connection lost (${code ?? message ?? "closed by the server"})`, "lost");
}

/** Seconds until a silent server is given up, and of the keep-alive. */
const connectSeconds = 15;
const keepAliveSeconds = 60;

/** An open session. Publishing on a lost one rejects; `lost` says so once, with the reason. */
export class Session {
  readonly #client: MqttClient;
  readonly #root: string;
  #lost: ConnectionError | null = null;
  #leaving = false;

  private constructor(client: MqttClient, root: string) {
    this.#client = client;
    this.#root = root;
  }

  /**
   * Connects with the status topic as last will, so that the fleet shows a device that vanishes as offline.
   * `onLost` is called at most once. Rejects with {@link ConnectionError}.
   */
  static open(
    endpoint: Endpoint,
    deviceId: string,
    credentials: Credentials,
    onLost: (reason: ConnectionError) => void,
  ): Promise<Session> {
    const root = `${endpoint.topicRoot}/${deviceId}/`;
    const client = mqtt.connect({
      protocol: "mqtts",
      host: endpoint.host,
      port: endpoint.port,
      ca: endpoint.trustBundle,
      cert: credentials.certificate,
      key: credentials.privateKey,
      rejectUnauthorized: true,
      clientId: deviceId,
      username: deviceId,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: connectSeconds * 1000,
      keepalive: keepAliveSeconds,
      will: { topic: `${root}status`, payload: offlineStatus, qos: 1, retain: true },
    });
    const session = new Session(client, root);
    return new Promise((resolve, reject) => {
      let opened = false;
      let cause: unknown;
      client.on("connect", () => {
        opened = true;
        resolve(session);
      });
      // In TLS 1.3 a server refuses the client's certificate after the handshake; MQTT.js passes that alert over.
      client.stream.on("error", (error: Error) => {
        cause ??= error;
      });
      client.on("error", (error) => {
        cause ??= error;
        client.end(true);
      });
      client.on("close", () => {
        if (session.#lost !== null) return;
        session.#lost = explain(deviceId, cause, opened);
        client.end(true);
        if (!opened) reject(session.#lost);
        else if (!session.#leaving) onLost(session.#lost);
      });
    });
  }

  /** `done` is called once: without an argument on PUBACK. After the loss of the connection it may never be. */
  publish(channel: string, payload: Uint8Array, retain: boolean, done: (error?: Error) => void): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#client.publish(this.#root + channel, bytes, { qos: 1, retain }, (error) =>
      done(error ?? undefined),
    );
  }

  /**
   * Resolves when the socket is gone. With `force` at once: without DISCONNECT, so that the server publishes the
   * last will; otherwise after everything was acknowledged.
   */
  leave(force: boolean): Promise<void> {
    this.#leaving = true;
    return this.#client.endAsync(force || this.#lost !== null).then(() => undefined);
  }
}

/** Retained on `status` while connected, and on leaving or vanishing. */
export const onlineStatus = Buffer.from('{"online":true}');
export const offlineStatus = Buffer.from('{"online":false}');
