/** Fieldlake's own storage accounts stay as tight as they are made. */
import { all, isOneOf, isTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const account = "azure-native:storage:StorageAccount";
const eachService = (property: string): string[] =>
  ["blob", "file", "queue", "table"].map((service) => `encryption.services.${service}.${property}`);

export const azureStorageTightProtectionRules: readonly Rule[] = [
  {
    id: "azure-storage-keep-tight",
    theme: "least-privilege",
    description: "Accounts of Fieldlake copy within the tenant only, and take no long-lived signatures",
    severity: "low",
    types: [account],
    controls: ["Azure.Storage.DefaultToOAuth", "MCSB IM-1", "MCSB DP-2"],
    why: "A signature that never ends is a key that names nobody.",
    fix: 'set defaultToOAuthAuthentication to true, allowedCopyScope to "AAD" or "PrivateLink", and sasPolicy with expirationAction "Block"',
    concerns: isOurs,
    check: all(
      isTrue("defaultToOAuthAuthentication"),
      isOneOf("allowedCopyScope", ["AAD", "PrivateLink"]),
      isOneOf("sasPolicy.expirationAction", ["Block"]),
      present("sasPolicy.sasExpirationPeriod"),
      isOneOf(eachService("keyType"), ["Account"]),
      isTrue(eachService("enabled")),
    ),
    example: {
      violation: "no sasPolicy",
      fixed: 'sasPolicy: { expirationAction: "Block", sasExpirationPeriod: "00.01:00:00" }',
    },
  },
];
