import { Table } from "@pulumi/aws/dynamodb/table.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { latestKeys, seenIndex } from "../../functions/aws-agreements.ts";
import { tableKeeping } from "./kept-table.ts";

/** The latest value of each device and metric, and when each device was last heard of. */
export function createLatestState(
  name: string,
  keyArn: Input<string>,
  isProtected: boolean,
  opts: CustomResourceOptions,
): Table {
  return new Table(
    `${name}-latest`,
    {
      ...tableKeeping(keyArn, isProtected),
      hashKey: latestKeys.partition,
      rangeKey: latestKeys.sort,
      attributes: [
        { name: latestKeys.partition, type: "S" },
        { name: latestKeys.sort, type: "S" },
        { name: seenIndex.partition, type: "N" },
        { name: seenIndex.sort, type: "N" },
      ],
      globalSecondaryIndexes: [
        {
          name: seenIndex.name,
          keySchemas: [
            { attributeName: seenIndex.partition, keyType: "HASH" },
            { attributeName: seenIndex.sort, keyType: "RANGE" },
          ],
          projectionType: "KEYS_ONLY",
        },
      ],
      ttl: { enabled: true, attributeName: latestKeys.expires },
    },
    opts,
  );
}
