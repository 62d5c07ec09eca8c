import { Table } from "@pulumi/aws/dynamodb/table.js";
import { interpolate, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import { birthKeys } from "../../functions/aws-agreements.ts";
import type { AwsContext } from "./context.ts";
import { tableKeeping } from "./kept-table.ts";
import { arn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";

/** What the decoder has learned from Sparkplug births, and the messages that wait for one. */
export function createBirths(
  name: string,
  keyArn: Input<string>,
  isProtected: boolean,
  opts: CustomResourceOptions,
): Table {
  return new Table(
    `${name}-births`,
    {
      ...tableKeeping(keyArn, isProtected),
      hashKey: birthKeys.partition,
      attributes: [{ name: birthKeys.partition, type: "S" }],
    },
    opts,
  );
}

/** Single items, and no list of them. */
export function birthPermissions(
  table: Table,
  keyArn: Input<string>,
  context: AwsContext,
): { data: Statement[]; keys: Statement[] } {
  return {
    data: [
      {
        Sid: "Births",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
        Resource: arn(context, "dynamodb", interpolate`table/${table.name}`),
      },
    ],
    keys: [useKey(context, "EncryptBirths", keyArn, "readWrite", ["dynamodb"])],
  };
}
