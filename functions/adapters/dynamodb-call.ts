/** DynamoDB's operations, as a registry asks for them. */
import { RegistryError } from "../../fleet/registry/registry.ts";
import type { AwsAccess } from "./aws-client.ts";
import { awsJson } from "./aws-json.ts";
import type { Item } from "./dynamodb-items.ts";

export interface Answer {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

/** Why, an action each; `None` for those that would have gone through. */
export class TransactionCanceled extends Error {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super("the transaction was canceled");
    this.reasons = reasons;
  }
}

/** An item was not as its write says that it must be. */
export class ConditionFailed extends Error {}

/** Rejects with RegistryError, {@link ConditionFailed} or {@link TransactionCanceled}. */
export function tableCall(access: AwsAccess, table: string) {
  return async (operation: string, body: object): Promise<Answer> => {
    const answer = await awsJson(access, "dynamodb", operation, body).catch((error: Error) => {
      throw new RegistryError(`the DynamoDB table ${table} can't be reached: ${error.message}`);
    });
    const said = (await answer.json()) as Answer & {
      readonly __type?: string;
      readonly CancellationReasons?: readonly { readonly Code?: string }[];
    };
    if (answer.ok) return said;
    const type = said.__type?.split("#").at(-1) ?? "no type";
    if (type === "TransactionCanceledException" && said.CancellationReasons !== undefined) {
      throw new TransactionCanceled(said.CancellationReasons.map(({ Code = "None" }) => Code));
    }
    if (type === "ConditionalCheckFailedException") throw new ConditionFailed(`${operation} of ${table}`);
    throw new RegistryError(`${operation} of the DynamoDB table ${table}: HTTP ${answer.status}, ${type}`);
  };
}
