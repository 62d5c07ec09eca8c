/** Changes of AWS resources that are not ours which make nothing weaker, each with its reason. */
import { left, type Reason } from "./reason.ts";

export const harmlessOnOthersAws: readonly Reason[] = [
  {
    because: "in a key's own policy all actions are those of keys, and the account has them all",
    types: /^aws:kms\/key:/,
    path: /^policy$/,
    how: /^Administration: (Action \*|Action list with kms:\*|NotAction)$/,
  },
  {
    because: "settings of a whole region: another stack may have them",
    types: /(dataCatalogEncryptionSettings|iot\/loggingOptions)/,
    path: /^$/,
  },
  { because: "a device without a policy may do nothing", types: /^aws:iot\/policy:/, path: /^$/ },
  {
    because: "asked of Fieldlake's own roles only: roles are passed within an account, keys are used by name",
    types: /^aws:iam\/role(Policy)?:/,
    path: /olicy$/,
    how: /no (Condition|aws:SourceAccount|kms:ViaService)$/,
  },
  {
    because: "aws:SourceArn names one resource, for which its own service alone speaks",
    types: /^aws:s(qs|ns)\//,
    path: /^policy$/,
    how: /Principal/,
    beside: ({ policy }) => JSON.stringify(policy).includes("aws:SourceArn"),
  },
  {
    because: "the other of the two binds the call as well",
    types: /^aws:lambda\/permission:/,
    path: /^source(Arn|Account)$/,
    beside: (inputs) => [inputs["sourceArn"], inputs["sourceAccount"]].some(Boolean),
  },
  { because: "AWS refuses more than 12 hours", types: /^aws:iam\/role:/, path: /^maxSessionDuration$/ },
  {
    because: "AWS's own default is an hour",
    types: /^aws:iot\/roleAlias:/,
    path: /^credentialDuration$/,
    how: left,
  },
  {
    because: "kept for ever where nothing is said",
    types: /^aws:cloudwatch\/logGroup:/,
    path: /^retentionInDays$/,
    how: /^(0|absent)$/,
  },
  {
    because: "a stream or queue is no archive: how long it keeps is asked where it is the only copy",
    types: /^aws:(kinesis|sqs)\//,
    path: /retention/i,
  },
  {
    because: "what can't be delivered is lost, not open; where it goes is judged where it is said",
    path: /(deadLetterConfig|redrivePolicy)$/,
    how: left,
  },
  {
    because: "delivery to another account is a decision, which the other account must accept too",
    types: /^aws:(cloudwatch\/eventTarget|scheduler\/schedule|sns\/topicSubscription|kinesis\/firehose)/,
    path: /(^|\.)(arn|endpoint|topic|kinesisStreamArn)$/,
    how: /999999999999/,
  },
  {
    because: "AWS refuses what has no target",
    types: /^aws:(scheduler|lb|kinesis\/firehose|sns\/topicSubscription)/,
    path: /(^target|defaultActions(\[\])?(\.redirect)?|endpoint|kinesisSourceConfiguration)$/,
    how: left,
  },
  {
    because: "logs of a delivery, a workflow or a job, which hold what went wrong and no promise of ours",
    types: /^aws:(kinesis\/firehose|sfn|emrserverless)/,
    path: /(cloudwatchLoggingOptions(\.(enabled|logGroupName))?|loggingConfiguration(\.\w+)?|s3MonitoringConfiguration(\.logUri)?)$/,
    how: /^(absent|null|""|\{\}|false)$/,
  },
  {
    because: "what images hold, and who may name one anew, is a question of builds",
    types: /^aws:ecr\/repository:/,
    path: /^(imageScanningConfiguration(\.scanOnPush)?|imageTagMutability)$/,
  },
  {
    because: "disks that are not said are the image's own, which the template does not make",
    types: /^aws:ec2\/launchTemplate:/,
    path: /^blockDeviceMappings(\[\](\.(deviceName|ebs))?)?$/,
    how: left,
  },
  {
    because: "AWS refuses a container job without a container",
    types: /^aws:batch\/jobDefinition:/,
    path: /^containerProperties$/,
    how: left,
  },
  {
    because: "settings that no cluster names protect none; of a cluster they are asked",
    types: /^aws:emr\/securityConfiguration:/,
    path: /^$/,
  },
  {
    because: "another trail may have the other regions",
    types: /^aws:cloudtrail\/trail:/,
    path: /^isMultiRegionTrail$/,
  },
  {
    because: "fewer paths, none, or none for some countries",
    types: /^aws:cloudfront\/distribution:/,
    path: /^(enabled|orderedCacheBehaviors(\[\])?|origins\[\](\.customOriginConfig)?|restrictions.*)$/,
    how: /^(absent|null|""|\[\]|\{\}|false)$/,
  },
  {
    because: "without it CloudFront asks for a certificate by name, as it says",
    types: /^aws:cloudfront\/distribution:/,
    path: /sslSupportMethod$/,
    how: left,
  },
  {
    because: "an API of either kind has its certificate; where it answers is no protection",
    types: /^aws:apigateway\/domainName:/,
    path: /^endpointConfiguration/,
    how: left,
  },
  {
    because: "a domain without a policy lets in identities of the account that may",
    types: /^aws:opensearch\/domain:/,
    path: /^accessPolicies$/,
    how: left,
  },
  {
    because: "AWS refuses a database without a password, and a cache that encrypts without a mode",
    types: /^aws:(rds|elasticache)\//,
    path: /^(manageMasterUserPassword|transitEncryptionMode)$/,
    how: /^(absent|null|""|false)$/,
  },
  {
    because:
      "AWS's own default is 30 days; a rotation of no days is refused, of one is more often, without a function the service's own",
    types: /^aws:secretsmanager\//,
    path: /(recoveryWindowInDays|automaticallyAfterDays|rotationLambdaArn)$/,
    how: /^(absent|0|1)$/,
  },
  { because: "the prefix is a name", types: /^aws:s3\/bucket:/, path: /^logging\.targetPrefix$/, how: left },
  {
    because: "AWS's own default, for topics of any age",
    types: /^aws:sns\/topic:/,
    path: /^signatureVersion$/,
    how: left,
  },
  {
    because: "since April 2023 a bucket's owner owns every object where nothing is said",
    types: /bucketOwnershipControls/,
    path: /^(|bucket)$/,
  },
];
