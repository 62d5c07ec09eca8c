/** "Own key" on Azure: Key Vault as the source, a key of the stack or of an owner the customer named, and an identity that reaches it. */
import type { Context } from "./context.ts";
import { matches } from "./settings.ts";
import { isAbsent, isArray, isObject, sealed, shown, unknown, type Value } from "./value.ts";
import { fail, pass, undetermined, type Check } from "./verdict.ts";
import { isFrozen, type View } from "./view.ts";

export const vaultKeyTypes = [
  "azure-native:keyvault:Key",
  "azure-native:keyvault:Vault",
  "azure-native:keyvault:ManagedHsm",
];

const allowed = "a key of an azure-native.keyvault.Vault of this stack, or of a vault of allowedKeyOwners";

/** The property holds a vault's URI or a key's identifier, without a version: a version would stop rotation. */
export function ownVaultKey(view: View, context: Context, path: string): Check {
  const value = view.value(path);
  const property = view.path(path);
  if (value === sealed) return undetermined(property, "a secret");
  if (value === unknown && !isFrozen(view.resource, property)) {
    const found = context.graph.behind(view.resource, view.topLevel(path), vaultKeyTypes);
    return found.length > 0
      ? pass(property, `from ${found.map(({ name }) => name).join(", ")}`)
      : undetermined(property);
  }
  const look = view.test(path, (text) => typeof text === "string" && /^https:\/\//i.test(text), allowed);
  if (look.outcome !== "pass" || typeof value !== "string") return look;
  const vault = vaultOf(value);
  const isOwn = context.graph.ofTypes(vaultKeyTypes).some((resource) => {
    const uris = [
      resource.outputs["vaultUri"],
      resource.outputs["keyUri"],
      valueIn(resource.outputs["properties"], "vaultUri"),
      valueIn(resource.outputs["properties"], "hsmUri"),
      nameUri(resource.inputs["vaultName"]),
    ];
    return uris.some((uri) => typeof uri === "string" && vaultOf(uri) === vault);
  });
  return isOwn || isOfAllowedOwner(value, context)
    ? pass(property, shown(value))
    : fail(property, `${shown(value)}, which no vault of this stack is`, allowed);
}

/** Whether `allowedKeyOwners` has the vault. @param identifier of a vault or key, `https://…` */
function isOfAllowedOwner(identifier: string, { settings }: Context): boolean {
  const vault = vaultOf(identifier);
  return settings.allowedKeyOwners.some(
    (owner) => matches(owner, identifier) || matches(owner, vault) || matches(owner, `${vault}/`),
  );
}

const keyId =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+)\/keys\/([^/]+)$/i;
/** Endings of vaults' names in Azure's clouds. */
const vaultHosts = ["vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"];

/** Whether a resource id is a key's whose vault `allowedKeyOwners` has: where a right on it may be given. */
export function isAllowedKeyId(id: string, context: Context): boolean {
  const [, vault, key] = keyId.exec(id) ?? [];
  return (
    vault !== undefined &&
    vaultHosts.some((host) => isOfAllowedOwner(`https://${vault}.${host}/keys/${key}`, context))
  );
}

/** A key identifier that follows rotation. */
export function versionless(view: View, path: string): Check {
  return view.test(
    path,
    (value) => isAbsent(value) || (typeof value === "string" && !/\/keys\/[^/]+\/[0-9a-f]{16,}/i.test(value)),
    "an identifier without a version",
  );
}

/** A managed identity of its own, so that the vault can let it in. */
export function hasIdentity(view: View, path = "identity"): Check {
  const value = view.value(path);
  const property = view.path(path);
  if (isFrozen(view.resource, property)) return view.test(path, () => false);
  if (value === unknown) return undetermined(property);
  const type = isObject(value) ? value["type"] : undefined;
  if (type === unknown) return undetermined(`${property}.type`);
  const assigned = isObject(value) ? value["userAssignedIdentities"] : undefined;
  const isNamed = typeof type !== "string" || !/UserAssigned/i.test(type) || namesOne(assigned);
  const isThere = typeof type === "string" && type !== "" && type.toLowerCase() !== "none" && isNamed;
  return isThere
    ? pass(property, shown(type))
    : fail(property, shown(value), "a user-assigned or system-assigned identity");
}

/** A list of ids, or a map by id. */
const namesOne = (assigned: Value): boolean =>
  assigned === unknown ||
  (isArray(assigned)
    ? assigned.some((one) => !isAbsent(one))
    : isObject(assigned) && Object.keys(assigned).some((id) => id !== ""));

function vaultOf(uri: string): string {
  return /^https:\/\/[^/]+/i.exec(uri)?.[0]?.toLowerCase() ?? uri.toLowerCase();
}

const nameUri = (name: Value): string | undefined =>
  typeof name === "string" ? `https://${name}.vault.azure.net` : undefined;

function valueIn(value: Value, key: string): Value {
  return isObject(value) && !isArray(value) ? value[key] : undefined;
}
