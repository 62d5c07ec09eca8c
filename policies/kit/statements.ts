/** IAM-style documents (IAM, KMS, S3, SQS, SNS, IoT), read into one form: lists where a document may have one or many. */
import { isArray, isObject, isWhole, type Properties, type Value } from "./value.ts";

export interface Statement {
  /** For findings: `Statement[2]`, with its Sid where it has one. */
  readonly name: string;
  readonly effect: "Allow" | "Deny" | string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Kind (`AWS`, `Service`, `Federated`, `*`) and name. */
  readonly principals: readonly Principal[];
  readonly hasNotPrincipal: boolean;
  readonly conditions: readonly Condition[];
  /** Something in it is not known yet. */
  readonly isOpen: boolean;
}

export interface Principal {
  readonly kind: string;
  readonly name: string;
}

/** One key under one operator; all of a statement's conditions must hold. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Statements of a parsed document; null where it is no policy document. */
export function statementsOf(document: Value): readonly Statement[] | null {
  if (!isObject(document)) return null;
  const statements = document["Statement"];
  if (isArray(statements)) {
    return statements.every(isObject)
      ? statements.map((statement, index) => statementOf(statement, `Statement[${index}]`))
      : null;
  }
  return isObject(statements) ? [statementOf(statements, "Statement")] : null;
}

function statementOf(statement: Properties, place: string): Statement {
  const part = (key: string): Value => statement[key];
  const sid = part("Sid");
  return {
    name: typeof sid === "string" && sid !== "" ? `${place} (${sid})` : place,
    effect: String(part("Effect") ?? ""),
    actions: texts(part("Action")),
    notActions: texts(part("NotAction")),
    resources: texts(part("Resource")),
    notResources: texts(part("NotResource")),
    principals: principalsOf(part("Principal")),
    hasNotPrincipal: part("NotPrincipal") !== undefined,
    conditions: conditionsOf(part("Condition")),
    isOpen: !isWhole(statement),
  };
}

/** IAM takes one text or a list of them, and booleans and numbers as text. */
function texts(value: Value): readonly string[] {
  if (value === undefined || value === null) return [];
  if (isArray(value)) return value.flatMap(texts);
  return typeof value === "symbol" || isObject(value) ? [] : [String(value)];
}

function principalsOf(value: Value): readonly Principal[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([kind, names]) => texts(names).map((name) => ({ kind, name })));
  }
  return texts(value).map((name) => ({ kind: name === "*" ? "*" : "AWS", name }));
}

function conditionsOf(value: Value): readonly Condition[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: texts(values) }))
      : [],
  );
}

/** IAM's wildcards: `*` any text, `?` one character; actions are compared without regard to case. */
export function covers(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

/** Whether a statement's actions include the given one. */
export function hasAction({ actions, notActions }: Statement, action: string): boolean {
  if (notActions.length > 0) return !notActions.some((pattern) => covers(pattern, action));
  return actions.some((pattern) => covers(pattern, action));
}

export const isAnybody = ({ kind, name }: Principal): boolean =>
  name === "*" && ["*", "AWS", "Service", "Federated", "CanonicalUser"].includes(kind);

export function conditionOf(statement: Statement, key: string): readonly Condition[] {
  return statement.conditions.filter((condition) => condition.key.toLowerCase() === key.toLowerCase());
}
