/** Azure resources that tests of many rules need. */
import { notKnownYet, resource, type Written } from "./stack.ts";
import { set, without } from "./weakened.ts";
import type { Cases, Stack } from "./cases.ts";

export const vaultUri = "https://mine.vault.azure.net/";
export const keyUri = "https://mine.vault.azure.net/keys/data";
export const vault = (): Written =>
  resource(
    "azure-native:keyvault:Vault",
    { vaultName: "mine" },
    { name: "vault", outputs: { properties: { vaultUri } } },
  );
export const identity = { type: "UserAssigned", userAssignedIdentities: ["/subscriptions/s/identities/i"] };

/** Ways to name a key that are not the customer's: absent, empty, of somebody, over plain HTTP. */
const foreign = (value: string): readonly unknown[] => [
  "",
  value.replace("mine.", "theirs."),
  value.replace("https", "http"),
];

export interface AzureKey {
  readonly token: string;
  readonly inputs: object;
  /** Paths of vault URIs or key URIs. */
  readonly keys: readonly string[];
  /** Wrong values of what stands beside, by path; absence is wrong as well. */
  readonly weak?: Readonly<Record<string, readonly unknown[]>>;
  /** Path of the key's version, which must be left out. */
  readonly version?: string;
}

export function azureKeyed({ token, inputs, keys, weak = {}, version }: AzureKey): Cases {
  const stack = (changed: object, from: Readonly<Record<string, readonly string[]>> = {}): Stack => [
    vault(),
    resource(token, changed, { from, name: "subject" }),
  ];
  const valueOf = (path: string): string =>
    JSON.stringify(at(inputs, path)).includes("/keys/") ? keyUri : vaultUri;
  return {
    compliant: [
      stack(inputs),
      ...keys.map((path) =>
        stack(set(inputs, path, notKnownYet), { [path.split(/[.[]/)[0] ?? ""]: ["vault"] }),
      ),
    ],
    violating: [
      ...keys.flatMap((path) => foreign(valueOf(path)).map((value) => stack(set(inputs, path, value)))),
      ...Object.entries(weak).flatMap(([path, values]) =>
        values.map((value) => stack(set(inputs, path, value))),
      ),
      ...(version === undefined ? [] : [stack(set(inputs, version, "0123456789abcdef0123456789abcdef"))]),
    ],
    absent: [...keys, ...Object.keys(weak)].map((path) => stack(without(inputs, path))),
    unknown: keys.map((path) => stack(set(inputs, path, notKnownYet))),
  };
}

function at(inputs: object, path: string): unknown {
  return (path.match(/[^.[\]]+/g) ?? []).reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    inputs,
  );
}
