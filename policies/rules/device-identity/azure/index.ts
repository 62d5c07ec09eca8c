/** Who a device is, Azure: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { azureAppsIdentityRules } from "./apps.ts";
import { azureDigitaltwinsIdentityRules } from "./digitaltwins.ts";
import { azureDpsIdentityRules } from "./dps.ts";
import { azureEventgridCertificatesIdentityRules } from "./eventgrid-certificates.ts";
import { azureEventgridKeysIdentityRules } from "./eventgrid-keys.ts";
import { azureEventgridTopicsIdentityRules } from "./eventgrid-topics.ts";
import { azureIothubIdentityRules } from "./iothub.ts";

export const azureIdentityRules: readonly Rule[] = [
  ...azureEventgridTopicsIdentityRules,
  ...azureEventgridCertificatesIdentityRules,
  ...azureEventgridKeysIdentityRules,
  ...azureIothubIdentityRules,
  ...azureDpsIdentityRules,
  ...azureDigitaltwinsIdentityRules,
  ...azureAppsIdentityRules,
];
