/** Data Factory connects over TLS. */
import { all, holds, notLike } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent, isObject } from "../../../kit/value.ts";

export const azureDatafactoryTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-datafactory-require-tls",
    description: "A data factory reaches sources and sinks under TLS, and keeps their passwords in a vault",
    types: ["azure-native:datafactory:LinkedService"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "use https:// addresses, encrypt=true in connection strings, and passwords of type AzureKeyVaultSecret",
    check: all(
      notLike("properties.url", /^http:/i, "an https:// address"),
      notLike("properties.connectionString", /encrypt\s*=\s*(false|no|optional)/i, "encrypt=true"),
      notLike(
        "properties.connectionString",
        /(password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]/i,
        "no password",
      ),
      holds(
        "properties.password",
        (value) => isAbsent(value) || (isObject(value) && value["type"] === "AzureKeyVaultSecret"),
        "an AzureKeyVaultSecret",
      ),
    ),
    example: {
      violation: 'connectionString: "…;Encrypt=false"',
      fixed: 'connectionString: "…;Encrypt=true", password: { type: "AzureKeyVaultSecret", … }',
    },
  }),
];
