import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { AwsPlace } from "./context.ts";
import { arn } from "./names.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

/** Services that state the account they act for when they assume a role. */
const statesAccount = ["firehose", "iot", "lambda", "scheduler"] as const;
/** The form that IoT Core states its source in, whatever the resource (AWS IoT guide, "confused deputy prevention"). */
const iotSource = (place: AwsPlace) => ({ ArnLike: { "aws:SourceArn": arn(place, "iot", "*") } });
type Service = (typeof statesAccount)[number] | "credentials.iot" | "lakeformation" | "s3";

/** A role for one service and one purpose. */
export function serviceRole(
  name: string,
  place: AwsPlace,
  service: Service,
  purpose: string,
  opts: CustomResourceOptions,
): Role {
  const bound = statesAccount.some((stating) => stating === service);
  return new Role(
    name,
    {
      description: `Fieldlake: ${purpose}`,
      assumeRolePolicy: policyDocument([
        {
          Sid: "Service",
          Effect: "Allow",
          Principal: { Service: `${service}.amazonaws.com` },
          Action: "sts:AssumeRole",
          ...(bound
            ? {
                Condition: {
                  StringEquals: { "aws:SourceAccount": place.accountId },
                  ...(service === "iot" ? iotSource(place) : {}),
                },
              }
            : {}),
        },
      ]),
    },
    opts,
  );
}

/**
 * What a role may do. Its use of keys is a policy of its own: a key's ARN is not known before the key exists, and the
 * rest is to be judged while it is still a plan.
 */
export function permit(
  name: string,
  role: Role,
  statements: { readonly data: readonly Statement[]; readonly keys: readonly Statement[] },
  opts: CustomResourceOptions,
): RolePolicy[] {
  const policy = (part: "data" | "keys") =>
    new RolePolicy(
      `${name}-${part}`,
      { role: role.name, policy: policyDocument(statements[part]) },
      { ...opts, parent: role },
    );
  return (["data", "keys"] as const).filter((part) => statements[part].length > 0).map(policy);
}

export type KeyUse = "read" | "write" | "readWrite";

const keyActions: Record<KeyUse, readonly string[]> = {
  read: ["kms:Decrypt"],
  write: ["kms:GenerateDataKey"],
  readWrite: ["kms:Decrypt", "kms:GenerateDataKey"],
};

/** Use of one key, only through the services that encrypt with it. */
export function useKey(
  place: AwsPlace,
  sid: string,
  keyArn: Input<string>,
  use: KeyUse,
  services: readonly string[],
): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: keyActions[use],
    Resource: keyArn,
    Condition: {
      StringEquals: {
        "kms:ViaService": services.map((service) => `${service}.${place.region}.amazonaws.com`),
      },
    },
  };
}
