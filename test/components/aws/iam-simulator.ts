/**
 * What a principal of a planned environment may do, by an offline evaluator of IAM (@cloud-copilot/iam-simulate): its
 * policies, and those of the resource it reaches for. It also refuses an action, resource or condition key that IAM
 * does not know.
 */
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { account, autoName, region } from "../aws-stand-ins.ts";
import type { Recording } from "../harness.ts";
import { documentOf, type PolicyDocument } from "./environment.ts";

export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";

/** Policies attached to a role, by the policy's logical name. */
export function policiesOf(recording: Recording, role: string): { name: string; policy: PolicyDocument }[] {
  return recording.registrations
    .filter(({ type, inputs }) => type === rolePolicy && inputs["role"] === autoName(role))
    .map(({ name, inputs }) => ({ name, policy: documentOf(inputs["policy"]) }));
}

/** The policy of the bucket, queue, topic or key that an ARN lies in. */
function resourcePolicy(recording: Recording, resource: string): PolicyDocument | undefined {
  const text = (type: string, is: (inputs: Record<string, unknown>, name: string) => boolean): unknown =>
    recording.registrations.find((item) => item.type === type && is(item.inputs, item.name))?.inputs[
      "policy"
    ];
  const [, , service, , , ...rest] = resource.split(":");
  const name = rest.join(":");
  switch (service) {
    case "s3":
      return parse(text("aws:s3/bucketPolicy:BucketPolicy", ({ bucket }) => bucket === name.split("/")[0]));
    case "sqs":
      return parse(
        text("aws:sqs/queuePolicy:QueuePolicy", ({ queueUrl }) => String(queueUrl).endsWith(`/${name}`)),
      );
    case "sns":
      return parse(text("aws:sns/topicPolicy:TopicPolicy", ({ arn }) => arn === resource));
    case "kms":
      return parse(
        text("aws:kms/key:Key", (_, key) => resource === keyArns(recording).get(key)) ??
          text("aws:kms/replicaKey:ReplicaKey", (_, key) => resource === keyArns(recording).get(key)),
      );
    default:
      return undefined;
  }
}

const parse = (text: unknown): PolicyDocument | undefined =>
  text === undefined ? undefined : documentOf(text);

/** Keys by logical name, as the stand-ins made their ARNs: read from the aliases and encrypted things that name them. */
function keyArns(recording: Recording): Map<string, string> {
  return new Map(
    recording.registrations
      .filter(({ type }) => type === "aws:kms/alias:Alias")
      .map(({ name, inputs }) => [
        name.replace(/-alias$/, "-key"),
        `arn:aws:kms:${region}:${account}:key/${String(inputs["targetKeyId"])}`,
      ]),
  );
}

export function keyArn(recording: Recording, key: string): string {
  const found = keyArns(recording).get(key);
  if (found === undefined) throw new Error(`no key ${key}`);
  return found;
}

/**
 * Condition keys that the evaluator's data does not have, under names that it takes: the same ones in policies and
 * requests, so that nothing but the name changes.
 */
const renamed: readonly (readonly [ours: string, its: string])[] = [
  ["credentials-iot:ThingName", "aws:PrincipalTag/thing-of-credentials"],
  ["kms:EncryptionContext:aws:s3:arn", "aws:PrincipalTag/context-s3"],
  ["kms:EncryptionContext:aws:s3tables:arn", "aws:PrincipalTag/context-s3tables"],
  ["kms:EncryptionContext:aws:dynamodb:subscriberId", "aws:PrincipalTag/context-dynamodb"],
  ["kms:EncryptionContext:aws:logs:arn", "aws:PrincipalTag/context-logs"],
];

const translate = <Value>(value: Value): Value =>
  value === undefined
    ? value
    : (JSON.parse(
        renamed.reduce((text, [ours, its]) => text.replaceAll(ours, its), JSON.stringify(value)),
      ) as Value);

/** Over TLS 1.3 from within the account: what every real request states. */
const always = {
  "aws:SecureTransport": "true",
  "aws:PrincipalAccount": account,
  "kms:CallerAccount": account,
  "s3:TlsVersion": "1.3",
};

/** Whether a role of the environment may do this; throws where the request itself makes no sense to IAM. */
export async function roleMay(recording: Recording, role: string, request: Request): Promise<boolean> {
  const attached = policiesOf(recording, role);
  if (attached.length === 0) throw new Error(`no policies of role ${role}`);
  return (
    (await simulate(recording, `arn:aws:iam::${account}:role/${autoName(role)}`, attached, request)) ===
    "Allowed"
  );
}

/** The evaluator's verdict for any principal. */
export async function simulate(
  recording: Recording,
  principal: string,
  identityPolicies: { name: string; policy: PolicyDocument }[],
  { action, resource, context = {} }: Request,
): Promise<string> {
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: { ...always, ...translate(context) },
      },
      identityPolicies: translate(identityPolicies),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: translate(resourcePolicy(recording, resource)),
    },
    {},
  );
  if (result.resultType === "error")
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  if (result.resultType !== "single") throw new Error(`${action} on ${resource}: more than one resource`);
  const { analysis, ignoredContextKeys = [] } = result.result;
  const unheard = Object.keys(translate(context)).filter((key) => ignoredContextKeys.includes(key));
  if (unheard.length > 0) throw new Error(`${action}: the evaluator does not know ${unheard.join(", ")}`);
  return analysis.result;
}
