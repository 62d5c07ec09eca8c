/** The account and region that the provider's settings name. */

import type { Finding } from "../cloud/check/findings.ts";
import type { ValueMap } from "../shared/values.ts";
import { isValueMap } from "../shared/values.ts";

/** Where resources are made out to be. */
export interface Account {
  readonly id: string;
  readonly region: string;
  /** Of ARNs: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** Of host names. */
  readonly dnsSuffix: string;
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly ignoredTags: { readonly keys: readonly string[]; readonly prefixes: readonly string[] };
}

/** The account that AWS's documentation uses in examples. */
const exampleAccount = "123456789012";

const regionPattern = /^(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso[bef]?|eu-isoe|eusc)-[a-z]+-\d+$/;

/** A partition's resources have ARNs and host names of their own (AWS General Reference, "Amazon Resource Names"). */
const partitions: readonly (readonly [RegExp, string, string])[] = [
  [/^cn-/, "aws-cn", "amazonaws.com.cn"],
  [/^us-gov-/, "aws-us-gov", "amazonaws.com"],
  [/^us-iso-/, "aws-iso", "c2s.ic.gov"],
  [/^us-isob-/, "aws-iso-b", "sc2s.sgov.gov"],
  [/^eusc-/, "aws-eusc", "amazonaws.eu"],
];

/**
 * Reads the account off the settings and, as the real provider does for the region, the environment.
 * The account's number is the one of the last role to assume, or the first allowed one.
 */
export const accountOf = (
  settings: ValueMap,
  environment: NodeJS.ProcessEnv,
): { account: Account; findings: readonly Finding[] } => {
  const region = textOf(settings["region"]) ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
  const [, partition = "aws", dnsSuffix = "amazonaws.com"] =
    partitions.find(([pattern]) => pattern.test(region ?? "")) ?? [];
  const account = {
    id: accountIdOf(settings),
    region: region ?? "us-east-1",
    partition,
    dnsSuffix,
    defaultTags: tagsOf(mapOf(settings["defaultTags"])["tags"]),
    ignoredTags: {
      keys: textsOf(mapOf(settings["ignoreTags"])["keys"]),
      prefixes: textsOf(mapOf(settings["ignoreTags"])["keyPrefixes"]),
    },
  };
  return { account, findings: regionFindings(region, settings["skipRegionValidation"] === true) };
};

const regionFindings = (region: string | undefined, unchecked: boolean): readonly Finding[] => {
  if (region === undefined) {
    const reason =
      "is required and missing; set it with `pulumi config set aws:region eu-central-1`, or in AWS_REGION";
    return [{ path: "region", reason }];
  }
  if (unchecked || regionPattern.test(region)) return [];
  const reason = "must be the name of an AWS region, such as eu-central-1 (or set aws:skipRegionValidation)";
  return [{ path: "region", reason, received: JSON.stringify(region) }];
};

const accountIdOf = (settings: ValueMap): string => {
  const roles = Array.isArray(settings["assumeRoles"]) ? settings["assumeRoles"] : [];
  const role = mapOf(roles.at(-1) ?? settings["assumeRoleWithWebIdentity"])["roleArn"];
  const [, ofRole] = /^arn:[\w-]+:iam::(\d{12}):/.exec(String(role)) ?? [];
  return ofRole ?? textsOf(settings["allowedAccountIds"])[0] ?? exampleAccount;
};

const mapOf = (value: unknown): ValueMap => (isValueMap(value) ? value : {});

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

const tagsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(mapOf(value)).map(([key, tag]) => [key, String(tag)]));
