import { defaultKeys } from "../../fleet/authority/certificate-request.ts";
import { allowed, type SignerOptions } from "../../fleet/claim/signer.ts";
import { sharedAllowance } from "../../fleet/est/allowance.ts";
import type { IssueOptions } from "../../fleet/est/enrol.ts";
import type { KeyKind } from "../../fleet/x509/algorithms.ts";
import { awsAccess } from "./aws-client.ts";
import { dynamodbCounters } from "./dynamodb-counters.ts";
import { dynamodbRegistry } from "./dynamodb-registry.ts";
import { currentIssuer, readEnrolmentSettings } from "./enrolment-settings.ts";
import { required, type Environment } from "./environment.ts";
import { kmsSigner } from "./kms-signer.ts";
import { secretParameter } from "./secret-parameter.ts";

/** What the functions of AWS that issue work with. Rejects with an Error that names what is missing. */
export async function awsEnrolment(
  env: Environment,
): Promise<IssueOptions & { readonly keys: readonly KeyKind[] }> {
  const access = awsAccess(env);
  const environment = required(env, "ENVIRONMENT");
  const registry = dynamodbRegistry(access, required(env, "FLEET_TABLE"));
  const kept = await secretParameter(access, required(env, "FLEET_SETTINGS"));
  const { issuer, tokenKey } = readEnrolmentSettings(kept);
  return {
    ...{ registry, environment, tokenKey },
    issuer: currentIssuer(registry, environment, issuer, (key) =>
      key.kind === "aws-kms" ? kmsSigner(access, key.keyId) : null,
    ),
    keys: defaultKeys,
    days: Number(required(env, "CERTIFICATE_DAYS")),
  };
}

/** The same for devices that come with a claim, each claim counted for all instances together. */
export async function awsClaims(env: Environment): Promise<SignerOptions> {
  const options = await awsEnrolment(env);
  const counters = dynamodbCounters(awsAccess(env), required(env, "FLEET_TABLE"));
  return { ...options, allowance: sharedAllowance(counters, { ...allowed, key: options.tokenKey }) };
}
