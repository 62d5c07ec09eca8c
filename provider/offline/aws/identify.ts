/** Gives an AWS resource its id and what else follows from its name and kind. */

import { hexOf, uuidOf } from "../cloud/identity.ts";
import type { Identity, NewResource } from "../cloud/rules.ts";
import { kindOf, parseToken } from "../cloud/sdk/tokens.ts";
import { filled, textsOf } from "../cloud/templates.ts";
import type { Account } from "./account.ts";
import { generalTemplate, identityTemplates, templateDefaults } from "./identities.ts";
import { namePatternOf } from "./names.ts";

/** Hex digits that Terraform adds to a prefix (`id.PrefixedUniqueId`: a time and a counter). */
const prefixedDigits = 26;

export const identify = (resource: NewResource, account: Account): Identity => {
  const { urn, schema, inputs } = resource;
  const name = nameOf(resource);
  const region = typeof inputs["region"] === "string" ? inputs["region"] : account.region;
  const { module, name: className } = parseToken(schema.token);
  const templates = identityTemplates[kindOf(schema.token)] ?? generalTemplate(module, className);

  const known: Record<string, string> = {
    ...templateDefaults,
    account: account.id,
    partition: account.partition,
    suffix: account.dnsSuffix,
    uuid: uuidOf(urn, name?.value ?? ""),
    ...textsOf(inputs),
    region,
    ...(name ? { [name.property]: name.value } : {}),
  };
  known["name"] ??= name?.value ?? hexOf(20, urn);
  const outputs: Record<string, string> = name ? { [name.property]: name.value } : {};
  for (const [output, template] of Object.entries(templates)) {
    known[output] = outputs[output] = filled(template, known, urn);
  }
  const { id = name?.value ?? hexOf(20, urn), ...others } = outputs;
  return { id, outputs: { region, ...others } };
};

/** The property with the name, and the name: given, or made from the beginning that the program gives. */
const nameOf = ({ urn, schema, inputs }: NewResource): { property: string; value: string } | undefined => {
  const property = namePatternOf(schema, {})?.property;
  if (property === undefined) return undefined;
  const [value, prefix] = [inputs[property], inputs[`${property}Prefix`]];
  if (typeof value === "string") return { property, value };
  return typeof prefix === "string"
    ? { property, value: prefix + hexOf(prefixedDigits, urn, "prefixed") }
    : undefined;
};
