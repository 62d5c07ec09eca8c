/** Gives an Azure resource its id and what else follows from its name and kind. */

import { uuidOf } from "../cloud/identity.ts";
import type { Identity, NewResource } from "../cloud/rules.ts";
import { kindOf } from "../cloud/sdk/tokens.ts";
import { filled, textsOf } from "../cloud/templates.ts";
import { addressTemplates } from "./addresses.ts";
import { pathOf } from "./paths.ts";
import type { Subscription } from "./subscription.ts";

export const identify = ({ urn, schema, inputs }: NewResource, subscription: Subscription): Identity => {
  const { template } = pathOf(schema);
  const known: Record<string, string> = {
    ...subscription.hosts,
    location: subscription.location ?? "",
    ...textsOf(inputs),
    subscriptionId: subscription.id,
  };
  // A scope is an id itself and begins with a slash of its own.
  const id = filled(template, known, urn).replace(/^\/+/, "/");
  known["own"] = id.slice(id.lastIndexOf("/") + 1);
  const seed = id.toLowerCase();
  const addresses = Object.entries(addressTemplates[kindOf(schema.token)] ?? {});
  return {
    id,
    outputs: {
      name: known["own"],
      type: typeOf(id),
      ...(schema.apiVersion === undefined ? {} : { azureApiVersion: schema.apiVersion }),
      ...(known["location"] === "" ? {} : { location: known["location"] }),
      "identity.principalId": uuidOf(seed, "principal"),
      ...Object.fromEntries(addresses.map(([path, address]) => [path, filled(address, known, seed)])),
    },
  };
};

/** `…/providers/Microsoft.Storage/storageAccounts/a/blobServices/default` to its type. */
const typeOf = (id: string): string => {
  const [, path] = /.*\/providers\/(.+)$/.exec(id) ?? [];
  if (path === undefined) return "Microsoft.Resources/resourceGroups";
  const [namespace = "", ...rest] = path.split("/");
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
};

/** Values that Azure gives the same in all resources; see `plausibleValue` for all others. */
export const madeUp = (path: string, subscription: Subscription): unknown => {
  if (/(?:^|\.)tenantId$/.test(path)) return subscription.tenantId;
  if (/(?:^|\.)subscriptionId$/.test(path)) return subscription.id;
  return /(?:^|\.)provisioningState$/.test(path) ? "Succeeded" : undefined;
};
