import type { SharedCounters } from "../../fleet/est/allowance.ts";
import type { AwsAccess } from "./aws-client.ts";
import { ConditionFailed, tableCall } from "./dynamodb-call.ts";
import { number, text, type Item } from "./dynamodb-items.ts";

/** Counters beside the registry, an item each. */
export function dynamodbCounters(access: AwsAccess, table: string): SharedCounters {
  const call = tableCall(access, table);
  const isDone = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConditionFailed) return false;
        throw error;
      },
    );
  return {
    async add(counter, { window, portion, most }) {
      const Key: Item = { p: text(`allowance#${counter}`), s: text("allowance") };
      const update = (change: object): Promise<boolean> =>
        isDone(call("UpdateItem", { TableName: table, Key, ...change }));
      // An instance whose clock is behind counts with the others.
      const more = {
        UpdateExpression: "ADD taken :portion",
        ConditionExpression: "at_window >= :window AND taken <= :room",
        ExpressionAttributeValues: {
          ":portion": number(portion),
          ":window": number(window),
          ":room": number(most - portion),
        },
      };
      if (await update(more)) return true;
      const anew = {
        UpdateExpression: "SET at_window = :window, taken = :portion",
        ConditionExpression: "attribute_not_exists(at_window) OR at_window < :window",
        ExpressionAttributeValues: { ":portion": number(portion), ":window": number(window) },
      };
      // Where another one begins the window at the same moment, its portion is counted, and there is room beside it.
      return (await update(anew)) || update(more);
    },
  };
}
