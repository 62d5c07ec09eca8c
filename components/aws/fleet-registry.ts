import { Table } from "@pulumi/aws/dynamodb/table.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { registryKeys } from "../../functions/aws-agreements.ts";
import type { AwsContext } from "./context.ts";
import { tableKeeping } from "./kept-table.ts";
import type { Key } from "./keys.ts";
import { arn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";

export interface FleetRegistryTable {
  readonly name: Output<string>;
  readonly arn: Output<string>;
}

/** Devices, certificates and how these end: of a fleet's things the one that can't be made again. */
export function createFleetRegistry(
  name: string,
  key: Key,
  isProtected: boolean,
  context: AwsContext,
  opts: CustomResourceOptions,
): FleetRegistryTable {
  const table = new Table(
    `${name}-registry`,
    {
      ...tableKeeping(key.arn, isProtected),
      hashKey: registryKeys.partition,
      rangeKey: registryKeys.sort,
      attributes: [
        { name: registryKeys.partition, type: "S" },
        { name: registryKeys.sort, type: "S" },
      ],
    },
    { ...opts, protect: isProtected, retainOnDelete: isProtected },
  );
  return { name: table.name, arn: arn(context, "dynamodb", interpolate`table/${table.name}`) };
}

const looks = ["dynamodb:GetItem", "dynamodb:Query"];
const actions = {
  list: ["dynamodb:Scan"],
  read: looks,
  // The parts of a transaction.
  record: [...looks, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
};

/** What functions may do with the registry; nobody deletes from it, and only a report (`list`) reads all of it. */
export const registryUse = (
  { arn: table }: FleetRegistryTable,
  use: keyof typeof actions,
  key: Key,
  context: AwsContext,
): { readonly data: Statement; readonly key: Statement } => ({
  data: {
    Sid: "Registry",
    Effect: "Allow",
    Action: actions[use],
    Resource: table,
  },
  key: useKey(context, "Registry", key.arn, "read", use === "record" ? ["dynamodb", "ssm"] : ["dynamodb"]),
});
