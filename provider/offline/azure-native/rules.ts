/** What the offline provider for `azure-native` knows beyond the SDK's types. */

import { Namer } from "../cloud/autonaming.ts";
import type { Corrections } from "../cloud/check/check.ts";
import type { Finding } from "../cloud/check/findings.ts";
import { uuidOf } from "../cloud/identity.ts";
import { checkName } from "../cloud/name-rules.ts";
import type { CloudRules, GivenInputs } from "../cloud/rules.ts";
import type { ResourceSchema } from "../cloud/sdk/schema.ts";
import { kindOf } from "../cloud/sdk/tokens.ts";
import type { WireMap } from "../shared/values.ts";
import { isWireUnknown, openedWire } from "../shared/values.ts";
import { azureFunctions } from "./functions.ts";
import { identify, madeUp } from "./identify.ts";
import { nameRules } from "./name-rules.ts";
import { pathOf } from "./paths.ts";
import { replacesResource, sameLocation } from "./replacements.ts";
import type { Subscription } from "./subscription.ts";
import { subscriptionOf } from "./subscription.ts";

/** The real provider notes here that a resource has a name of its own, so that its successor can stand beside it. */
const createsFirstKey = "__createBeforeDelete";

/**
 * azure-native 3.28 has the operators of pipeline groups (`gt`) for those of scheduled query rules, because Azure calls both
 * `ConditionOperator`; these are Azure's own (test/…/cloud/azure-types.test.ts has what else of the SDK differs).
 */
const queryOperators = [
  ...["Equals", "GreaterOrLessThan", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"],
];
const corrections: Readonly<Record<string, Corrections>> = {
  "monitor/ScheduledQueryRule": new Map([["monitor.ConditionOperator", queryOperators]]),
};

/** @param environment default: this process's */
export const azureRules = (environment: NodeJS.ProcessEnv = process.env): CloudRules => {
  const namer = new Namer();
  let { subscription } = subscriptionOf({}, environment);
  /** Locations of the resource groups that this run has met, by name in small letters. */
  const groups = new Map<string, unknown>();

  const withName = (given: GivenInputs): { inputs: WireMap; findings: readonly Finding[] } => {
    const { schema, inputs, olds, urn, autonaming } = given;
    const pattern = pathOf(schema).name;
    if (!pattern || isSet(inputs[pattern.property])) return { inputs, findings: [] };
    const named = (name: string, ofItsOwn: boolean) => ({
      inputs: { ...inputs, [pattern.property]: name, ...(ofItsOwn ? { [createsFirstKey]: true } : {}) },
      findings: [],
    });
    const old = openedWire(olds[pattern.property]);
    if (typeof old === "string") {
      namer.meet(urn, old);
      return named(old, olds[createsFirstKey] === true);
    }
    const made = namer.make(urn, pattern, autonaming);
    if (made === undefined) return { inputs, findings: [missingName(pattern.property)] };
    if ("finding" in made) return { inputs, findings: [made.finding] };
    const name = pattern.uuid && autonaming?.mode !== "enforce" ? uuidOf(urn, made.name) : made.name;
    return named(name, pattern.uuid || pattern.digits > 0 || autonaming !== undefined);
  };

  const withLocation = (schema: ResourceSchema, inputs: WireMap, olds: WireMap): WireMap => {
    if (!("location" in schema.inputs) || isSet(inputs["location"]) || isPlaceless(schema)) return inputs;
    const group = openedWire(inputs["resourceGroupName"]);
    const ofGroup = typeof group === "string" ? groups.get(group.toLowerCase()) : undefined;
    const location = olds["location"] ?? subscription.location ?? ofGroup;
    return location === undefined ? inputs : { ...inputs, location };
  };

  const remember = (schema: ResourceSchema, inputs: WireMap): void => {
    const name = openedWire(inputs["resourceGroupName"]);
    if (kindOf(schema.token) !== "resources/ResourceGroup" || typeof name !== "string") return;
    if (!isWireUnknown(openedWire(inputs["location"]))) groups.set(name.toLowerCase(), inputs["location"]);
  };

  return {
    package: "azure-native",
    cloud: "Azure",
    corrected: ({ token }) => corrections[kindOf(token)] ?? new Map(),
    optionalMayAppear: true,
    configure: (settings) => {
      const read = subscriptionOf(settings, environment);
      subscription = read.subscription;
      return read.findings;
    },
    withDefaults: (given) => {
      const { inputs, findings } = withName(given);
      const placed = withLocation(given.schema, inputs, given.olds);
      remember(given.schema, placed);
      return { inputs: placed, findings };
    },
    checkFurther: (schema, inputs) => checkName(nameRules[kindOf(schema.token)], inputs),
    replaces: (schema, path) => replacesResource(kindOf(schema.token), pathOf(schema).parts, path),
    equivalent: (_, path, old, next) => sameLocation(path, old, next),
    deletesFirst: (_, oldInputs) => oldInputs[createsFirstKey] !== true,
    identify: (resource) => identify(resource, subscription),
    madeUp: (_, path) => madeUp(path, subscription),
    functions: azureFunctions(() => subscription as Subscription),
  };
};

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

const missingName = (path: string): Finding => ({
  path,
  reason: "is required and missing: pulumi:autonaming says that no names are made",
});

/** Databases and containers of a Cosmos DB account are where the account is. */
const isPlaceless = (schema: ResourceSchema): boolean =>
  /\/databaseAccounts\/\{\w+\}\//.test(pathOf(schema).template);
