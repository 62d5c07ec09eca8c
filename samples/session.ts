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
}

export interface Credentials {
  /** PEM, leaf first. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/**
 * The connection could not be made or was lost. `final` where trying again cannot help: the server's certificate
 * is not trusted, or the server refuses this device.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly final: boolean;

  constructor(message: string, final: boolean) {
    super(message);
    this.final = final;
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
export function explainConnectionError(deviceId: string, error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { code, message } = error as { code?: string | number; message?: string };
  if (typeof code === "number") {
    const reason = connackReasons[code];
    return new ConnectionError(
      `${deviceId}: ${reason ?? `connection refused (MQTT return code ${code})`}`,
      code !== 3,
    );
  }
  if (code !== undefined && serverNotTrusted.test(code)) {
    return new ConnectionError(`${deviceId}: the server's certificate is not trusted (${code})`, true);
  }
  if (code !== undefined && /^ERR_SSL_.*ALERT/.test(code)) {
    const alert = code.replace(/^ERR_SSL_(TLS|SSL)V\d+_ALERT_/, "").toLowerCase();
    return new ConnectionError(
      `${deviceId}: the server refuses the device certificate (${alert.replaceAll("_", " ")})`,
      true,
    );
  }
  return new ConnectionError(
    `${deviceId}: connection lost (${code ?? message ?? "closed by the server"})`,
    false,
  );
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
      client.on("error", (error) => {
        cause ??= error;
        client.end(true);
      });
      client.on("close", () => {
        if (session.#lost !== null) return;
        session.#lost = explainConnectionError(deviceId, cause ?? {});
        client.end(true);
        if (!opened) reject(session.#lost);
        else if (!session.#leaving) onLost(session.#lost);
      });
    });
  }

  /** `done` is called once: without an argument on PUBACK. After the loss of the connection it may never be. */
  publish(channel: string, payload: Uint8Array, retain: boolean, done: (error?: Error) => void): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#client.publish(this.#root + channel, bytes, { qos: 1, retain }, (error) => done(error ?? undefined));
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
