/** Changes of AWS resources that make nothing weaker, each with its reason. */
import { left, more, type Reason } from "./reason.ts";

export const harmlessOnAws: readonly Reason[] = [
  {
    because: "it describes or routes what is there; no property of it protects anything",
    types:
      /^aws:(glue\/catalog(Table|Database)|athena\/namedQuery|cloudwatch\/(dashboard|eventRule|eventTarget)|s3\/bucketNotification|iot\/(thingType|thingGroup|indexingConfiguration)|lambda\/functionEventInvokeConfig)/,
    path: /^(?!(arn|deadLetterConfig|destinationConfig|encryption))/,
  },
  {
    because: "what is not called, routed or given leaves nothing open",
    types:
      /^aws:(iam\/(rolePolicy|policy|rolePolicyAttachment)|lambda\/(permission|eventSourceMapping)|iot\/(topicRule|roleAlias|domainConfiguration|policyAttachment)|scheduler\/schedule|cloudwatch\/metricAlarm|kms\/(alias|grant)|s3\/bucketReplicationConfig):/,
    path: /^$/,
  },
  {
    because: "without it more is kept, never less",
    types: /bucketLifecycleConfiguration/,
    path: /^$|status$|^bucket$|filter|transition|abortIncomplete|^rules(\[\])?\.expiration/i,
  },
  {
    because: "an identity without a policy may do nothing",
    types: /^aws:iam\/(rolePolicy|policy)/,
    path: /^(policy|role)$/,
    how: left,
  },
  {
    because: "in a key's own policy the resource is the key, whatever is written",
    types: /^aws:kms\//,
    path: /^policy$/,
    how: /(Resource|NotResource)/,
  },
  {
    because: "AWS's own default is 30 days",
    types: /^aws:kms\//,
    path: /^deletionWindowInDays$/,
    how: /^absent$|00$/,
  },
  {
    because: "AWS turns a key every 365 days where nothing is said, and refuses less than 90",
    types: /^aws:kms\//,
    path: /^rotationPeriodInDays$/,
    how: /^(absent|0|1)$/,
  },
  {
    because: "a key is on where nothing is said",
    types: /^aws:kms\//,
    path: /^(isEnabled|enabled)$/,
    how: left,
  },
  {
    because: "a copy of a key is a resource of its own, with a policy of its own",
    types: /^aws:kms\//,
    path: /^multiRegion$/,
  },
  { because: "AWS refuses an alias that begins with alias/aws/", types: /^aws:kms\/alias/, path: /^name$/ },
  {
    because: "an endpoint that is off, or answers HTTPS by certificate too, lets nobody in",
    types: /domainConfiguration/,
    path: /^(status|serviceType|applicationProtocol)$/,
    how: /DISABLED|HTTPS"$|absent|""/,
  },
  {
    because: "one hour where nothing is said; AWS refuses less",
    types: /^aws:iam\/role:/,
    path: /^maxSessionDuration$/,
    how: /^(0|1|absent)$/,
  },
  { because: "off where nothing is said", types: /^aws:s3\/bucket:/, path: /^forceDestroy$/, how: left },
  {
    because: "a lock without a rule keeps nothing for ever; the rule is another resource",
    types: /^aws:s3\/bucket:/,
    path: /^objectLockEnabled$/,
    how: /true|absent|null/,
  },
  {
    because: "how often a data key is fetched changes its price",
    path: /kmsDataKeyReusePeriodSeconds|bucketKeyEnabled/,
  },
  {
    because: "a certificate that is none, or that nobody can sign with, lets nobody in",
    types: /^tls:/,
    path: /(isCaCertificate|setSubjectKeyId|privateKeyPem|caCertPem|caPrivateKeyPem|certRequestPem|subject(\.\w+)?|allowedUses\[\])$/,
  },
  { because: "a shorter life is a safer one", types: /^tls:/, path: /validityPeriodHours/, how: /^[01]$/ },
  { because: "an authority below another is below its limits", types: /^tls:/, path: /maxPathLength/ },
  {
    because: "what an alarm watches and how long is no property of what it watches",
    types: /metricAlarm/,
    path: /^(?!alarmActions|actionsEnabled$)/,
  },
  {
    because: "on where nothing is said",
    types: /metricAlarm|loggingOptions/,
    path: /^(actionsEnabled|disableAllLogs)$/,
    how: /^(absent|null)$/,
  },
  { because: "the prefix is a name", types: /bucketLogging/, path: /^targetPrefix$/ },
  {
    because: "a thing that registers nobody lets nobody in",
    types: /^aws:iot\/(provisioningTemplate|caCertificate)/,
    path: /^(enabled|type|active|allowAutoRegistration)$/,
  },
  {
    because: "what queries cost and which engine runs them",
    types: /athena\/workgroup/,
    path: /engineVersion|publishCloudwatchMetrics|requesterPays|^forceDestroy$|outputLocation$/,
  },
  {
    because: "the shape of a table, and when its rows end",
    types: /dynamodb\/table/,
    path: /^(attributes|globalSecondaryIndexes|hashKey|rangeKey|ttl|localSecondaryIndexes|streamEnabled|streamViewType)/,
  },
  {
    because: "AWS keeps 35 days where nothing is said",
    types: /dynamodb\/table/,
    path: /recoveryPeriodInDays/,
    how: /absent|00$/,
  },
  {
    because: "what a rule selects, and where a copy of what it can't deliver is encoded",
    types: /topicRule/,
    path: /^(enabled|sql|sqlVersion|errorAction\.sqs\.useBase64|kineses(\[\](\.partitionKey)?)?|firehoses)$/,
  },
  {
    because: "AWS refuses less than 900 seconds",
    types: /roleAlias/,
    path: /credentialDuration/,
    how: /^[01]$/,
  },
  {
    because: "what runs and what it is told by name; secrets among it are another rule's",
    types: /lambda\/function:/,
    path: /^(code|handler|environment|publish|layers|s3|filename|image)|loggingConfig\.(applicationLogLevel|logFormat|systemLogLevel)/,
  },
  {
    because: "how a stream is read",
    types: /eventSourceMapping/,
    path: /^(bisect|functionResponseTypes|metricsConfig|startingPosition|eventSourceArn$|functionName$|enabled)/,
  },
  {
    because: "a copy that is not made is missing, not open",
    types: /bucketReplicationConfig/,
    path: /status$|deleteMarker|metrics|replicationTime|storageClass|filter|^bucket$|destination\.bucket/,
  },
  {
    because: "when something is called, and with which words",
    types: /scheduler\/schedule/,
    path: /flexibleTimeWindow|scheduleExpression|target\.input/,
  },
  { because: "emptied, the call is refused", types: /lambda\/permission/, path: /^function$/, how: left },
  { because: "more is kept longer", path: /days$/i, how: more },
  {
    because: "how a batch is written: form, name and buffer of a file",
    types: /firehoseDeliveryStream/,
    path: /^(destination|extendedS3Configuration\.(compressionFormat|dataFormatConversionConfiguration.*|dynamicPartitioningConfiguration.*|errorOutputPrefix|fileExtension|prefix|processingConfiguration.*))$/,
  },
  {
    because: "names and attributes of a device, and when its certificate is renewed",
    types: /^(aws:iot\/(thing|certificate)|tls:)/,
    path: /^(attributes(\.\w+)?|thingTypeName|active|uris(\[\])?|earlyRenewalHours)$/,
  },
  {
    because: "a device without its attachment may do nothing",
    types: /^aws:iot\/(policyAttachment|thingPrincipalAttachment)/,
    path: /^(|policy|thing)$/,
    how: /not there|""/,
  },
  { because: "a stream within a group is a name", types: /logStream:/, path: /^logGroupName$/, how: left },
  { because: "how a batch is split", types: /topicRule/, path: /^firehoses\[\](\.separator)?$/, how: left },
  {
    because: "AWS gives a name, and refuses an alias of nothing",
    types: /^aws:(s3\/bucket|kms\/alias):/,
    path: /^(bucket|targetKeyId)$/,
    how: left,
  },
  {
    because: "AWS refuses to copy a key that is none of the customer's, or of another account",
    types: /kms\/replicaKey/,
    path: /^primaryKeyArn$/,
  },
  {
    because:
      "the gateway lets everybody by: the function judges the token, and everybody who has none is refused",
    types: /^aws:apigatewayv2\/(api|stage|route|integration):/,
    path: /^(?!tlsConfig)/,
  },
  {
    because: "who may list a bucket reads names and sizes, and no content",
    types: /^aws:iam\/rolePolicy:/,
    path: /^policy$/,
    how: /^(FindFiles|LookAtQuarantine|SeeTakenFiles): .*(no Condition|s3:prefix)/,
  },
  {
    because: "how much disk it has, which is encrypted and gone with it",
    types: /^aws:lambda\/function:/,
    path: /^ephemeralStorage/,
  },
];
