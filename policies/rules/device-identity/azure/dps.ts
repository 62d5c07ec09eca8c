/** Authorities of the provisioning service have proved that they have their key. */
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const identity = ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"];

export const azureDpsIdentityRules: readonly Rule[] = [
  {
    id: "azure-dps-require-verified-authority",
    theme: "device-identity",
    description: "An authority of devices is registered by who has its key",
    severity: "high",
    types: ["azure-native:deviceprovisioningservices:DpsCertificate"],
    controls: identity,
    why: "Devices of an authority that somebody else controls would be let in.",
    fix: "set properties.isVerified to true after proof of possession",
    check: isTrue("properties.isVerified"),
    example: { violation: "isVerified: false", fixed: "isVerified: true" },
  },
];
