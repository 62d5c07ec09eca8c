/**
 * Properties that can't be changed on an existing AWS resource, where the SDK's documentation does not say so: its
 * generator drops the words "Forces new resource" of the Terraform documentation it is made from
 * (registry.terraform.io/providers/hashicorp/aws), which is the source of this table.
 */

/** By `module/Class`; `*` stands for any rest of a class's name. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  "acm/Certificate": ["domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"],
  "athena/Database": ["name", "bucket", "comment", "encryptionConfiguration"],
  "athena/NamedQuery": ["name", "database", "query", "workgroup", "description"],
  "backup/Vault": ["kmsKeyArn"],
  "cloudwatch/Dashboard": ["dashboardName"],
  "cloudwatch/EventRule": ["eventBusName"],
  "cloudwatch/EventTarget": ["rule", "eventBusName"],
  "cloudwatch/LogGroup": ["logGroupClass"],
  "cloudwatch/LogMetricFilter": ["logGroupName"],
  "cloudwatch/LogStream": ["logGroupName"],
  "cloudwatch/LogSubscriptionFilter": ["logGroup"],
  "dynamodb/Table": ["hashKey", "rangeKey", "localSecondaryIndexes", "importTable", "restoreSourceName"],
  "ec2/SecurityGroup": ["description", "vpcId"],
  "ec2/Subnet": ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "outpostArn"],
  "ec2/Vpc": ["cidrBlock", "instanceTenancy", "ipv4IpamPoolId"],
  "ec2/VpcEndpoint": ["vpcId", "serviceName", "vpcEndpointType"],
  "ecr/Repository": ["encryptionConfigurations"],
  "glue/Catalog*": ["catalogId", "databaseName"],
  "iam/InstanceProfile": ["path"],
  "iam/OpenIdConnectProvider": ["url"],
  "iam/Policy": ["path", "description"],
  "iam/Role": ["path"],
  "iam/RolePolicy": ["role"],
  "iam/*PolicyAttachment": ["role", "user", "group", "policyArn"],
  "iot/CaCertificate": ["caCertificatePem", "certificateMode", "verificationCertificatePem"],
  "iot/Certificate": ["csr", "certificatePem", "caPem"],
  "iot/DomainConfiguration": [
    "domainName",
    "serverCertificateArns",
    "serviceType",
    "validationCertificateArn",
  ],
  "iot/PolicyAttachment": ["policy", "target"],
  "iot/ProvisioningTemplate": ["type"],
  "iot/RoleAlias": ["alias"],
  "iot/ThingGroup": ["parentGroupName"],
  "iot/ThingGroupMembership": ["thingName", "thingGroupName"],
  "iot/ThingPrincipalAttachment": ["principal", "thing", "thingPrincipalType"],
  "iot/ThingType": ["properties"],
  "kinesis/FirehoseDeliveryStream": ["destination", "kinesisSourceConfiguration", "mskSourceConfiguration"],
  "kms/*Key": ["customerMasterKeySpec", "customKeyStoreId", "keyUsage", "multiRegion", "primaryKeyArn"],
  "lambda/Alias": ["functionName"],
  "lambda/EventSourceMapping": ["eventSourceArn", "startingPosition", "startingPositionTimestamp", "queues"],
  "lambda/Function": ["packageType"],
  "lambda/FunctionEventInvokeConfig": ["functionName", "qualifier"],
  "lambda/Permission": ["*"],
  "s3/Bucket": ["bucketNamespace", "objectLockEnabled"],
  "s3/Bucket*": ["bucket", "expectedBucketOwner", "key"],
  "s3tables/*": ["tableBucketArn"],
  "s3tables/Namespace": ["namespace"],
  "s3tables/Table": ["format", "metadata"],
  "scheduler/Schedule": ["groupName"],
  "sns/Topic": ["fifoTopic"],
  "sns/TopicPolicy": ["arn"],
  "sns/TopicSubscription": ["endpoint", "protocol", "topic"],
  "sqs/Queue": ["fifoQueue"],
  "sqs/*Policy": ["queueUrl"],
};

/** Resources whose name can be changed; all others have theirs for life. */
const renamable: ReadonlySet<string> = new Set([
  "apigateway/RestApi",
  "apigatewayv2/Api",
  "cognito/UserPoolClient",
  "iam/Group",
  "iam/User",
  "s3tables/Table",
]);

const patterns = Object.entries(immutable).map(
  ([kind, names]) => [new RegExp(`^${kind.replace("*", "\\w*")}$`), names] as const,
);

/**
 * Whether a change of a property replaces a resource.
 * @param kind `module/Class`
 * @param nameProperty the property with the resource's name, if it has one
 * @param path of the property, without positions in lists
 */
export const replacesResource = (kind: string, nameProperty: string | undefined, path: string): boolean => {
  if (path === "region") return true;
  if (nameProperty !== undefined && (path === nameProperty || path === `${nameProperty}Prefix`)) {
    return !renamable.has(kind);
  }
  return patterns.some(
    ([pattern, names]) => pattern.test(kind) && (names.includes(path) || names.includes("*")),
  );
};

/** Attachments, whose successor would be removed with them, because it is the same thing (pulumi-aws). */
export const isReplacedInPlace = (kind: string): boolean => /^iam\/(?:\w*)PolicyAttachment$/.test(kind);
