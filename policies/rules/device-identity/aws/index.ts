/** Who a device is, AWS: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { awsAuthoritiesIdentityRules } from "./authorities.ts";
import { awsCertificateProviderIdentityRules } from "./certificate-provider.ts";
import { awsCheckedDomainIdentityRules } from "./checked-domain.ts";
import { awsCredentialsIdentityRules } from "./credentials.ts";
import { awsDomainIdentityRules } from "./domain.ts";
import { awsPolicyIdentityRules } from "./policy.ts";
import { awsRepublishIdentityRules } from "./republish.ts";
import { awsTemplateIdentityRules } from "./template.ts";
import { awsThingsIdentityRules } from "./things.ts";
import { awsMutualTlsIdentityRules } from "./mutual-tls.ts";

export const awsIdentityRules: readonly Rule[] = [
  ...awsPolicyIdentityRules,
  ...awsCredentialsIdentityRules,
  ...awsDomainIdentityRules,
  ...awsCheckedDomainIdentityRules,
  ...awsCertificateProviderIdentityRules,
  ...awsAuthoritiesIdentityRules,
  ...awsTemplateIdentityRules,
  ...awsRepublishIdentityRules,
  ...awsThingsIdentityRules,
  ...awsMutualTlsIdentityRules,
];
