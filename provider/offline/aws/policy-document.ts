/**
 * `aws:iam/getPolicyDocument`: composes a policy document as the real provider does, which asks AWS nothing for it
 * either (hashicorp/terraform-provider-aws, internal/service/iam/policy_document_data_source.go).
 */

import type { Value, ValueMap } from "../shared/values.ts";
import { isValueMap } from "../shared/values.ts";

interface Statement {
  Sid?: string;
  Effect?: Value;
  Action?: Value;
  NotAction?: Value;
  Resource?: Value;
  NotResource?: Value;
  Principal?: Value;
  NotPrincipal?: Value;
  Condition?: Value;
}

interface PolicyDocument {
  Version?: Value;
  Id?: Value;
  Statement: Statement[];
}

/** The versions of the policy language. */
const versions = ["2012-10-17", "2008-10-17"];

/** The function's result from its checked arguments. */
export const policyDocument = (args: ValueMap): ValueMap => {
  const version = args["version"] ?? versions[0];
  if (!versions.includes(String(version))) {
    throw new Error(`version: must be one of ${versions.join(", ")}; received ${JSON.stringify(version)}`);
  }
  const own: PolicyDocument = {
    Version: version,
    ...(args["policyId"] === undefined ? {} : { Id: args["policyId"] }),
    Statement: listOf(args["statements"]).map((statement, index) => statementOf(statement, index)),
  };
  refuseRepeatedSids(own.Statement, "statements");
  const sources = documentsOf(args, "sourcePolicyDocuments");
  refuseRepeatedSids(
    sources.flatMap(({ Statement }) => Statement),
    "sourcePolicyDocuments",
  );
  const overrides = documentsOf(args, "overridePolicyDocuments");
  const document = [...sources, own, ...overrides].reduce(mergedDocument, { Statement: [] });
  const ordered = {
    ...(document.Version === undefined ? {} : { Version: document.Version }),
    ...(document.Id === undefined ? {} : { Id: document.Id }),
    Statement: document.Statement,
  };
  return { json: JSON.stringify(ordered, undefined, 2), minifiedJson: JSON.stringify(ordered) };
};

/** A later document's statement takes the place of an earlier one with the same Sid. */
const mergedDocument = (first: PolicyDocument, second: PolicyDocument): PolicyDocument => {
  const statements = [...first.Statement];
  for (const statement of second.Statement) {
    const index = statement.Sid ? statements.findIndex(({ Sid }) => Sid === statement.Sid) : -1;
    if (index < 0) statements.push(statement);
    else statements[index] = statement;
  }
  return { ...first, ...second, Statement: statements };
};

const documentsOf = (args: ValueMap, name: string): PolicyDocument[] =>
  listOf(args[name]).map((text, index) => {
    try {
      const document = JSON.parse(String(text)) as Partial<PolicyDocument>;
      const given: unknown = document.Statement ?? [];
      return { ...document, Statement: (Array.isArray(given) ? given : [given]) as Statement[] };
    } catch {
      throw new Error(`${name}[${index}]: must be a policy document in JSON`);
    }
  });

const refuseRepeatedSids = (statements: readonly Statement[], path: string): void => {
  const seen = new Set<string>();
  for (const { Sid } of statements) {
    if (Sid && seen.has(Sid))
      throw new Error(`${path}: the sid "${Sid}" is there twice; each may be there once`);
    if (Sid) seen.add(Sid);
  }
};

const statementOf = (given: Value, index: number): Statement => {
  const statement = isValueMap(given) ? given : {};
  const path = `statements[${index}]`;
  const { sid, effect = "Allow" } = statement;
  if (effect !== "Allow" && effect !== "Deny") {
    throw new Error(`${path}.effect: must be one of "Allow", "Deny"; received ${JSON.stringify(effect)}`);
  }
  if (typeof sid === "string" && !/^[a-zA-Z0-9]*$/.test(sid)) {
    throw new Error(`${path}.sid: must be of letters and digits only; received ${JSON.stringify(sid)}`);
  }
  const parts: [keyof Statement, Value][] = [
    ["Effect", effect],
    ["Action", setOf(statement["actions"])],
    ["NotAction", setOf(statement["notActions"])],
    ["Resource", setOf(withVariables(statement["resources"]))],
    ["NotResource", setOf(withVariables(statement["notResources"]))],
    ["Principal", principalsOf(statement["principals"])],
    ["NotPrincipal", principalsOf(statement["notPrincipals"])],
    ["Condition", conditionsOf(statement["conditions"])],
  ];
  return {
    ...(typeof sid === "string" && sid !== "" ? { Sid: sid } : {}),
    ...Object.fromEntries(parts.filter(([, value]) => value !== undefined)),
  };
};

const listOf = (value: Value): Value[] => (Array.isArray(value) ? value : []);

/** `&{aws:username}` to `${aws:username}`, which Pulumi's and Terraform's own languages would expand. */
const withVariables = (value: Value): Value =>
  listOf(value).map((item) => String(item).replaceAll("&{", "${"));

/** A set: one item stands by itself, several in descending order; undefined for none. */
const setOf = (value: Value): Value => {
  const items = [...new Set(listOf(value).map(String))].sort().reverse();
  return items.length > 1 ? items : items[0];
};

const principalsOf = (value: Value): Value => {
  const byType: Record<string, string[]> = {};
  for (const principal of listOf(value).filter(isValueMap)) {
    const type = String(principal["type"]);
    byType[type] = [...(byType[type] ?? []), ...listOf(withVariables(principal["identifiers"])).map(String)];
  }
  const types = Object.keys(byType).sort();
  if (types.length === 0) return undefined;
  if (types.length === 1 && types[0] === "*" && byType["*"]?.join() === "*") return "*";
  return Object.fromEntries(types.map((type) => [type, setOf(byType[type])]));
};

const conditionsOf = (value: Value): Value => {
  const byTest: Record<string, Record<string, string[]>> = {};
  for (const condition of listOf(value).filter(isValueMap)) {
    const [test, variable] = [String(condition["test"]), String(condition["variable"])];
    const variables = (byTest[test] ??= {});
    variables[variable] = [
      ...(variables[variable] ?? []),
      ...listOf(withVariables(condition["values"])).map(String),
    ];
  }
  const tests = Object.entries(byTest).sort(([one], [other]) => (one < other ? -1 : 1));
  if (tests.length === 0) return undefined;
  return Object.fromEntries(
    tests.map(([test, variables]) => [
      test,
      Object.fromEntries(
        Object.entries(variables).map(([variable, values]) => [
          variable,
          values.length > 1 ? values : (values[0] ?? []),
        ]),
      ),
    ]),
  );
};
