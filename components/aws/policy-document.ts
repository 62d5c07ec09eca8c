import { jsonStringify, type Input, type Output } from "@pulumi/pulumi";

type Texts = Input<string> | readonly Input<string>[];

/** One statement of an IAM policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html). */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Only in policies of resources and in trust policies. */
  readonly Principal?: "*" | { readonly AWS: Texts } | { readonly Service: Texts };
  readonly Action: Texts;
  /** Not in trust policies. */
  readonly Resource?: Texts;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
}

/** The policy as text, in the order of its statements: the same statements, the same text. */
export const policyDocument = (statements: readonly Statement[]): Output<string> =>
  jsonStringify({ Version: "2012-10-17", Statement: statements });
