/** Changes of resources that are not ours which make nothing weaker, whatever the cloud, each with its reason. */
import { left, type Reason } from "./reason.ts";

export const harmlessElsewhere: readonly Reason[] = [
  {
    because: "what is not made holds nothing, takes nothing and lets nobody in",
    // Not what protects another resource by being there.
    types:
      /^(?!.*(Policy|Controls|Encryption\w*|PublicAccessBlock|Versioning|Logging\w*|SecurityConfiguration|ServiceProperties|Settings|Allowed|LinkedService|NetworkRuleSet|Rotation)$)/,
    path: /^$/,
  },
  {
    because: "the cloud refuses a role, a certificate or a target that is not the account's own",
    path: /([rR]ole(Arn)?|serviceExecutionRole(Arn)?|[cC]ertificateArn|targetGroupArn|loadBalancerArn|rotationLambdaArn|logDestination)$/,
    how: /999999999999/,
  },
  {
    because: "the cloud refuses a resource without what it asks of it: a name, a network, a size, a kind",
    path: /(vpcId|subnetId|subnets|clientSubnets|securityGroups|securityGroupId|bucket|apiId|environmentId|(allowed|cached)Methods|certificateArn|regionalCertificateArn|acmCertificateArn|targetGroupArn|(httpEndpoint|s3)Configuration\.roleArn|command|scriptLocation|engine|instanceClass|username|size|availabilityZone|kafka(connect)?Version|bootstrapServers|kafkaCluster|apacheKafkaCluster|vpc|brokerNodeGroupInfo|numberOfBrokerNodes|runtimeEnvironment|releaseLabel|definition|domainName|endpointType|statusCode|originId|origins|targetOriginId|pathPattern|integration(Type|Method|Uri)|type|sku(\.(name|tier))?|value|topic|endpoint|location|storageAccount|keyVault)(\[\])?$/,
    how: /^(absent|null|""|\[\]|\{\}|\d+)$/,
  },
  {
    because: "a network or a number that is none is refused, and none lets nobody in",
    path: /(ingress|egress|cidrBlocks|cidrIpv4|ipProtocol|protocol|(from|to)Port|[pP]ort|targetPort)(\[\])?$/,
    how: /^(absent|""|"\*"|"::\/0"|\[\]|\{\}|\d+)$/,
  },
  {
    because: "off, or on, as it is meant, where nothing is said",
    path: /(adminUserEnabled|anonymousPullEnabled|allowInsecure|publiclyAccessible|unauthenticated|inCluster|connectivityInfo(\.publicAccess(\.type)?)?|enableHttpsTrafficOnly|services\.\w+(\.(enabled|keyType))?|ingress|configuration|acl|tlsConfig(\.serverNameToVerify)?)$/,
    how: left,
  },
];
