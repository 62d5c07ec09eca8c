/** Authorities of the provisioning service have proved that they have their key. */
import { hasCompanion, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const certificate = "azure-native:deviceprovisioningservices:DpsCertificate";
const identity = ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"];

export const azureDpsIdentityRules: readonly Rule[] = [
  {
    id: "azure-dps-require-verified-authority",
    theme: "device-identity",
    description: "An authority of devices is registered by who has its key",
    severity: "high",
    types: [certificate],
    controls: identity,
    why: "Devices of an authority that somebody else controls would be let in.",
    fix: "set properties.isVerified to true after proof of possession",
    check: isTrue("properties.isVerified"),
    example: { violation: "isVerified: false", fixed: "isVerified: true" },
  },
  {
    id: "azure-dps-require-authority",
    theme: "device-identity",
    description: "A provisioning service knows devices by certificates of an authority",
    severity: "high",
    types: ["azure-native:deviceprovisioningservices:IotDpsResource"],
    reads: [certificate],
    controls: identity,
    why: "Without one devices prove themselves by symmetric keys, of which a group has one for all its devices.",
    fix: "add an azure-native.deviceprovisioningservices.DpsCertificate whose provisioningServiceName is the service's",
    check: hasCompanion([certificate], "provisioningServiceName", "a DpsCertificate"),
    example: {
      violation: "no DpsCertificate",
      fixed: "provisioningServiceName: dps.name, properties: { isVerified: true, certificate }",
    },
  },
];
