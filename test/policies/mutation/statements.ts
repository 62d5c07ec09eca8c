/** Weaker copies of a policy document: every statement loosened in each of its parts, one at a time. */
import { isArray, isObject, listed, type Properties, type Value } from "../../../policies/kit/value.ts";

export interface Loosened {
  readonly how: string;
  readonly document: Properties;
}

export function loosened(document: Properties): readonly Loosened[] {
  const written = document["Statement"];
  const all: readonly Value[] = isArray(written) ? written : [written];
  return all.flatMap((statement, index) =>
    isObject(statement)
      ? looser(statement).map(([how, other]) => ({
          how: `${String(statement["Sid"] ?? `statement ${index}`)}: ${how}`,
          document: {
            ...document,
            Statement: all.flatMap((one: Value, at): readonly Value[] =>
              at !== index ? [one] : other === null ? [] : [other],
            ),
          },
        }))
      : [],
  );
}

type Looser = readonly [how: string, statement: Properties | null];

function looser(statement: Properties): readonly Looser[] {
  return statement["Effect"] === "Deny" ? looserDenial(statement) : looserGrant(statement);
}

/** A denial is weaker when it is not there, allows, or denies less. */
function looserDenial(statement: Properties): readonly Looser[] {
  const conditions = conditionsOf(statement);
  return [
    ["no denial", null],
    ["Allow", { ...statement, Effect: "Allow" }],
    ["another action", { ...statement, Action: firstAction(statement).replace(/:.*/, ":GetNothing") }],
    ["another resource", { ...statement, Resource: "arn:aws:s3:::elsewhere" }],
    ["one principal", { ...statement, Principal: { AWS: "arn:aws:iam::123456789012:root" } }],
    ...("Principal" in statement
      ? [["NotPrincipal", { ...without(statement, "Principal"), NotPrincipal: "*" }] as const]
      : []),
    ...conditions.map(([operator, key]): Looser => [
      `turned ${key}`,
      { ...statement, Condition: { [operator]: { [key]: turned(at(statement, operator, key)) } } },
    ]),
    [
      "one more condition",
      {
        ...statement,
        Condition: {
          ...(statement["Condition"] as Properties),
          StringEquals: { "aws:PrincipalAccount": "123456789012" },
        },
      },
    ],
  ];
}

const turned = (value: Value): Value =>
  value === "false" || value === false ? "true" : value === "true" || value === true ? "false" : "0";

function looserGrant(statement: Properties): readonly Looser[] {
  const service = firstAction(statement).split(":")[0] ?? "";
  return [
    ...("Principal" in statement
      ? ([
          ["Principal *", { ...statement, Principal: "*" }],
          ["Principal AWS *", { ...statement, Principal: { AWS: "*" } }],
          ["Principal Service *", { ...statement, Principal: { Service: "*" } }],
          [
            "Principal list with *",
            { ...statement, Principal: { AWS: ["arn:aws:iam::123456789012:root", "*"] } },
          ],
          [
            "NotPrincipal",
            { ...without(statement, "Principal"), NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } },
          ],
        ] as const)
      : []),
    ["Action *", { ...statement, Action: "*" }],
    [`Action ${service}:*`, { ...statement, Action: `${service}:*` }],
    [
      `Action list with ${service}:*`,
      { ...statement, Action: [...listed(statement["Action"]), `${service}:*`] },
    ],
    ["NotAction", { ...without(statement, "Action"), NotAction: `${service}:DeleteNothing` }],
    ...("Resource" in statement && !listed(statement["Resource"]).includes("*")
      ? ([
          ["Resource *", { ...statement, Resource: "*" }],
          ["Resource list with *", { ...statement, Resource: [...listed(statement["Resource"]), "*"] }],
          ["NotResource", { ...without(statement, "Resource"), NotResource: "arn:aws:s3:::elsewhere" }],
        ] as const)
      : []),
    ...("Condition" in statement ? ([["no Condition", without(statement, "Condition")]] as const) : []),
    ...conditionsOf(statement).flatMap(([operator, key]): Looser[] => [
      [`no ${key}`, withoutCondition(statement, operator, key)],
      [`${key} *`, withCondition(statement, operator, key, "*")],
      [
        `ForAllValues:${operator} ${key}`,
        {
          ...withCondition(
            statement,
            `ForAllValues:${operator}`,
            key,
            at(statement, operator, key),
            operator,
          ),
        },
      ],
      [
        `${operator}IfExists ${key}`,
        { ...withCondition(statement, `${operator}IfExists`, key, at(statement, operator, key), operator) },
      ],
    ]),
  ];
}

const firstAction = (statement: Properties): string => String(listed(statement["Action"])[0] ?? "");
const without = (statement: Properties, key: string): Properties =>
  Object.fromEntries(Object.entries(statement).filter(([other]) => other !== key));

function conditionsOf(statement: Properties): readonly (readonly [operator: string, key: string])[] {
  const condition = statement["Condition"];
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys) ? Object.keys(keys).map((key) => [operator, key] as const) : [],
  );
}

function at(statement: Properties, operator: string, key: string): Value {
  const condition = statement["Condition"];
  const keys = isObject(condition) ? condition[operator] : undefined;
  return isObject(keys) ? keys[key] : undefined;
}

/** Without one key, and without its operator where that is empty then. */
function withoutCondition(statement: Properties, operator: string, key: string): Properties {
  const condition = isObject(statement["Condition"]) ? statement["Condition"] : {};
  const keys = isObject(condition[operator]) ? condition[operator] : {};
  const rest = without(keys, key);
  const others = without(condition, operator);
  return {
    ...statement,
    Condition: Object.keys(rest).length === 0 ? others : { ...others, [operator]: rest },
  };
}

function withCondition(
  statement: Properties,
  operator: string,
  key: string,
  value: Value,
  instead = operator,
): Properties {
  const { Condition: condition } = withoutCondition(statement, instead, key);
  const others = isObject(condition) ? condition : {};
  const keys = isObject(others[operator]) ? others[operator] : {};
  return { ...statement, Condition: { ...others, [operator]: { ...keys, [key]: value } } };
}
