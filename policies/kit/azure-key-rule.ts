/** Azure's services all ask for a key of the customer in words of their own; this is what they have in common. */
import { hasIdentity, ownVaultKey, versionless } from "./own-key-azure.ts";
import {
  absent,
  all,
  everywhere,
  isOneOf,
  isOneOfAnyCase,
  present,
  type Places,
  type Requirement,
} from "./requirements.ts";
import type { Rule } from "./rule.ts";
import { unknown } from "./value.ts";

export interface AzureKeyRule {
  readonly id: string;
  /** Begins a sentence: `A storage account`. */
  readonly what: string;
  readonly types: readonly string[];
  /** Where the source of keys is chosen; its name differs in case from service to service. */
  readonly source?: string;
  /** Vault URI, key URI or key identifier. */
  readonly key: Places;
  /** Name of the key, where the service asks for it apart from the vault. */
  readonly name?: string;
  /** Version of the key, which must be left out so that rotation is followed. */
  readonly version?: string;
  /** Identity that reaches the vault; false where the service has no such property. Default `identity`. */
  readonly identity?: string | false;
  /** Tiers that know customers' keys; absent where all do. */
  readonly tier?: { readonly property: string; readonly is: readonly string[] };
  readonly beside?: Requirement;
  readonly controls: readonly string[];
  readonly severity?: Rule["severity"];
  readonly concerns?: NonNullable<Rule["concerns"]>;
  readonly unsupported?: NonNullable<Rule["unsupported"]>;
  readonly example?: Rule["example"];
}

export function azureKeyRule(parts: AzureKeyRule): Rule {
  const {
    id,
    what,
    types,
    source,
    key,
    name,
    version,
    identity = "identity",
    tier,
    beside,
    controls,
  } = parts;
  const places = [key].flat().map((place) => place.replaceAll("?", ""));
  const settings = [
    ...(source === undefined ? [] : [`${source} to "Microsoft.KeyVault"`]),
    ...(name === undefined ? [] : [`${name.replaceAll("?", "")} to the key's name`]),
    `${places.join(", ")} to a key of the stack's vault, without version`,
    ...(identity === false ? [] : [`${identity} to a user-assigned identity that may use it`]),
    ...(tier === undefined ? [] : [`${tier.property} to ${tier.is.join(" or ")}`]),
  ];
  return {
    id,
    theme: "cmk-at-rest",
    description: `${what} is encrypted under a key of the customer`,
    severity: parts.severity ?? "high",
    types,
    reads: ["azure-native:keyvault:Vault", "azure-native:keyvault:Key"],
    controls: [...controls, "MCSB DP-5", "NIST SP 800-53 SC-28(1)", "NIST SP 800-53 SC-12"],
    why: "Without it Microsoft's own key opens the data: the customer can neither rotate it nor take it away.",
    fix: `set ${settings.join(", ")}`,
    ...(parts.concerns === undefined ? {} : { concerns: parts.concerns }),
    ...(parts.unsupported === undefined ? {} : { unsupported: parts.unsupported }),
    check: all(
      ...(source === undefined ? [] : [isOneOfAnyCase(source, ["Microsoft.KeyVault"])]),
      ...(name === undefined ? [] : [present(name)]),
      hasVaultKey(key),
      // What is computed from a vault is told by the check above; whether it has a version shows when it is known.
      everywhere(key, (view, path, context) =>
        view.value(path) === unknown ? ownVaultKey(view, context, path) : versionless(view, path),
      ),
      ...(version === undefined ? [] : [absent(version)]),
      ...(identity === false ? [] : [hasOwnIdentity(identity)]),
      ...(tier === undefined ? [] : [isOneOf(tier.property, tier.is)]),
      ...(beside === undefined ? [] : [beside]),
    ),
    example: parts.example ?? {
      violation: source === undefined ? `no ${places[0] ?? "key"}` : `${source}: "Microsoft.Storage"`,
      fixed: `${places[0] ?? "key"}: vault.properties.vaultUri`,
    },
  };
}

export const hasVaultKey = (places: Places): Requirement =>
  everywhere(places, (view, path, context) => ownVaultKey(view, context, path));

export const hasOwnIdentity = (places: Places): Requirement =>
  everywhere(places, (view, path) => hasIdentity(view, path));
