import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import { interpolate, jsonStringify, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";
import { rootsFile } from "../../functions/agreements.ts";
import type { RegistryPlace } from "../contracts/registry-place.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { besideStack, type Authority } from "../shared/certificates.ts";
import { amazonRoots } from "./amazon-roots.ts";
import type { AwsContext } from "./context.ts";
import { createEnrolmentApi, type EnrolmentPlaces } from "./enrolment-api.ts";
import { registryUse, type FleetRegistryTable } from "./fleet-registry.ts";
import { createFunction } from "./function.ts";
import type { Key } from "./keys.ts";
import { arn } from "./names.ts";
import { enrolmentConcurrency } from "./settings.ts";

export interface EnrolmentArgs {
  readonly environment: string;
  readonly certificateDays: number;
  readonly bundle: FunctionBundle;
  readonly signer: Authority;
  readonly registry: FleetRegistryTable;
  readonly key: Key;
  /** ARNs of KMS keys that it may sign with after a rollover. */
  readonly signingKeys: readonly string[];
  /** Where the environment is torn down together with its data. */
  readonly forceDestroy: boolean;
}

export interface Enrolment extends EnrolmentPlaces {
  readonly place: Output<RegistryPlace>;
}

const tokenKeyBytes = 32;

/** EST as a function behind an HTTP API: it signs with the stack's intermediate, or with a key in KMS after a rollover. */
export function createEnrolment(
  name: string,
  args: EnrolmentArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Enrolment {
  const { environment, registry, key, signer, signingKeys } = args;
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
  const built = createFunction(
    `${name}-enrol`,
    {
      description: "devices fetch certificates (EST)",
      bundle: args.bundle,
      files: { [rootsFile]: amazonRoots },
      environment: {
        ENVIRONMENT: environment,
        FLEET_TABLE: registry.name,
        FLEET_SETTINGS: settings.name,
        CERTIFICATE_DAYS: String(args.certificateDays),
      },
      memoryMegabytes: 512,
      timeoutSeconds: 28,
      reservedConcurrency: enrolmentConcurrency.enrol,
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
        keys: [
          use.key,
          ...(signingKeys.length === 0
            ? []
            : [
                {
                  Sid: "Sign",
                  Effect: "Allow" as const,
                  Action: ["kms:GetPublicKey", "kms:Sign"],
                  Resource: signingKeys,
                },
              ]),
        ],
      },
    },
    context,
    opts,
  );
  const places = createEnrolmentApi(
    name,
    { environment, function: built.function, signer, key, forceDestroy: args.forceDestroy },
    context,
    opts,
  );
  const { region } = context;
  return {
    ...places,
    place: secret(
      registry.name.apply((table) =>
        tokenKey.base64.apply((base64): RegistryPlace => ({
          ...{ kind: "aws-dynamodb", region, table, tokenKey: base64 },
          ...besideStack(),
        })),
      ),
    ),
  };
}
