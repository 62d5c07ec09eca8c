/** SageMaker's containers speak TLS with each other. */
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const awsSagemakerTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-sagemaker-require-tls-between-containers",
    description: "Containers of a monitoring job talk to each other under TLS",
    severity: "medium",
    types: ["aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"],
    controls: ["CKV_AWS_369", "sagemaker_training_jobs_intercontainer_encryption_enabled"],
    fix: "set networkConfig.enableInterContainerTrafficEncryption to true",
    check: isTrue("networkConfig.enableInterContainerTrafficEncryption"),
    example: {
      violation: "no networkConfig",
      fixed: "networkConfig: { enableInterContainerTrafficEncryption: true }",
    },
  }),
];
