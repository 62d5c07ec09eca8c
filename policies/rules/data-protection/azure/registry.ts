/** No registry gives images to anybody. */
import { notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureRegistryProtectionRules: readonly Rule[] = [
  {
    id: "azure-registry-forbid-anonymous",
    theme: "data-protection",
    description: "Images are for identities only",
    severity: "high",
    types: ["azure-native:containerregistry:Registry"],
    controls: ["CKV_AZURE_137", "CKV_AZURE_138", "AZU-0036"],
    why: "The admin user is a shared password; anonymous pull shows what runs.",
    fix: "leave adminUserEnabled and anonymousPullEnabled false",
    check: notTrue(["adminUserEnabled", "anonymousPullEnabled"]),
    example: { violation: "adminUserEnabled: true", fixed: "adminUserEnabled: false" },
  },
];
