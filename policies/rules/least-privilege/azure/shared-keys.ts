/** No service takes shared keys. */
import { holds } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { keyed } from "./support/keyed-services.ts";

export const azureSharedKeysPrivilegeRules: readonly Rule[] = [
  ...keyed.map(({ service, types, property, off, controls }): Rule => ({
    id: `azure-${service}-forbid-shared-keys`,
    theme: "least-privilege",
    description: "Nobody gets in by a shared key",
    severity: "high",
    types,
    controls: [...controls, "MCSB IM-1", "NIST SP 800-53 IA-2"],
    why: "A shared key names nobody, opens everything, and lives until somebody changes it.",
    fix: `set ${property} to ${String(off)} and give roles to identities`,
    check: holds(property, (value) => value === off, String(off)),
    example: { violation: `${property}: ${String(!off)}`, fixed: `${property}: ${String(off)}` },
  })),
];
