/** TLS in transit, AWS: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { awsApigatewayTlsRules } from "./apigateway.ts";
import { awsBatchTlsRules } from "./batch.ts";
import { awsCloudfrontTlsRules } from "./cloudfront.ts";
import { awsEcsTlsRules } from "./ecs.ts";
import { awsElasticacheTlsRules } from "./elasticache.ts";
import { awsEventsTlsRules } from "./events.ts";
import { awsFirehoseTlsRules } from "./firehose.ts";
import { awsGlueTlsRules } from "./glue.ts";
import { awsIotTlsRules } from "./iot.ts";
import { awsIotDomainTlsRules } from "./iot-domain.ts";
import { awsLbTlsRules } from "./lb.ts";
import { awsMskTlsRules } from "./msk.ts";
import { awsOpensearchTlsRules } from "./opensearch.ts";
import { awsProviderTlsRules } from "./provider.ts";
import { awsS3OldTlsTlsRules } from "./s3-old-tls.ts";
import { awsSagemakerTlsRules } from "./sagemaker.ts";
import { awsSnsTlsRules } from "./sns.ts";
import { awsStorePoliciesTlsRules } from "./store-policies.ts";

export const awsTlsRules: readonly Rule[] = [
  ...awsIotDomainTlsRules,
  ...awsCloudfrontTlsRules,
  ...awsApigatewayTlsRules,
  ...awsLbTlsRules,
  ...awsProviderTlsRules,
  ...awsOpensearchTlsRules,
  ...awsElasticacheTlsRules,
  ...awsEcsTlsRules,
  ...awsStorePoliciesTlsRules,
  ...awsS3OldTlsTlsRules,
  ...awsIotTlsRules,
  ...awsMskTlsRules,
  ...awsFirehoseTlsRules,
  ...awsSnsTlsRules,
  ...awsGlueTlsRules,
  ...awsEventsTlsRules,
  ...awsSagemakerTlsRules,
  ...awsBatchTlsRules,
];
