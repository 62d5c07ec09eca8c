/** Keys' policies of Fieldlake bind every use. */
import { type DocumentPlaces, everyDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { looseKey } from "./support/loose-key.ts";

/** Whose policies also let their own account in by other ways: keys. */
const keyPlaces: DocumentPlaces = {
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:kms/replicaKey:ReplicaKey": "policy",
};

export const awsKeyPoliciesPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-kms-bind-use",
    theme: "least-privilege",
    description: "Keys of Fieldlake are used through named services, for what they are for",
    severity: "high",
    types: Object.keys(keyPlaces),
    controls: ["KMS.1", "NIST SP 800-53 AC-6", "NIST SP 800-53 SC-12"],
    why: "A key that its whole account may use directly protects nothing from a stolen role.",
    fix: "bind statements of use by kms:CallerAccount, kms:ViaService and kms:EncryptionContext:…, and grants by kms:GrantIsForAWSResource",
    concerns: (view, context) => context.isOurs(view.resource),
    check: (view) => everyDocument(view, keyPlaces, looseKey, "bound statements"),
    example: {
      violation: 'Action: "kms:Decrypt", Principal: { AWS: root }',
      fixed:
        'Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com", "kms:CallerAccount": account } }',
    },
  },
];
