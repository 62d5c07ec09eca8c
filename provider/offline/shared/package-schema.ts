/**
 * The package's schema in Pulumi's format (pulumi.com/docs/iac/using-pulumi/extending-pulumi/schema), which
 * `pulumi import` and programs in YAML read.
 */

import type { PackageDefinition } from "./provider.ts";
import type { Property, PropertyKind, PropertyTable } from "./schema.ts";

interface TypeSpecification {
  readonly type?: string;
  readonly items?: TypeSpecification;
  readonly additionalProperties?: TypeSpecification;
  readonly $ref?: string;
}

interface PropertySpecification extends TypeSpecification {
  readonly description: string;
  readonly default?: unknown;
  readonly secret?: true;
}

interface ObjectSpecification {
  readonly type: "object";
  readonly properties: Record<string, PropertySpecification>;
  readonly required: string[];
}

const text: TypeSpecification = { type: "string" };

/** The schema of a package, as JSON data. */
export const packageSchema = (definition: PackageDefinition): Record<string, unknown> => {
  const types: Record<string, ObjectSpecification> = {};

  const typeOf = (kind: PropertyKind): TypeSpecification => {
    switch (kind.kind) {
      case "list":
        return { type: "array", items: text };
      case "map":
        return { type: "object", additionalProperties: text };
      case "record":
        return reference(kind.typeName, kind.fields);
      case "records":
        return { type: "array", items: reference(kind.typeName, kind.fields) };
      default:
        return { type: kind.kind };
    }
  };

  const reference = (typeName: string, fields: PropertyTable): TypeSpecification => {
    const token = `${definition.name}:index/${typeName}:${typeName}`;
    types[token] = { type: "object", properties: describe(Object.entries(fields)), required: [] };
    return { $ref: `#/types/${token}` };
  };

  const describe = (entries: [string, Property][]): Record<string, PropertySpecification> =>
    Object.fromEntries(
      entries.map(([name, property]) => [
        name,
        {
          ...typeOf(property.type),
          description: property.description,
          ...(property.secret ? { secret: true as const } : {}),
        },
      ]),
    );

  const split = (properties: PropertyTable) => {
    const all = Object.entries(properties);
    const inputs = all.filter(([, property]) => property.role === "input");
    return {
      all,
      inputs,
      requiredInputs: inputs
        .filter(([, property]) => property.role === "input" && property.required)
        .map(([name]) => name),
    };
  };

  const resources = Object.fromEntries(
    definition.resources.map(({ token, description, properties }) => {
      const { all, inputs, requiredInputs } = split(properties);
      const alwaysThere = all.filter(
        ([, property]) => property.role === "output" || property.default !== undefined,
      );
      return [
        token,
        {
          description,
          // The id is part of every resource and may not be declared.
          properties: describe(all.filter(([name]) => name !== "id")),
          required: [...requiredInputs, ...alwaysThere.map(([name]) => name).filter((name) => name !== "id")],
          inputProperties: describe(inputs),
          requiredInputs,
        },
      ];
    }),
  );

  const functions = Object.fromEntries(
    definition.functions.map(({ token, description, properties }) => {
      const { all, inputs, requiredInputs } = split(properties);
      return [
        token,
        {
          description,
          inputs: { type: "object", properties: describe(inputs), required: requiredInputs },
          outputs: { type: "object", properties: describe(all), required: [] },
        },
      ];
    }),
  );

  const settings = describe(Object.entries(definition.configuration));
  return {
    name: definition.name,
    version: definition.version,
    description: definition.description,
    config: { variables: settings },
    provider: { description: definition.description, properties: settings, inputProperties: settings },
    types,
    resources,
    functions,
  };
};
