import { Table, type TableArgs } from "@pulumi/aws/dynamodb/table.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { documentKeys } from "../../functions/aws-agreements.ts";

/** Days that a table can be set back to any second of: the most that DynamoDB offers. */
const recoveryDays = 35;

/** What holds of each of our tables: paid by the request, under a key of the customer, restorable. */
export const tableKeeping = (keyArn: Input<string>, isProtected: boolean) =>
  ({
    billingMode: "PAY_PER_REQUEST",
    serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: recoveryDays },
    deletionProtectionEnabled: isProtected,
  }) satisfies TableArgs;

/** A table of documents by partition and id, which say themselves how long they live. */
export function createDocumentTable(
  name: string,
  keyArn: Input<string>,
  isProtected: boolean,
  opts: CustomResourceOptions,
): Table {
  const { partition, sort, expires } = documentKeys;
  return new Table(
    name,
    {
      ...tableKeeping(keyArn, isProtected),
      hashKey: partition,
      rangeKey: sort,
      attributes: [
        { name: partition, type: "S" },
        { name: sort, type: "S" },
      ],
      ttl: { enabled: true, attributeName: expires },
    },
    opts,
  );
}
