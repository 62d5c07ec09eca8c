/**
 * Lambda that AWS IoT Core asks before it lets a certificate in ("custom client certificate validation", AWS IoT developer
 * guide): revoked, superseded, expired and foreign ones stay out, by the fleet's registry.
 */

import { door, readCertificate, type Door } from "../../fleet/admission/door.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { dynamodbRegistry } from "../adapters/dynamodb-registry.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { registryFacts } from "../adapters/registry-door.ts";
import { admissionSettings } from "../agreements.ts";

export interface PreAuthenticationEvent {
  readonly connectionMetadata?: { readonly id: string };
  readonly serverName?: string;
  /** The client's certificate first. */
  readonly clientCertificateChain?: readonly string[];
}

/** @param claims fingerprints (SHA-256, as Node writes them) of certificates that are no device's: their policy says what they may */
export function createHandler(judge: Door, claims: ReadonlySet<string> = new Set()) {
  return async ({ clientCertificateChain, connectionMetadata }: PreAuthenticationEvent) => {
    const [leaf] = clientCertificateChain ?? [];
    if (claims.has(readCertificate(leaf)?.fingerprint256 ?? "")) return { isAuthenticated: true };
    const verdict = await judge(leaf);
    if (!verdict.allow) {
      const { reason, deviceId } = verdict;
      console.warn(JSON.stringify({ refused: reason, deviceId, connection: connectionMetadata?.id }));
    }
    return { isAuthenticated: verdict.allow };
  };
}

export const handler = lazily(() => {
  const { env } = process;
  const registry = dynamodbRegistry(awsAccess(env), required(env, "FLEET_TABLE"));
  return createHandler(
    door({
      environment: required(env, "ENVIRONMENT"),
      enrolment: env["ENROLMENT"] === "registered" ? "registered" : "on-first-connect",
      ...registryFacts(registry, env),
    }),
    new Set((env[admissionSettings.claims] ?? "").split(" ").filter((one) => one !== "")),
  );
});
