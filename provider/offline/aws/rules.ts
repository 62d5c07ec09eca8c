/** What the offline provider for `aws` knows beyond the SDK's types. */

import { Namer } from "../cloud/autonaming.ts";
import type { Finding } from "../cloud/check/findings.ts";
import { checkName } from "../cloud/name-rules.ts";
import type { CloudRules, GivenInputs } from "../cloud/rules.ts";
import type { ResourceSchema } from "../cloud/sdk/schema.ts";
import { kindOf } from "../cloud/sdk/tokens.ts";
import type { WireMap } from "../shared/values.ts";
import { openedWire } from "../shared/values.ts";
import type { Account } from "./account.ts";
import { accountOf } from "./account.ts";
import { awsFunctions } from "./functions.ts";
import { identify } from "./identify.ts";
import { nameRules } from "./name-rules.ts";
import { namePatternOf } from "./names.ts";
import { sameJson, withPolicyText } from "./policy-json.ts";
import { isReplacedInPlace, replacesResource } from "./replacements.ts";
import { withAllTags } from "./tags.ts";

/** The provider notes here which inputs it has set itself, as the real one does (pulumi-terraform-bridge). */
const defaultsKey = "__defaults";

/** @param environment default: this process's */
export const awsRules = (environment: NodeJS.ProcessEnv = process.env): CloudRules => {
  const namer = new Namer();
  let account: Account = accountOf({}, environment).account;

  const withName = (given: GivenInputs): { inputs: WireMap; findings: readonly Finding[] } => {
    const { schema, inputs, olds, urn, autonaming } = given;
    const pattern = namePatternOf(schema, inputs);
    if (!pattern || isSet(inputs[pattern.property])) return { inputs, findings: [] };
    const named = (name: string) => ({
      inputs: { ...inputs, [pattern.property]: name, [defaultsKey]: [pattern.property] },
      findings: [],
    });
    const old = wasMade(olds, pattern.property) ? textOf(olds[pattern.property]) : undefined;
    if (old !== undefined) {
      namer.meet(urn, old);
      return named(old);
    }
    const made = namer.make(urn, pattern, autonaming);
    if (made === undefined) return { inputs, findings: [missingName(pattern.property)] };
    if ("finding" in made) return { inputs, findings: [made.finding] };
    return named(made.name);
  };

  return {
    package: "aws",
    cloud: "AWS",
    corrected: () => new Map(),
    optionalMayAppear: false,
    configure: (settings) => {
      const read = accountOf(settings, environment);
      account = read.account;
      return read.findings;
    },
    withDefaults: (given) => {
      const { inputs, findings } = withName(given);
      const placed = withRegion(given.schema, inputs, account);
      return { inputs: withAllTags(given.schema, withPolicyText(given.schema, placed), account), findings };
    },
    checkFurther: (schema, inputs) => checkName(nameRules[kindOf(schema.token)], inputs),
    replaces: (schema, path) =>
      replacesResource(kindOf(schema.token), namePatternOf(schema, {})?.property, path) || null,
    equivalent: (_, __, old, next) => sameJson(old, next),
    deletesFirst: (schema, oldInputs, inputs) => {
      if (isReplacedInPlace(kindOf(schema.token))) return true;
      const property = namePatternOf(schema, inputs)?.property;
      if (property === undefined || wasMade(inputs, property) || !isSet(inputs[property])) return false;
      return openedWire(oldInputs[property]) === openedWire(inputs[property]);
    },
    identify: (resource) => identify(resource, account),
    madeUp: (_, path) => {
      if (/[pP]refix$/.test(path)) return "";
      return /(?:[aA]ccountId|[oO]wnerId|registryId)$/.test(path) ? account.id : undefined;
    },
    functions: awsFunctions(() => account),
  };
};

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

const textOf = (value: unknown): string | undefined => {
  const opened = openedWire(value);
  return typeof opened === "string" ? opened : undefined;
};

const wasMade = (inputs: WireMap, property: string): boolean => {
  const made = inputs[defaultsKey];
  return Array.isArray(made) && made.includes(property);
};

const missingName = (path: string): Finding => ({
  path,
  reason: "is required and missing: pulumi:autonaming says that no names are made",
});

/** Every resource of a region says so, since version 7 (pulumi/pulumi-aws, provider/region.go). */
const withRegion = (schema: ResourceSchema, inputs: WireMap, { region }: Account): WireMap =>
  "region" in schema.inputs && !isSet(inputs["region"]) ? { ...inputs, region } : inputs;
