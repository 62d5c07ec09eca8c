/** Changes of AWS's less usual services which make nothing weaker, each with its reason. */
import { left, type Reason } from "./reason.ts";

const policies =
  /^aws:(apigateway\/restApiPolicy|backup\/vaultPolicy|cloudwatch\/(eventBusPolicy|logResourcePolicy)|dynamodb\/resourcePolicy|ecr\/repositoryPolicy|efs\/fileSystemPolicy|glue\/resourcePolicy|iam\/(user|group)Policy|kinesis\/resourcePolicy|opensearch\/domainPolicy|secretsmanager\/secretPolicy):/;

export const harmlessOnAwsServices: readonly Reason[] = [
  {
    because: "a policy that is not there lets nobody in whom the account's own policies do not",
    types: policies,
    path: /^(|policy|policyDocument|accessPolicies)$/,
    how: /^(not there|absent|null|"")$/,
  },
  {
    because:
      "the resource that a policy belongs to is named once, and the cloud refuses none or another account's",
    types: policies,
    path: /^(restApiId|backupVaultName|eventBusName|policyName|resourceArn|repository|fileSystemId|user|group|secretArn)$/,
  },
  {
    because:
      "the policy belongs to one resource, and so does all that it names; a log service writes, and reads nothing",
    types:
      /^aws:(dynamodb\/resourcePolicy|kinesis\/resourcePolicy|efs\/fileSystemPolicy|apigateway\/restApiPolicy|cloudwatch\/logResourcePolicy):/,
    path: /^policy/,
    how: /Resource (list with )?\*$/,
  },
  {
    because: "who may call an API is asked of its methods; its policy only narrows that",
    types: /^aws:apigateway\/restApiPolicy:/,
    path: /^policy$/,
    how: /Principal/,
  },
  {
    because: "the account itself may do everything in it: AWS's own default",
    types: /^aws:(cloudwatch\/eventBusPolicy|kms\/(replicaKey|externalKey|keyPolicy)):/,
    path: /^policy$/,
    how: /(Action|Resource) (list with )?[\w:]*\*$|Not(Action|Resource)$/,
  },
  {
    because: "a denial that AWS does not ask for, beyond what any rule does",
    types: /^aws:backup\/vaultPolicy:/,
    path: /^policy$/,
  },
  {
    because: "the policy beside it is judged itself",
    types: /^aws:secretsmanager\/secretPolicy:/,
    path: /^blockPublicPolicy$/,
  },
  {
    because: "asked of Fieldlake's own only: keys are used by name",
    types: /^aws:iam\/(user|group)Policy:/,
    path: /^policy$/,
    how: /no (Condition|kms:ViaService)$/,
  },
  {
    because: "who must show a certificate is the program's to say; what it says is held against it",
    types: /^aws:apigateway(v2)?\/domainName:/,
    path: /^mutualTlsAuthentication$/,
    how: /^absent$/,
  },
  {
    because: "what is not cached needs no encryption",
    types: /^aws:apigateway\/methodSettings:/,
    path: /^(|settings|settings\.cachingEnabled)$/,
    how: /^(not there|\{\}|false|absent|null)$/,
  },
  {
    because:
      "AWS refuses an API, a mapping or a stage without its parts; certificates are checked where nothing is said",
    types: /^aws:(apigateway|apigatewayv2|lb)\//,
    path: /^(restApi|stageName|stage|deployment|resourceId|httpMethod|integrationHttpMethod|methodPath|protocolType|targetType|uri|tlsConfig\.insecureSkipVerification)$/,
    how: left,
  },
  {
    because: "delivery to another account is a decision, which the other account must accept too",
    types:
      /^aws:(cloudwatch\/(eventApiDestination|metricAlarm)|pipes\/pipe|dynamodb\/tableReplica|iot\/thingPrincipalAttachment):/,
    path: /^(connectionArn|source|target|globalTableArn|principal|alarmActions\[\])$/,
    how: /999999999999/,
  },
  {
    because: "whom an alarm tells is asked of Fieldlake's own",
    types: /^aws:cloudwatch\/metricAlarm:/,
    path: /^(actionsEnabled|alarmActions(\[\])?)$/,
  },
  {
    because: "AWS refuses a connection without its way to sign in, and a destination without a method",
    types: /^aws:cloudwatch\/event(Connection|ApiDestination):/,
    path: /^(authorizationType|authParameters.*|httpMethod)$/,
    how: left,
  },
  {
    because: "a task that mounts nothing reaches nothing; without a role it may do nothing",
    types: /^aws:ecs\/taskDefinition:/,
    path: /^(family|containerDefinitions|taskRoleArn|volumes(\[\])?|volumes\[\]\.efsVolumeConfiguration(\.fileSystemId)?)$/,
    how: left,
  },
  {
    because: "old versions are kept for ever where nothing is said; AWS refuses a rule without an action",
    types: /^aws:s3\/bucketLifecycleConfiguration:/,
    path: /^rules(\[\](\.noncurrentVersionExpiration)?)?$/,
    how: left,
  },
  {
    because: "an object takes its bucket's key where nothing is said; the rest is its name and content",
    types: /^aws:s3\/(bucketObject(v2)?|objectCopy):/,
    path: /^(key|content|source|kmsKeyId|serverSideEncryption)$/,
    how: left,
  },
  {
    because: "AWS keeps seven years and protects where nothing is said",
    types: /^aws:cloudtrail\/eventDataStore:/,
    path: /^(retentionPeriod|terminationProtectionEnabled)$/,
    how: left,
  },
  {
    because:
      "AWS refuses a notebook, model, feature or job without its parts; what is not captured or stored lies nowhere",
    types: /^aws:sagemaker\//,
    path: /^(authMode|subnetIds(\[\])?|defaultUserSettings|productionVariants(\[\](\.(modelName|initialInstanceCount))?)?|dataCaptureConfig(\.(captureOptions.*|destinationS3Uri|initialSamplingPercentage))?|(eventTime|recordIdentifier)FeatureName|featureGroupName|featureDefinitions.*|onlineStoreConfig(\.enableOnlineStore)?|offlineStoreConfig(\.s3StorageConfig\.s3Uri)?|dataQuality(AppSpecification|JobInput).*|dataQualityJobOutputConfig(\.monitoringOutputs.*)?|jobResources(\.clusterConfig(\.volumeSizeInGb)?)?)$/,
    how: /^(absent|null|""|\[\]|\{\}|\d+|false|"NONE")$/,
  },
  {
    because: "AWS refuses a connection without its address, and a transform of another kind",
    types: /^aws:glue\/(connection|mLTransform):/,
    path: /^(connectionType|connectionProperties\.(JDBC_CONNECTION_URL|KAFKA_BOOTSTRAP_SERVERS)|roleArn|inputRecordTables.*|parameters.*)$/,
    how: left,
  },
  {
    because: "AWS refuses a collection that no policy gives a key and a network",
    types: /^aws:opensearch\/serverless/,
    path: /^(|encryptionConfigs(\[\])?)$/,
    how: /^(not there|absent|\[\])$/,
  },
  {
    because:
      "AWS refuses a cluster, broker or instance without its kind, size and users; what is not logged lies nowhere",
    types: /^aws:(emr\/cluster|redshift\/cluster|dms\/replicationInstance|mq\/broker):/,
    path: /^(logUri|clusterIdentifier|nodeType|replicationInstance(Class|Id)|engineType|engineVersion|hostInstanceType|users.*)$/,
    how: left,
  },
  {
    because: "no filter lets more through to the same function; what can't be delivered is lost, not open",
    types: /^aws:lambda\/eventSourceMapping:/,
    path: /^(filterCriteria.*|destinationConfig)$/,
    how: left,
  },
  {
    because: "no certificate is the authority's without one",
    types: /^aws:iot\/caCertificate:/,
    path: /^caCertificatePem$/,
    how: left,
  },
];
