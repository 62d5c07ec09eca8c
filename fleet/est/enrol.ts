/** Who gets a certificate over the wire: a first one for a token, the next one for the former. */
import { factsFrom } from "../admission/registry-facts.ts";
import { mayConnect } from "../admission/judgement.ts";
import { X509Certificate } from "node:crypto";
import type { VerifiedRequest } from "../authority/certificate-request.ts";
import { issueBatch } from "../issue/issue-batch.ts";
import type { Purpose, Wanted } from "../issue/wanted.ts";
import { isOld } from "../issue/judge-wanted.ts";
import { keyIdOf } from "../registry/key-id.ts";
import type { CertificateRecord } from "../registry/model.ts";
import { EstRefusal, type EstRequest } from "./exchange.ts";
import type { EstOptions } from "./handler.ts";
import { readToken } from "./token.ts";

/** Milliseconds between two certificates of a device for different keys: a device gone wild must not fill the registry. */
export const renewalPauseMs = 3_600_000;

const challenge = { "WWW-Authenticate": 'Basic realm="bootstrap", charset="UTF-8"' };

/** What issuing takes, whoever asks and however. */
export type IssueOptions = Omit<EstOptions, "roots" | "keys">;

/** Whoever shows the device's token in HTTP's own way. */
export async function firstCertificate(
  { authorization }: EstRequest,
  wanted: VerifiedRequest,
  options: EstOptions,
): Promise<Buffer> {
  const shown = basicCredentials(authorization);
  if (shown === null) {
    const how =
      "a first certificate takes a bootstrap token: the device's id as the user name, the token as the password";
    throw new EstRefusal(401, how, challenge);
  }
  return invitedCertificate(shown, wanted, { from: "simpleenroll", ...options });
}

/**
 * Whoever shows the device's newest token, once. The same key may ask again, because answers get lost. What the device had
 * before ends: who invites a device anew does so because its key is gone. Rejects with {@link EstRefusal}.
 */
export async function invitedCertificate(
  shown: Credentials,
  wanted: VerifiedRequest,
  options: IssueOptions & { /** For messages: by what way it came. */ readonly from: string },
): Promise<Buffer> {
  const { registry, tokenKey, now = () => new Date() } = options;
  const { deviceId } = wanted;
  const invitation = readToken(tokenKey, shown.user, shown.password);
  if (invitation === null || invitation.until < now()) {
    throw new EstRefusal(401, "the bootstrap token is not one of this fleet, or its time is over", challenge);
  }
  if (shown.user !== deviceId) {
    throw new EstRefusal(403, `CN: received ${deviceId}; allowed: ${shown.user}, as the token says`);
  }
  const standing = await registry.invitation(deviceId);
  const newest = (await registry.certificatesOf(deviceId))[0];
  const isAgain = newest !== undefined && isOfKey(newest, wanted) && newest.recordedAt >= invitation.at;
  if (!isAgain && standing?.getTime() !== invitation.at.getTime()) {
    throw new EstRefusal(403, `${deviceId}: the bootstrap token was used, or a newer one was made`);
  }
  return issued({ from: options.from, request: wanted }, isAgain ? "issue" : "replace", false, options);
}

/** A device in service, for its own name, by the key it has; with the same key or, better, another one. */
export async function nextCertificate(
  { certificate }: EstRequest,
  wanted: VerifiedRequest,
  options: EstOptions,
): Promise<Buffer> {
  const { registry, environment, now = () => new Date() } = options;
  if (certificate === null) {
    throw new EstRefusal(401, "the next certificate takes the former: connect with it, by mutual TLS");
  }
  const issuers = (await registry.issuers())
    .filter(({ standing }) => standing !== "retired")
    .map((one) => new X509Certificate(one.certificate));
  const facts = await factsFrom(registry, certificate);
  const verdict = mayConnect(
    certificate,
    { environment, issuers, enrolment: "registered" },
    () => facts,
    now(),
  );
  if (!verdict.allow) {
    throw new EstRefusal(403, `the certificate that you connect with: ${verdict.reason}`);
  }
  const { deviceId } = wanted;
  if (verdict.deviceId !== deviceId) {
    throw new EstRefusal(
      403,
      `CN: received ${deviceId}; allowed: ${verdict.deviceId}, as in the certificate`,
    );
  }
  const newest = (await registry.certificatesOf(deviceId))[0];
  const isHeld = newest !== undefined && isOfKey(newest, wanted);
  const pause =
    newest === undefined || isHeld ? 0 : newest.recordedAt.getTime() + renewalPauseMs - now().getTime();
  if (pause > 0 && newest?.source === "issued") {
    const later = { "Retry-After": String(Math.ceil(pause / 1000)) };
    throw new EstRefusal(429, `${deviceId}: it was issued a certificate for another key just now`, later);
  }
  const isDue = newest === undefined || !isHeld || isOld(newest, now());
  return issued({ from: "simplereenroll", request: wanted }, "renew", isDue, options);
}

async function issued(
  wanted: Wanted,
  purpose: Purpose,
  early: boolean,
  options: IssueOptions,
): Promise<Buffer> {
  const { registry, days, now } = options;
  async function* one(): AsyncGenerator<Wanted> {
    yield wanted;
  }
  const issuer = await options.issuer();
  const batch = { registry, issuer, purpose, days, early, ...(now === undefined ? {} : { now }) };
  for await (const outcome of issueBatch(one(), batch)) {
    if (outcome.kind !== "refused") return outcome.certificate;
    throw new EstRefusal(403, `${wanted.request.deviceId}: ${outcome.message}`);
  }
  throw new Error("a batch of one request has one outcome");
}

const isOfKey = ({ keyId }: CertificateRecord, { key }: VerifiedRequest): boolean =>
  keyId === keyIdOf(key.spki);

interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** RFC 7617. */
function basicCredentials(header: string | null): Credentials | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
