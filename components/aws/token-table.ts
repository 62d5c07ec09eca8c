import { interpolate, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { createDocumentTable } from "./kept-table.ts";
import { arn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";

export interface TokenTable {
  readonly name: Output<string>;
  readonly arn: Output<string>;
  /** What the API may: look up the token that somebody shows. People make and end tokens, by rights of their own. */
  readonly lookUp: { readonly data: readonly Statement[]; readonly keys: readonly Statement[] };
}

/** Hashes of API tokens, and what each is good for. @param keyArn the key that the table lies under */
export function createTokenTable(
  name: string,
  { keyArn, protect }: { readonly keyArn: Input<string>; readonly protect: boolean },
  context: AwsContext,
  opts: CustomResourceOptions,
): TokenTable {
  const table = createDocumentTable(`${name}-api-tokens`, keyArn, protect, opts);
  const at = arn(context, "dynamodb", interpolate`table/${table.name}`);
  return {
    name: table.name,
    arn: at,
    lookUp: {
      data: [{ Sid: "LookUpToken", Effect: "Allow", Action: "dynamodb:GetItem", Resource: at }],
      keys: [useKey(context, "ApiTokens", keyArn, "read", ["dynamodb"])],
    },
  };
}
