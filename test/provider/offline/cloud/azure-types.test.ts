/**
 * What is read off the azure-native SDK, and what is refused by it, against Microsoft's own resource types as
 * ../shared/tools/azure-types, or the folder FIELDLAKE_AZURE_TYPES, has them (its README and azure_types.py describe the files).
 */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { azureRules } from "../../../../provider/offline/azure-native/rules.ts";
import { checkInputs } from "../../../../provider/offline/cloud/check/check.ts";
import { findingLine } from "../../../../provider/offline/cloud/check/findings.ts";
import type {
  ObjectSchema,
  ResourceSchema,
  TypeExpression,
} from "../../../../provider/offline/cloud/sdk/schema.ts";
import { libraries } from "./support.ts";

const folder = resolve(process.env["FIELDLAKE_AZURE_TYPES"] ?? "../shared/tools/azure-types");
const present = existsSync(folder);
if (!present)
  console.warn("../shared/tools/azure-types is absent: the SDK's types are not compared with Azure's");

const read = <T>(name: string): T => JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()) as T;

/** `["s", …]` text, `["e", values, open]`, `["o", name, table, …]`, `["l", item]`, `["m", item]` and so on. */
type Node = [kind: string, first?: unknown, second?: unknown];
/** Path on the wire, whether its steps are required (`1`), whether it is only read, number of its node. */
type Entry = [wire: string, required: string, readOnly: number, node: number];

interface Facts {
  readonly sdk: string;
  readonly nodes: Node[];
  readonly resources: Record<string, { body: number; names: Record<string, unknown> }>;
}

const resourceOf = async (token: string): Promise<ResourceSchema> => {
  const schema = await libraries["azure-native"].resource(token);
  if (!schema) throw new Error(`no ${token}`);
  return schema;
};

/** What the two say differently of a resource's inputs. */
class Comparison {
  readonly differences: string[] = [];
  properties = 0;
  enumerations = 0;
  readonly #nodes: Node[];
  readonly #seen = new Set<string>();
  readonly #schema: ResourceSchema;

  constructor(nodes: Node[], schema: ResourceSchema) {
    this.#nodes = nodes;
    this.#schema = schema;
  }

  object(properties: ObjectSchema, table: Record<string, Entry>, path: string): void {
    for (const [name, { type, required = false }] of Object.entries(properties)) {
      const entry = table[name];
      if (!entry) continue;
      this.properties += 1;
      const needed = /^1+$/.test(entry[1]) && entry[2] === 0;
      if (needed !== required) this.differences.push(`${path}${name}: required ${required} and ${needed}`);
      this.#value(type, entry[3], path + name);
    }
    const missing = Object.entries(table).filter(([name, entry]) => !(name in properties) && entry[2] === 0);
    for (const [name] of missing) this.differences.push(`${path}${name}: only Azure has it`);
  }

  #value(type: TypeExpression, index: number, path: string): void {
    const key = `${JSON.stringify(type)} ${index}`;
    const [kind, first, second] = this.#nodes[index] ?? ["a"];
    if (this.#seen.has(key) || type === "any" || kind === "a") return;
    this.#seen.add(key);
    const differ = (what: string): void => void this.differences.push(`${path}: ${what}`);
    if (typeof type === "string") {
      const kinds = { string: "se", number: "in", boolean: "b", asset: "s", archive: "s" }[type];
      if (!kinds.includes(kind)) differ(`${type} and ${kind}`);
    } else if ("enumeration" in type) {
      this.enumerations += 1;
      const values = new Set(type.enumeration.values.map((value) => String(value).toLowerCase()));
      const others = (kind === "e" ? (first as string[]) : []).map((value) => value.toLowerCase());
      if (others.length !== values.size || !others.every((value) => values.has(value))) {
        differ(`other values of ${type.enumeration.name ?? "it"}`);
      }
    } else if ("list" in type) {
      if (kind === "l") this.#value(type.list, first as number, `${path}[]`);
      else differ(`a list and ${kind}`);
    } else if ("map" in type) {
      if (kind === "m") this.#value(type.map, first as number, `${path}{}`);
      else differ(`a map and ${kind}`);
    } else if ("object" in type) {
      const own = this.#schema.objects[type.object] ?? {};
      if (kind === "o") this.object(own, second as Record<string, Entry>, `${path}.`);
      else if (kind !== "d") differ(`an object and ${kind}`);
    } else if (kind !== "d" && kind !== "u") differ(`alternatives and ${kind}`);
  }
}

(present ? describe : describe.skip)("Microsoft's resource types", () => {
  const facts = present ? read<Facts>("azure_types.json.gz") : { sdk: "", nodes: [], resources: {} };

  test("are what is read off the SDK, but for the SDK's own faults", async () => {
    expect(facts.sdk).toBe(libraries["azure-native"].version);
    let [properties, enumerations] = [0, 0];
    const differences: string[] = [];
    for (const [name, { body, names }] of Object.entries(facts.resources)) {
      const schema = await resourceOf(`azure-native:${name}`);
      const own = Object.entries(schema.inputs).filter(([input]) => !(input in names));
      const comparison = new Comparison(facts.nodes, schema);
      const table = facts.nodes[body]?.[2] as Record<string, Entry> | undefined;
      const ofBody = Object.entries(table ?? {}).filter(([input]) => !(input in names));
      comparison.object(Object.fromEntries(own), Object.fromEntries(ofBody), "");
      properties += comparison.properties;
      enumerations += comparison.enumerations;
      differences.push(...comparison.differences.map((difference) => `${name} ${difference}`));
    }
    // privatedns: the record type is a part of the path as well; databricks: the SDK names values that Azure does not.
    expect(differences.sort()).toMatchInlineSnapshot(`
      [
        "databricks:Workspace computeMode: required false and true",
        "databricks:Workspace enhancedSecurityCompliance.complianceSecurityProfile.complianceStandards[]: other values of databricks.ComplianceStandard",
        "monitor:ScheduledQueryRule criteria.allOf[].operator: other values of monitor.ConditionOperator",
        "privatedns:PrivateRecordSet recordType: required true and false",
      ]
    `);
    expect(properties).toBeGreaterThan(4_000);
    expect(enumerations).toBeGreaterThan(500);
  }, 60_000);

  interface Example {
    readonly name: string;
    readonly type: string;
    readonly inputs: Record<string, unknown>;
  }
  const examples = present
    ? read<{ right: Example[]; wrong: Example[] }>("azure_types_sdk_inputs.json.gz")
    : { right: [], wrong: [] };
  const { corrected } = azureRules({});
  const failuresOf = async ({ type, inputs }: Example): Promise<string[]> => {
    const schema = await resourceOf(type);
    return checkInputs(schema, inputs, corrected(schema)).failures.map(findingLine);
  };

  test("let right inputs pass here as well", async () => {
    for (const example of examples.right)
      expect([example.name, await failuresOf(example)]).toEqual([example.name, []]);
    expect(examples.right.length).toBeGreaterThan(50);
  });

  test("refuse wrong ones, as is done here where the SDK's types can tell", async () => {
    // Patterns, lengths and ranges stand in no type of the SDK.
    const told = examples.wrong.filter(({ name }) => /^(required|unknown|type|enum|variant)\b/.test(name));
    for (const example of told) {
      expect([example.name, (await failuresOf(example)).length > 0]).toEqual([example.name, true]);
    }
    expect(told.length).toBeGreaterThan(30);
  });
});
