/** The path of an Azure resource: its id, the parts of its name, and how its own part is made. */

import type { NamePattern } from "../cloud/autonaming.ts";
import type { ResourceSchema } from "../cloud/sdk/schema.ts";
import { kindOf, parseToken } from "../cloud/sdk/tokens.ts";
import { idTemplateOf } from "./resource-types.ts";

export interface ResourcePath {
  /** The id with the names of inputs in braces. */
  readonly template: string;
  /** The inputs in it, from the outside in; they make the resource what it is. */
  readonly parts: readonly string[];
  /** How the resource's own name is made; undefined if it has a fixed one. */
  readonly name: (NamePattern & { readonly uuid: boolean }) | undefined;
}

/** The path of a resource; one that the table does not have is taken for a top-level one of a resource group. */
export const pathOf = (schema: ResourceSchema): ResourcePath => {
  const template = idTemplateOf(kindOf(schema.token)) ?? presumedTemplate(schema);
  const parts = [...template.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const own = /\{(\w+)\}$/.exec(template)?.[1];
  return {
    template,
    parts: parts.filter((part) => part in schema.inputs),
    name: own === undefined || !(own in schema.inputs) ? undefined : namePattern(template, own),
  };
};

/** As azure-native does it (pulumi/pulumi-azure-native, provider/pkg/resources, `AutoNamer`). */
const namePattern = (template: string, property: string): NamePattern & { uuid: boolean } => {
  const uuid = property === "roleAssignmentName" || property === "roleDefinitionId";
  const [, ofProvider] = template.split(/\/providers\/microsoft\./i);
  const isGlobal = property === "endpointName" || property === "customDomainName";
  const random = isGlobal || ofProvider === undefined || ofProvider.split("{").length === 2;
  return { property, separator: "", digits: random ? 8 : 0, uuid };
};

const presumedTemplate = (schema: ResourceSchema): string => {
  const { module, name } = parseToken(schema.token);
  const namespace = `Microsoft.${module.charAt(0).toUpperCase()}${module.slice(1)}`;
  const type = `${name.charAt(0).toLowerCase()}${name.slice(1)}${name.endsWith("s") ? "" : "s"}`;
  const group = "resourceGroupName" in schema.inputs ? "/resourceGroups/{resourceGroupName}" : "";
  return `/subscriptions/{subscriptionId}${group}/providers/${namespace}/${type}/{${presumedName(schema, name)}}`;
};

/** Only parts of the path are inputs without being outputs; the resource's own is the one that need not be set. */
const presumedName = ({ inputs, outputs }: ResourceSchema, className: string): string => {
  const usual = `${className.charAt(0).toLowerCase()}${className.slice(1)}Name`;
  if (usual in inputs) return usual;
  const candidates = Object.entries(inputs).filter(
    ([name, { type, required }]) =>
      !required && type === "string" && name.endsWith("Name") && !(name in outputs),
  );
  return candidates[0]?.[0] ?? "name";
};
