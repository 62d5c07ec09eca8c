import type { TableArgs } from "@pulumi/aws/dynamodb/table.js";
import type { Input } from "@pulumi/pulumi";

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
