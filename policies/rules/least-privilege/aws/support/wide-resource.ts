/** Which resources of a statement are too wide, and which actions know no resource. */
import type { Statement } from "../../../../kit/statements.ts";
import { isAllow, isEverything } from "./identity-documents.ts";

/** Actions that know no resource (AWS service authorization reference, column "Resource types" empty). */
const withoutResource =
  /^(xray:(Put|Get)\w+|cloudwatch:(PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics|DescribeAlarms\w*)|ec2:(Describe\w+|CreateNetworkInterface|DeleteNetworkInterface|AssignPrivateIpAddresses|UnassignPrivateIpAddresses)|logs:(DescribeLogGroups|CreateLogDelivery|GetLogDelivery|UpdateLogDelivery|DeleteLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies)|s3:(ListAllMyBuckets|GetAccountPublicAccessBlock)|kms:(ListAliases|ListKeys|GenerateRandom)|sts:GetCallerIdentity|ecr:GetAuthorizationToken|ssm:DescribeParameters|tag:Get\w+|iot:(RegisterThing|DescribeEndpoint|SetLoggingOptions|SetV2LoggingOptions|GetLoggingOptions|ListThings|SearchIndex)|lambda:(ListFunctions|GetAccountSettings)|dynamodb:(ListTables|DescribeLimits)|sqs:ListQueues|sns:ListTopics|athena:(ListWorkGroups|ListDataCatalogs|ListEngineVersions)|ssmmessages:\w+|ec2messages:\w+|lakeformation:GetDataAccess|health:\w+|ce:\w+)$/i;
const isEveryNameOfKind = (resource: string): boolean => /^arn:(?:[^:]*:){4}(thing|cert)\/\*$/.test(resource);
export function wideResource(statement: Statement): string | null {
  if (!isAllow(statement)) return null;
  if (statement.notResources.length > 0) return "an Allow on everything but NotResource";
  const wide = statement.resources.find((one) => isEverything(one) && !isEveryNameOfKind(one));
  if (
    wide === undefined ||
    statement.conditions.some(({ key }) =>
      /(Resource|Request)Tag|cloudwatch:namespace|PassedToService/i.test(key),
    )
  )
    return null;
  const bindable = statement.actions.filter((action) => !withoutResource.test(action));
  return bindable.length === 0 ? null : `an Allow of ${bindable[0]} on ${wide}`;
}
