import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import { interpolate, jsonStringify, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";
import type { Authority } from "../shared/certificates.ts";
import type { AwsContext } from "./context.ts";
import { registryUse, type FleetRegistryTable } from "./fleet-registry.ts";
import type { FunctionArgs } from "./function.ts";
import type { Key } from "./keys.ts";
import { arn } from "./names.ts";

export interface IssuingArgs {
  readonly environment: string;
  readonly certificateDays: number;
  readonly signer: Authority;
  readonly registry: FleetRegistryTable;
  readonly key: Key;
  /** ARNs of KMS keys that functions may sign with after a rollover. */
  readonly signingKeys: readonly string[];
}

/** What every function that issues certificates knows and may do. */
export interface Issuing extends Pick<FunctionArgs, "environment" | "permissions"> {
  /** Base64; authenticates bootstrap tokens. */
  readonly tokenKey: Output<string>;
}

const tokenKeyBytes = 32;

/** The stack's intermediate where only functions that issue get it, or a key in KMS after a rollover. */
export function createIssuing(
  name: string,
  { environment, certificateDays, signer, registry, key, signingKeys }: IssuingArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Issuing {
  const tokenKey = new RandomBytes(`${name}-token-key`, { length: tokenKeyBytes }, opts);
  const settings = new Parameter(
    `${name}-enrolment-settings`,
    {
      description: `Fieldlake: what the enrolment function of ${environment} signs with`,
      type: "SecureString",
      keyId: key.arn,
      // An authority with an RSA key has more than the 4 kB that cost nothing.
      tier: "Intelligent-Tiering",
      value: secret(
        jsonStringify({
          tokenKey: tokenKey.base64,
          issuer: { certificate: signer.certificate, key: signer.key },
        }),
      ),
    },
    opts,
  );
  const use = registryUse(registry, "record", key, context);
  const sign = {
    Sid: "Sign",
    Effect: "Allow",
    Action: ["kms:GetPublicKey", "kms:Sign"],
    Resource: signingKeys,
  } as const;
  return {
    tokenKey: tokenKey.base64,
    environment: {
      ENVIRONMENT: environment,
      FLEET_TABLE: registry.name,
      FLEET_SETTINGS: settings.name,
      CERTIFICATE_DAYS: String(certificateDays),
    },
    permissions: {
      data: [
        use.data,
        {
          Sid: "Settings",
          Effect: "Allow",
          Action: "ssm:GetParameter",
          Resource: arn(context, "ssm", interpolate`parameter/${settings.name}`),
        },
      ],
      keys: [use.key, ...(signingKeys.length === 0 ? [] : [sign])],
    },
  };
}
