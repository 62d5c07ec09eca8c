import { secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { rootsFile } from "../../functions/agreements.ts";
import type { RegistryPlace } from "../contracts/registry-place.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { besideStack } from "../shared/certificates.ts";
import { amazonRoots } from "./amazon-roots.ts";
import type { AwsContext } from "./context.ts";
import { createEnrolmentApi, type EnrolmentPlaces } from "./enrolment-api.ts";
import { createFunction } from "./function.ts";
import type { Issuing, IssuingArgs } from "./issuing.ts";
import { enrolmentConcurrency } from "./settings.ts";

export interface EnrolmentArgs extends Pick<IssuingArgs, "environment" | "signer" | "registry" | "key"> {
  readonly bundle: FunctionBundle;
  readonly issuing: Issuing;
  /** Where the environment is torn down together with its data. */
  readonly forceDestroy: boolean;
}

export interface Enrolment extends EnrolmentPlaces {
  readonly place: Output<RegistryPlace>;
}

/** EST as a function behind an HTTP API: it signs with the stack's intermediate, or with a key in KMS after a rollover. */
export function createEnrolment(
  name: string,
  { environment, bundle, issuing, signer, registry, key, forceDestroy }: EnrolmentArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Enrolment {
  const built = createFunction(
    `${name}-enrol`,
    {
      description: "devices fetch certificates (EST)",
      bundle,
      files: { [rootsFile]: amazonRoots },
      environment: issuing.environment,
      memoryMegabytes: 512,
      timeoutSeconds: 28,
      reservedConcurrency: enrolmentConcurrency.enrol,
      permissions: issuing.permissions,
    },
    context,
    opts,
  );
  const places = createEnrolmentApi(
    name,
    { environment, function: built.function, signer, key, forceDestroy },
    context,
    opts,
  );
  const { region } = context;
  return {
    ...places,
    place: secret(
      registry.name.apply((table) =>
        issuing.tokenKey.apply((tokenKey): RegistryPlace => ({
          ...{ kind: "aws-dynamodb", region, table, tokenKey },
          ...besideStack(),
        })),
      ),
    ),
  };
}
