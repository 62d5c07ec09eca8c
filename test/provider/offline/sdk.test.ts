/** The packages against the installed SDKs: what a program can set and read is exactly what is declared here. */

import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import { randomPackage } from "../../../provider/offline/random/package.ts";
import { packageSchema } from "../../../provider/offline/shared/package-schema.ts";
import type { PackageDefinition } from "../../../provider/offline/shared/provider.ts";
import type { ResourceDefinition } from "../../../provider/offline/shared/schema.ts";
import { tlsPackage } from "../../../provider/offline/tls/package.ts";

const require = createRequire(join(process.cwd(), "package.json"));
const sdkFolder = (name: string): string => dirname(require.resolve(`@pulumi/${name}/package.json`));

/** The compiled SDK assigns each property once in the branch for new resources; outputs are marked there. */
interface SdkResource {
  readonly inputs: string[];
  readonly required: string[];
  readonly outputs: string[];
  readonly secrets: string[];
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []).sort();

const sdkResources = (name: string): Map<string, SdkResource> => {
  const resources = new Map<string, SdkResource>();
  for (const file of readdirSync(sdkFolder(name)).filter((entry) => entry.endsWith(".js"))) {
    const text = readFileSync(join(sdkFolder(name), file), "utf8");
    const [, token] = /__pulumiType = '([a-z]+:index\/\w+:\w+)'/.exec(text) ?? [];
    if (token === undefined) continue;
    const construction = text.slice(text.indexOf("const args = argsOrState"));
    const [, secretList = ""] = /additionalSecretOutputs: \[([^\]]*)\]/.exec(text) ?? [];
    resources.set(token, {
      inputs: matches(construction, /resourceInputs\["(\w+)"\] = args\?/g).concat(
        matches(construction, /resourceInputs\["(\w+)"\] = pulumi\.output\(args\?/g),
      ),
      required: matches(construction, /Missing required property '(\w+)'/g),
      outputs: matches(construction, /resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g),
      secrets: matches(secretList, /"(\w+)"/g),
    });
  }
  return resources;
};

const declared = ({ properties }: ResourceDefinition): SdkResource => {
  const entries = Object.entries(properties).sort(([one], [other]) => (one < other ? -1 : 1));
  const names = (filter: (property: (typeof entries)[number][1]) => boolean): string[] =>
    entries.filter(([name, property]) => name !== "id" && filter(property)).map(([name]) => name);
  return {
    inputs: names(({ role }) => role === "input"),
    required: names((property) => property.role === "input" && property.required === true),
    outputs: names(({ role }) => role === "output"),
    secrets: names(({ secret }) => secret === true),
  };
};

const packages: [string, PackageDefinition][] = [
  ["tls", tlsPackage("1.0.0")],
  ["random", randomPackage("1.0.0")],
];

describe.each(packages)("the %s package", (name, definition) => {
  const sdk = sdkResources(name);

  test("has all resources of the SDK", () => {
    expect(definition.resources.map(({ token }) => token).sort()).toEqual([...sdk.keys()].sort());
    expect(sdk.size).toBeGreaterThanOrEqual(4);
  });

  test.each(definition.resources.map((resource) => [resource.token, resource] as const))(
    "%s has the properties of the SDK",
    (token, resource) => {
      expect(declared(resource)).toEqual(sdk.get(token));
    },
  );

  test("has all functions of the SDK, with their arguments", () => {
    for (const file of readdirSync(sdkFolder(name)).filter((entry) => /^get.*\.js$/.test(entry))) {
      const text = readFileSync(join(sdkFolder(name), file), "utf8");
      const [, token, args = ""] = /runtime\.invoke\("([^"]+)", \{([^}]*)\}/.exec(text) ?? [];
      const fn = definition.functions.find((candidate) => candidate.token === token);
      const inputs = Object.entries(fn?.properties ?? {}).filter(([, { role }]) => role === "input");
      expect(inputs.map(([input]) => input).sort()).toEqual(matches(args, /"(\w+)":/g));
    }
  });

  test("describes itself to the engine", () => {
    const schema = packageSchema(definition);
    const text = JSON.stringify(schema);
    expect(Object.keys(schema["resources"] as object)).toHaveLength(definition.resources.length);
    for (const [, reference = ""] of text.matchAll(/"\$ref":"#\/types\/([^"]+)"/g)) {
      expect(Object.keys(schema["types"] as object)).toContain(reference);
    }
  });
});
