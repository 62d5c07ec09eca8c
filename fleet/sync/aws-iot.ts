/**
 * IoT Core in line with the registry: what is revoked here is revoked there. In this order, because IoT Core deletes no
 * certificate that is active or attached (API reference, DeleteCertificate): detach, deactivate, delete.
 */
import { X509Certificate } from "node:crypto";
import type { CertificateRecord } from "../registry/model.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import { Pace } from "./paced.ts";

/** What of IoT Core's control plane this takes. Each rejects with an Error that names operation and status. */
export interface IotCore {
  /** Id in IoT Core of a certificate, by its DER. */
  certificateId(der: Buffer): string;
  /** `null` where it has none of that id. */
  describe(id: string): Promise<{ readonly arn: string; readonly status: string } | null>;
  policies(arn: string): Promise<readonly string[]>;
  things(arn: string): Promise<readonly string[]>;
  detachPolicy(arn: string, policy: string): Promise<void>;
  detachThing(arn: string, thing: string): Promise<void>;
  setStatus(id: string, status: "REVOKED"): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface IotSync {
  readonly deviceId: string;
  readonly serial: string;
  /** `absent`: it never connected there, or is deleted already. */
  readonly outcome: "absent" | "revoked" | "deleted" | "unchanged";
}

export interface IotSyncOptions {
  readonly registry: FleetRegistry;
  readonly iot: IotCore;
  /** Milliseconds from the revocation on after which the certificate is deleted there; until then it can be looked at. */
  readonly keepMs: number;
  /** Certificates a second; IoT Core describes 10. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
  readonly now?: () => Date;
}

/** Repeats what a run before has not done; what it has done costs one look each. */
export async function* syncIotCore(options: IotSyncOptions): AsyncGenerator<IotSync> {
  const { registry, perSecond, signal } = options;
  const pace = new Pace(perSecond);
  for await (const certificate of registry.certificates({ states: ["revoked"] })) {
    await pace.turn(signal);
    const { deviceId, serial } = certificate;
    yield { deviceId, serial, outcome: await end(certificate, options) };
  }
}

async function end(
  { serial, endedAt }: CertificateRecord,
  { registry, iot, keepMs, now = () => new Date() }: IotSyncOptions,
): Promise<IotSync["outcome"]> {
  const der = await registry.encoded(serial);
  if (der === null) return "absent";
  const id = iot.certificateId(new X509Certificate(der).raw);
  const found = await iot.describe(id);
  if (found === null) return "absent";
  const { arn, status } = found;
  const attached = [await iot.policies(arn), await iot.things(arn)] as const;
  for (const policy of attached[0]) await iot.detachPolicy(arn, policy);
  for (const thing of attached[1]) await iot.detachThing(arn, thing);
  const isOpen = status !== "REVOKED";
  if (isOpen) await iot.setStatus(id, "REVOKED");
  const isOver = endedAt !== null && now().getTime() - endedAt.getTime() >= keepMs;
  if (isOver) {
    await iot.remove(id);
    return "deleted";
  }
  return isOpen || attached.flat().length > 0 ? "revoked" : "unchanged";
}
