/**
 * AWS IoT Core's side of provisioning by claim, by its developer guide: certificates that are registered are let in, a claim
 * reaches the topics of its policy and no other, the certificate provider signs within five seconds and changes neither name
 * nor key, an ownership token is good for one certificate, the hook is asked before there is a thing.
 */
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { generate, parser, type Packet } from "mqtt-packet";
import { readPublicKey } from "../../../fleet/x509/algorithms.ts";
import { DerReader } from "../../../fleet/x509/der-reader.ts";
import { pemBlocks } from "../../../fleet/x509/pem.ts";
import { answersTo, createTopic, provisionTopic } from "../../../fleet/claim/topics.ts";
import type { HookEvent } from "../../../fleet/claim/hook.ts";
import type { SigningEvent } from "../../../fleet/claim/signer.ts";

export interface IotCoreOptions {
  readonly server: { readonly certificate: string; readonly key: string };
  /** Fingerprints (SHA-256, hex) of claims that are registered and active. */
  readonly claims: ReadonlySet<string>;
  readonly template: string;
  readonly sign: (event: SigningEvent) => Promise<{ readonly certificatePem: string }>;
  readonly hook: (event: HookEvent) => Promise<{ readonly allowProvisioning: boolean }>;
}

export async function startIotCore(options: IotCoreOptions) {
  const things = new Map<string, string>();
  const pending = new Map<string, string>();
  const sockets = new Set<Socket>();
  const asks = [createTopic, provisionTopic(options.template)];
  const answers = asks.flatMap(answersTo);

  const rejected = (errorMessage: string) => ({ statusCode: 403, errorCode: "AccessDenied", errorMessage });
  async function answer(
    topic: string,
    body: Record<string, unknown>,
    claim: string,
  ): Promise<[string, object]> {
    const [accepted, refused] = answersTo(topic);
    if (topic === createTopic) {
      const certificateSigningRequest = String(body["certificateSigningRequest"]);
      try {
        const { certificatePem } = await options.sign({ certificateSigningRequest, principalId: claim });
        const certificate = new X509Certificate(certificatePem);
        if (!isSame(certificateSigningRequest, certificate)) throw new Error("another name or key");
        const certificateOwnershipToken = randomUUID();
        pending.set(certificateOwnershipToken, certificatePem);
        return [accepted, { certificateOwnershipToken, certificateId: idOf(certificate), certificatePem }];
      } catch {
        return [refused, rejected("the certificate provider did not sign")];
      }
    }
    const certificatePem = pending.get(String(body["certificateOwnershipToken"]));
    if (certificatePem === undefined) return [refused, rejected("unknown ownership token")];
    const parameters = body["parameters"] as Record<string, string>;
    const asked = { certificatePem, claimCertificateId: claim, parameters };
    const { allowProvisioning } = await options.hook(asked);
    if (!allowProvisioning) return [refused, rejected("the hook said no")];
    pending.delete(String(body["certificateOwnershipToken"]));
    const thingName = parameters["DeviceId"] ?? "";
    things.set(thingName, idOf(new X509Certificate(certificatePem)));
    return [accepted, { thingName, deviceConfiguration: {} }];
  }

  async function serve(socket: TLSSocket, packet: Packet, claim: string): Promise<void> {
    const send = (reply: Packet): void => void socket.write(generate(reply));
    if (packet.cmd === "connect") {
      if (!packet.clientId.startsWith("claim.")) return void socket.destroy();
      send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    } else if (packet.cmd === "subscribe") {
      if (!packet.subscriptions.every(({ topic }) => answers.includes(topic))) return void socket.destroy();
      const granted = packet.subscriptions.map(() => 1 as const);
      send({ cmd: "suback", messageId: packet.messageId as number, granted });
    } else if (packet.cmd === "publish") {
      if (!asks.includes(packet.topic)) return void socket.destroy();
      send({ cmd: "puback", messageId: packet.messageId as number });
      const body = JSON.parse(packet.payload.toString()) as Record<string, unknown>;
      const [topic, reply] = await answer(packet.topic, body, claim);
      const payload = JSON.stringify(reply);
      send({ cmd: "publish", topic, payload, qos: 0, dup: false, retain: false });
    }
  }

  const { certificate: cert, key } = options.server;
  const broker = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    const shown = socket.getPeerX509Certificate();
    const claim = shown === undefined ? "" : idOf(shown);
    if (!options.claims.has(claim)) return void socket.destroy();
    const packets = parser();
    packets.on("packet", (packet) => void serve(socket, packet, claim));
    socket.on("data", (chunk) => packets.parse(chunk));
  });
  broker.listen(0, "127.0.0.1");
  await once(broker, "listening");
  return {
    port: (broker.address() as AddressInfo).port,
    /** Certificate ids by thing. */
    things,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      broker.close();
      await once(broker, "close");
    },
  };
}

/** As IoT Core numbers certificates. */
export const idOf = ({ raw }: X509Certificate): string => createHash("sha256").update(raw).digest("hex");

function isSame(request: string, certificate: X509Certificate): boolean {
  const [der = Buffer.alloc(0)] = pemBlocks(request, "CERTIFICATE REQUEST");
  const info = new DerReader(der).enter().enter();
  info.raw();
  const subject = info.raw();
  const spki = readPublicKey(info.raw()).spki;
  const own = certificate.publicKey.export({ type: "spki", format: "der" });
  return certificate.raw.includes(subject) && own.equals(spki);
}
