/** Tags that the provider adds to those of the program (pulumi/pulumi-aws, provider/tags.go). */

import type { ResourceSchema } from "../cloud/sdk/schema.ts";
import type { WireMap } from "../shared/values.ts";
import { isWireMap, isWireSecret, isWireUnknown, unknownSentinel, wireSecret } from "../shared/values.ts";
import type { Account } from "./account.ts";

/** Inputs with `tagsAll`: the default tags, overruled by the resource's own, without the ignored ones. */
export const withAllTags = (schema: ResourceSchema, inputs: WireMap, account: Account): WireMap => {
  if (!("tags" in schema.inputs) || !("tagsAll" in schema.outputs)) return inputs;
  const tags = inputs["tags"] ?? {};
  if (isWireUnknown(tags)) return { ...inputs, tagsAll: unknownSentinel };
  if (isWireSecret(tags)) return { ...inputs, tagsAll: wireSecret(merged(tags.value, account)) };
  return { ...inputs, tagsAll: merged(tags, account) };
};

const merged = (tags: unknown, { defaultTags, ignoredTags }: Account): unknown => {
  if (!isWireMap(tags)) return unknownSentinel;
  const all = Object.entries({ ...defaultTags, ...tags });
  return Object.fromEntries(
    all.filter(
      ([key]) =>
        !ignoredTags.keys.includes(key) && !ignoredTags.prefixes.some((prefix) => key.startsWith(prefix)),
    ),
  );
};
