/** What Glue runs takes a security configuration, or is said to know none. */
import { present, refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsGlueJobsKeyRules: readonly Rule[] = [
  {
    id: "aws-glue-require-security-configuration",
    theme: "cmk-at-rest",
    description: "Every Glue job, crawler and endpoint runs under a security configuration of the stack",
    severity: "high",
    types: ["aws:glue/job:Job", "aws:glue/crawler:Crawler", "aws:glue/devEndpoint:DevEndpoint"],
    reads: ["aws:glue/securityConfiguration:SecurityConfiguration"],
    controls: ["CKV_AWS_195", "NIST SP 800-53 SC-28(1)"],
    why: "Without one, output, logs and bookmarks lie under keys of the services or under none.",
    fix: "set securityConfiguration to the name of an aws.glue.SecurityConfiguration of the stack",
    check: refersTo(
      "securityConfiguration",
      ["aws:glue/securityConfiguration:SecurityConfiguration"],
      "an aws.glue.SecurityConfiguration of this stack",
    ),
    example: {
      violation: "new aws.glue.Job(name, { roleArn, command })",
      fixed: "securityConfiguration: encrypted.name",
    },
  },
  {
    id: "aws-glue-require-customer-key-on-transforms",
    theme: "cmk-at-rest",
    description: "No Glue ML transform keeps what it learnt under a key of the service",
    severity: "medium",
    types: ["aws:glue/mLTransform:MLTransform"],
    controls: ["Glue.3", "NIST SP 800-53 SC-28(1)"],
    why: "What it learnt is made of the data.",
    fix: "use a Glue job under a security configuration instead",
    unsupported: () => ({
      reason: "the provider has no property for the key of an ML transform",
      compensatingControl: "its inputs and outputs lie in buckets that the bucket rules judge",
    }),
    check: present("transformEncryption"),
    example: {
      violation: "new aws.glue.MLTransform(…)",
      fixed: "new aws.glue.Job(name, { securityConfiguration })",
    },
  },
];
