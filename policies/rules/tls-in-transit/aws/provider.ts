/** The AWS provider checks certificates. */
import { notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const awsProviderTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-provider-check-certificates",
    description: "The provider itself checks whom it talks to",
    types: ["pulumi:providers:aws"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "leave insecure false",
    check: notTrue("insecure"),
    example: { violation: "insecure: true", fixed: "insecure: false" },
  }),
];
