/** SageMaker: notebooks, endpoints and features lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

export const awsSagemakerKeyRules: readonly Rule[] = [
  {
    ...awsKeyRule({
      id: "aws-sagemaker-require-customer-key",
      what: "Every disk, capture and feature of SageMaker",
      types: ["aws:sagemaker/domain:Domain", "aws:sagemaker/notebookInstance:NotebookInstance"],
      property: "kmsKeyId",
      controls: ["CKV_AWS_22", "CKV_AWS_187"],
      platformDefault: "notebooks and home folders lie under the key that AWS manages for SageMaker",
    }),
  },
  awsKeyRule({
    id: "aws-sagemaker-require-customer-key-on-endpoints",
    what: "An inference endpoint, with what it captures,",
    types: ["aws:sagemaker/endpointConfiguration:EndpointConfiguration"],
    property: ["kmsKeyArn", "dataCaptureConfig?.kmsKeyId", "asyncInferenceConfig?.outputConfig.kmsKeyId"],
    controls: ["CKV_AWS_98"],
    platformDefault: "disks and captured requests lie under keys of the services",
  }),
  awsKeyRule({
    id: "aws-sagemaker-require-customer-key-on-jobs",
    what: "A monitoring job, its disk and its reports,",
    types: ["aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"],
    property: ["dataQualityJobOutputConfig.kmsKeyId", "jobResources.clusterConfig.volumeKmsKeyId"],
    controls: ["CKV_AWS_367", "CKV_AWS_368"],
    platformDefault: "disks and reports lie under keys of the services",
  }),
  awsKeyRule({
    id: "aws-sagemaker-require-customer-key-on-features",
    what: "A feature group",
    types: ["aws:sagemaker/featureGroup:FeatureGroup"],
    property: ["onlineStoreConfig?.securityConfig.kmsKeyId", "offlineStoreConfig?.s3StorageConfig.kmsKeyId"],
    controls: [],
    platformDefault: "features lie under the key that AWS manages for SageMaker",
    concerns: (group) =>
      !isNothing(group.value("onlineStoreConfig")) || !isNothing(group.value("offlineStoreConfig")),
  }),
];
