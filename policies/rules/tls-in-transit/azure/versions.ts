/** No service speaks old TLS. */
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasAzureTls } from "../../../kit/tls-versions.ts";
import { versions } from "./support/versions.ts";

const versionRule = ({ service, what, types, property, controls, spelt }: (typeof versions)[number]): Rule =>
  tlsRule({
    id: `azure-${service}-require-tls-version`,
    description: `${what} takes connections under TLS 1.2 or later only`,
    types,
    controls: [...controls, "MCSB DP-3", "NIST SP 800-52"],
    fix: `set ${property} to "${spelt}"`,
    check: hasAzureTls(property),
    example: { violation: `no ${property}`, fixed: `${property}: "${spelt}"` },
  });

export const azureVersionsTlsRules: readonly Rule[] = [...versions.map(versionRule)];
