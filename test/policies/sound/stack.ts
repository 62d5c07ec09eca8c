/**
 * Well-configured stacks, written as an architect would and not after the rules: references are named once and seen both
 * ways, as after an update (known) and as at a first preview (unknown, with what they are computed from).
 */
import { notKnownYet, resource, type Written } from "../support/stack.ts";

/** A reference to another resource's output, within any text. */
export const ref = (name: string, output = "arn"): string => `<<${name}.${output}>>`;

export interface Sound {
  readonly token: string;
  readonly name: string;
  readonly inputs: object;
  /** Outputs that the provider gives; `arn` and `id` are made up where they are not here. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export const sound = (
  token: string,
  name: string,
  inputs: object,
  outputs: Readonly<Record<string, unknown>> = {},
): Sound => ({ token, name, inputs, outputs });

const account = "123456789012";
const group = "/subscriptions/0b8d18bd-8525-4a76-b07f-4d4c8e749af6/resourceGroups/plant/providers";
const reference = /<<([\w-]+)\.([\w.]+)>>/g;

export function known(stack: readonly Sound[]): readonly Written[] {
  const outputs = new Map(stack.map((one) => [one.name, outputsOf(one)]));
  const resolve = (text: string): string =>
    text.replace(reference, (_, name: string, output: string) => {
      const value = output
        .split(".")
        .reduce<unknown>(
          (from, step) => (from as Record<string, unknown> | undefined)?.[step],
          outputs.get(name),
        );
      if (typeof value !== "string") throw new Error(`${name} has no output ${output}`);
      return value;
    });
  return stack.map((one) =>
    resource(one.token, inTexts(one.inputs, resolve) as object, {
      name: one.name,
      outputs: inTexts(outputsOf(one), resolve) as object,
      from: sources(one),
    }),
  );
}

export function atPreview(stack: readonly Sound[]): readonly Written[] {
  const hide = (text: string): string => (new RegExp(reference).test(text) ? notKnownYet : text);
  return stack.map((one) =>
    resource(one.token, inTexts(one.inputs, hide) as object, {
      name: one.name,
      outputs: {},
      from: sources(one),
    }),
  );
}

/** Names of the resources that each top-level property is computed from. */
function sources({ inputs }: Sound): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([property, value]) => [
      property,
      [...new Set([...JSON.stringify(value).matchAll(reference)].map(([, name = ""]) => name))],
    ]),
  );
}

function outputsOf({ token, name, inputs, outputs = {} }: Sound): Readonly<Record<string, unknown>> {
  const [provider, module = ""] = token.split(":");
  if (provider !== "aws") return { id: `${group}/Microsoft.${module}/${name}`, name, ...inputs, ...outputs };
  const service = module.split("/")[0] ?? "";
  const arns: Readonly<Record<string, string>> = {
    s3: `arn:aws:s3:::${name}`,
    kms: `arn:aws:kms:eu-central-1:${account}:key/${name}`,
    iam: `arn:aws:iam::${account}:role/${name}`,
    sqs: `arn:aws:sqs:eu-central-1:${account}:${name}`,
    sns: `arn:aws:sns:eu-central-1:${account}:${name}`,
  };
  return {
    arn: arns[service] ?? `arn:aws:${service}:eu-central-1:${account}:${module.split("/")[1]}/${name}`,
    id: name,
    name,
    ...outputs,
  };
}

function inTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => inTexts(one, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [
      change(key) === notKnownYet ? key : change(key),
      inTexts(below, change),
    ]),
  );
}

/** A policy document as text. */
export const json = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
