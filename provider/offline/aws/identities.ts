/**
 * Ids, ARNs and addresses of AWS resources, as templates. ARN formats: Service Authorization Reference, "Resource
 * types defined by …" of each service; ids: Terraform documentation of each resource, "Import".
 *
 * `{name}` in a template is an input, or else an output above it; `{account}`, `{region}`, `{partition}` and
 * `{suffix}` (of host names) come from the settings; `{hex8}` and `{uuid}` are made up.
 */

/** Outputs by name; `id` is the resource's id. Later ones may use earlier ones. */
export type IdentityTemplate = Readonly<Record<string, string>>;

const regional = (service: string, resource: string): string =>
  `arn:{partition}:${service}:{region}:{account}:${resource}`;

const ofBucket: IdentityTemplate = { id: "{bucket}" };

/** By `module/Class`. */
export const identityTemplates: Readonly<Record<string, IdentityTemplate>> = {
  "acm/Certificate": { arn: regional("acm", "certificate/{uuid}"), id: "{arn}" },
  "athena/Database": { id: "{name}" },
  "athena/NamedQuery": { id: "{uuid}" },
  "athena/Workgroup": { arn: regional("athena", "workgroup/{name}") },
  "cloudwatch/Dashboard": {
    dashboardArn: "arn:{partition}:cloudwatch::{account}:dashboard/{dashboardName}",
    id: "{dashboardName}",
  },
  "cloudwatch/EventRule": { arn: regional("events", "rule/{name}") },
  "cloudwatch/EventTarget": { id: "{rule}-{targetId}" },
  "cloudwatch/LogGroup": { arn: regional("logs", "log-group:{name}") },
  "cloudwatch/LogResourcePolicy": { id: "{policyName}" },
  "cloudwatch/LogStream": { arn: regional("logs", "log-group:{logGroupName}:log-stream:{name}") },
  "cloudwatch/MetricAlarm": { arn: regional("cloudwatch", "alarm:{name}") },
  "dynamodb/Table": {
    arn: regional("dynamodb", "table/{name}"),
    streamArn: regional("dynamodb", "table/{name}/stream/2024-01-01T00:00:00.000"),
  },
  "ec2/InternetGateway": { id: "igw-{hex17}", arn: regional("ec2", "internet-gateway/{id}") },
  "ec2/RouteTable": { id: "rtb-{hex17}", arn: regional("ec2", "route-table/{id}") },
  "ec2/SecurityGroup": { id: "sg-{hex17}", arn: regional("ec2", "security-group/{id}") },
  "ec2/Subnet": { id: "subnet-{hex17}", arn: regional("ec2", "subnet/{id}") },
  "ec2/Vpc": { id: "vpc-{hex17}", arn: regional("ec2", "vpc/{id}") },
  "ec2/VpcEndpoint": { id: "vpce-{hex17}", arn: regional("ec2", "vpc-endpoint/{id}") },
  "glue/CatalogDatabase": { arn: regional("glue", "database/{name}"), id: "{account}:{name}" },
  "glue/CatalogTable": {
    arn: regional("glue", "table/{databaseName}/{name}"),
    id: "{account}:{databaseName}:{name}",
  },
  "iam/InstanceProfile": { arn: "arn:{partition}:iam::{account}:instance-profile{path}{name}" },
  "iam/Policy": {
    arn: "arn:{partition}:iam::{account}:policy{path}{name}",
    id: "{arn}",
    policyId: "ANPA{HEX16}",
  },
  "iam/Role": { arn: "arn:{partition}:iam::{account}:role{path}{name}", uniqueId: "AROA{HEX16}" },
  "iam/RolePolicy": { id: "{role}:{name}" },
  "iam/RolePolicyAttachment": { id: "{role}/{policyArn}" },
  "iam/User": { arn: "arn:{partition}:iam::{account}:user{path}{name}", uniqueId: "AIDA{HEX16}" },
  "iot/CaCertificate": { id: "{hex64}", arn: regional("iot", "cacert/{id}") },
  "iot/Certificate": { id: "{hex64}", arn: regional("iot", "cert/{id}") },
  "iot/DomainConfiguration": { arn: regional("iot", "domainconfiguration/{name}/{hex5}") },
  "iot/IndexingConfiguration": { id: "{region}" },
  "iot/Policy": { arn: regional("iot", "policy/{name}"), defaultVersionId: "1" },
  "iot/PolicyAttachment": { id: "{policy}|{target}" },
  "iot/ProvisioningTemplate": { arn: regional("iot", "provisioningtemplate/{name}") },
  "iot/RoleAlias": { arn: regional("iot", "rolealias/{alias}"), id: "{alias}" },
  "iot/Thing": { arn: regional("iot", "thing/{name}"), defaultClientId: "{name}" },
  "iot/ThingGroup": { arn: regional("iot", "thinggroup/{name}") },
  "iot/ThingGroupMembership": { id: "{thingGroupName}/{thingName}" },
  "iot/ThingPrincipalAttachment": { id: "{thing}|{principal}" },
  "iot/ThingType": { arn: regional("iot", "thingtype/{name}") },
  "iot/TopicRule": { arn: regional("iot", "rule/{name}") },
  "kinesis/FirehoseDeliveryStream": { arn: regional("firehose", "deliverystream/{name}"), id: "{arn}" },
  "kinesis/Stream": { arn: regional("kinesis", "stream/{name}"), id: "{arn}" },
  "kms/Alias": { arn: regional("kms", "{name}"), id: "{name}" },
  "kms/Key": { keyId: "{uuid}", arn: regional("kms", "key/{keyId}"), id: "{keyId}" },
  "kms/ReplicaKey": { keyId: "mrk-{hex32}", arn: regional("kms", "key/{keyId}"), id: "{keyId}" },
  "lambda/Alias": { arn: regional("lambda", "function:{functionName}:{name}"), id: "{arn}" },
  "lambda/EventSourceMapping": {
    uuid: "{uuid}",
    id: "{uuid}",
    arn: regional("lambda", "event-source-mapping:{uuid}"),
  },
  "lambda/Function": {
    arn: regional("lambda", "function:{name}"),
    invokeArn: "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
    qualifiedArn: "{arn}:$LATEST",
    version: "$LATEST",
    id: "{name}",
  },
  "lambda/FunctionUrl": { functionUrl: "https://{hex32}.lambda-url.{region}.on.aws/", id: "{functionName}" },
  "lambda/LayerVersion": {
    layerArn: regional("lambda", "layer:{layerName}"),
    version: "1",
    arn: "{layerArn}:{version}",
    id: "{arn}",
  },
  "lambda/Permission": { id: "{statementId}" },
  "s3/Bucket": {
    arn: "arn:{partition}:s3:::{bucket}",
    bucketDomainName: "{bucket}.s3.{suffix}",
    bucketRegionalDomainName: "{bucket}.s3.{region}.{suffix}",
    bucketRegion: "{region}",
    id: "{bucket}",
  },
  "s3/BucketObject": { id: "{bucket}/{key}" },
  "s3/BucketObjectv2": { arn: "arn:{partition}:s3:::{bucket}/{key}", id: "{bucket}/{key}" },
  "s3tables/Namespace": { id: "{tableBucketArn};{namespace}" },
  "s3tables/Table": { arn: "{tableBucketArn}/table/{uuid}", id: "{tableBucketArn};{namespace};{name}" },
  "s3tables/TableBucket": { arn: regional("s3tables", "bucket/{name}"), id: "{arn}" },
  "scheduler/Schedule": {
    arn: regional("scheduler", "schedule/{groupName}/{name}"),
    id: "{groupName}/{name}",
  },
  "scheduler/ScheduleGroup": { arn: regional("scheduler", "schedule-group/{name}"), id: "{name}" },
  "secretsmanager/Secret": { arn: regional("secretsmanager", "secret:{name}-{hex6}"), id: "{arn}" },
  "secretsmanager/SecretVersion": { versionId: "{uuid}", id: "{secretId}|{versionId}" },
  "sns/Topic": { arn: regional("sns", "{name}"), id: "{arn}" },
  "sns/TopicPolicy": { id: "{arn}" },
  "sns/TopicSubscription": { arn: "{topic}:{uuid}", id: "{arn}" },
  "sqs/Queue": {
    arn: regional("sqs", "{name}"),
    url: "https://sqs.{region}.{suffix}/{account}/{name}",
    id: "{url}",
  },
  "sqs/QueuePolicy": { id: "{queueUrl}" },
  "sqs/RedriveAllowPolicy": { id: "{queueUrl}" },
  "sqs/RedrivePolicy": { id: "{queueUrl}" },
  "ssm/Parameter": { arn: regional("ssm", "parameter/{name}"), id: "{name}" },
};

/** Of a resource that has no template of its own. */
export const generalTemplate = (module: string, className: string): IdentityTemplate => {
  if (module === "s3" && className.startsWith("Bucket")) return ofBucket;
  const type = className.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
  return { arn: regional(module === "" ? "aws" : module.toLowerCase(), `${type}/{name}`) };
};

/** What an input has where the program sets none, as far as a template needs it. */
export const templateDefaults: Readonly<Record<string, string>> = { path: "/", groupName: "default" };
