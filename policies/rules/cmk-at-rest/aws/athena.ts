/** Athena: query results and databases lie under the customer's key, whatever a client asks. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, either, hasOwnKey, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const result = "configuration.resultConfiguration.encryptionConfiguration";

export const awsAthenaKeyRules: readonly Rule[] = [
  {
    ...awsKeyRule({
      id: "aws-athena-require-customer-key",
      what: "Every query result",
      types: ["aws:athena/workgroup:Workgroup"],
      property: `${result}.kmsKeyArn`,
      controls: ["CKV_AWS_159", "AWS-0006"],
      platformDefault: "results, which are copies of data, lie under S3's own key",
      besideFix: `${result}.encryptionOption to "SSE_KMS" and`,
      example: {
        violation: 'encryptionOption: "SSE_S3"',
        fixed: 'encryptionOption: "SSE_KMS", kmsKeyArn: key.arn',
      },
    }),
    check: either(
      all(isOneOf(`${result}.encryptionOption`, ["SSE_KMS", "CSE_KMS"]), hasOwnKey(`${result}.kmsKeyArn`)),
      all(
        isTrue("configuration.managedQueryResultsConfiguration.enabled"),
        hasOwnKey("configuration.managedQueryResultsConfiguration.encryptionConfiguration.kmsKey"),
      ),
    ),
  },
  {
    id: "aws-athena-forbid-weaker-clients",
    theme: "cmk-at-rest",
    description: "No client can have query results under another key, or none",
    severity: "medium",
    types: ["aws:athena/workgroup:Workgroup"],
    controls: ["CKV_AWS_82", "AWS-0007", "NIST SP 800-53 SC-28(1)"],
    why: "A client's own settings win unless the workgroup enforces its own.",
    fix: "leave configuration.enforceWorkgroupConfiguration true, or set configuration.enableMinimumEncryptionConfiguration to true",
    check: either(
      isTrue("configuration.enforceWorkgroupConfiguration"),
      isTrue("configuration.enableMinimumEncryptionConfiguration"),
    ),
    example: {
      violation: "enforceWorkgroupConfiguration: false",
      fixed: "enforceWorkgroupConfiguration: true",
    },
  },
  awsKeyRule({
    id: "aws-athena-require-customer-key-on-databases",
    what: "An Athena database",
    types: ["aws:athena/database:Database"],
    property: "encryptionConfiguration.kmsKey",
    controls: ["CKV_AWS_77"],
    platformDefault: "the results of its statements lie under S3's own key",
    beside: isOneOf("encryptionConfiguration.encryptionOption", ["SSE_KMS", "CSE_KMS"]),
    besideFix: 'encryptionConfiguration.encryptionOption to "SSE_KMS" and',
  }),
];
