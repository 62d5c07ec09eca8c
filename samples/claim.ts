/**
 * A device's side of provisioning by claim (AWS IoT Core): connects with a claim certificate that others have too, asks for
 * a certificate of its own by a request that carries its bootstrap token, and becomes a device of the fleet.
 */
import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import type { ClaimProvisioning } from "../components/contracts/connection.ts";
import { makeRequest } from "../fleet/authority/make-request.ts";
import { inProcessSigner } from "../fleet/authority/signers/in-process.ts";
import type { DeviceCredentials } from "../fleet/est/client.ts";
import { toPem } from "../fleet/x509/pem.ts";

export interface ClaimPlace {
  readonly host: string;
  readonly port: number;
  /** PEM of the roots that the broker is trusted by. */
  readonly trustBundle: string;
  readonly claim: ClaimProvisioning;
}

export interface ClaimingDevice {
  readonly deviceId: string;
  readonly token: string;
  /** PEM of the device's own key. Keep it before asking: with it a device whose answer got lost may ask again. */
  readonly privateKey: string;
}

/** The broker said no, or nothing. */
export class ClaimError extends Error {
  override readonly name = "ClaimError";
  /** As AWS numbers it; `null` where there was no answer. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

const timeoutMs = 30_000;

/** Rejects with {@link ClaimError}. @param claim the certificate and key that others have, too */
export async function provisionByClaim(
  place: ClaimPlace,
  claim: DeviceCredentials,
  device: ClaimingDevice,
): Promise<DeviceCredentials> {
  const { deviceId, token, privateKey } = device;
  const { clientId, createTopic, provisionTopic, parameters } = filled(place.claim, deviceId);
  const key = createPrivateKey(privateKey);
  const request = await makeRequest(deviceId, inProcessSigner(key, "the device's key"), token);
  const client = await connected(place, claim, `${clientId}-${randomBytes(4).toString("hex")}`);
  try {
    const made = await ask(client, createTopic, {
      certificateSigningRequest: toPem(request, "CERTIFICATE REQUEST"),
    });
    const certificate = String(made["certificatePem"]);
    const read = certificateOf(certificate);
    if (read === null || !read.checkPrivateKey(key) || read.subject !== `CN=${deviceId}`) {
      throw new ClaimError("the broker's answer is no certificate for this device and its key");
    }
    const { certificateOwnershipToken } = made;
    await ask(client, provisionTopic, { certificateOwnershipToken, parameters });
    return { certificate, privateKey };
  } finally {
    await client.endAsync(true);
  }
}

const filled = (claim: ClaimProvisioning, deviceId: string): ClaimProvisioning =>
  JSON.parse(JSON.stringify(claim).replaceAll("{id}", deviceId)) as ClaimProvisioning;

function certificateOf(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

async function connected(
  { host, port, trustBundle }: ClaimPlace,
  { certificate, privateKey }: DeviceCredentials,
  clientId: string,
): Promise<MqttClient> {
  const client = mqtt.connect(`mqtts://${host}:${port}`, {
    ...{ clientId, ca: trustBundle, cert: certificate, key: privateKey, servername: host },
    ...{ minVersion: "TLSv1.2", reconnectPeriod: 0, connectTimeout: timeoutMs },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => reject(new Error("it closes the connection: is the claim registered?"));
  client.on("connect", () => resolve()).on("close", closed);
  // Also of a connection that is closed already.
  client.on("error", reject);
  try {
    await promise;
    return client;
  } catch (error) {
    client.end(true);
    throw new ClaimError(`${host}:${port}: ${(error as Error).message}`);
  }
}

/** Subscribes first: an answer that comes before is lost. */
async function ask(client: MqttClient, topic: string, body: object): Promise<Record<string, unknown>> {
  const [accepted, rejected] = [`${topic}/accepted`, `${topic}/rejected`];
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const timer = setTimeout(
    () => reject(new ClaimError(`no answer to ${topic} in ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const onClose = (): void =>
    reject(
      new ClaimError(`the broker closed the connection when asked by ${topic}: the claim may not do so`),
    );
  const onMessage = (on: string, payload: Buffer, _packet: IPublishPacket): void => {
    if (on !== accepted && on !== rejected) return;
    const said = JSON.parse(payload.toString()) as Record<string, unknown>;
    if (on === accepted) return resolve(said);
    const { statusCode, errorCode, errorMessage } = said;
    const status = typeof statusCode === "number" ? statusCode : null;
    reject(new ClaimError(`${topic}: ${String(errorCode)}: ${String(errorMessage)}`, status));
  };
  client.on("message", onMessage).on("close", onClose).on("error", reject);
  try {
    // Whoever closes while we subscribe must not leave the other promise unobserved.
    const asking = client
      .subscribeAsync([accepted, rejected], { qos: 1 })
      .then(() => client.publishAsync(topic, JSON.stringify(body), { qos: 1 }));
    await Promise.race([asking, promise]);
    return await promise;
  } finally {
    clearTimeout(timer);
    client.off("message", onMessage).off("close", onClose).off("error", reject);
  }
}
