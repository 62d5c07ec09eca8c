/** An API with its cache and backends, a load balancer's targets, containers, events to others. */
import { account, key, role } from "./parts.ts";
import { json, ref, sound, type Sound } from "../stack.ts";

export const awsApis: Readonly<Record<string, readonly Sound[]>> = {
  "an API with a cache, containers and destinations": [
    key(),
    role("task", "ecs-tasks.amazonaws.com"),
    role("piper", "pipes.amazonaws.com"),
    sound("pulumi:providers:aws", "frankfurt", { region: "eu-central-1", insecure: false }),
    sound("aws:apigateway/restApi:RestApi", "plant", { name: "plant", disableExecuteApiEndpoint: true }),
    sound("aws:apigateway/domainName:DomainName", "plant-domain", {
      domainName: "plant.example.com",
      regionalCertificateArn: `arn:aws:acm:eu-central-1:${account}:certificate/c`,
      securityPolicy: "TLS_1_2",
      endpointConfiguration: { types: "REGIONAL" },
      mutualTlsAuthentication: { truststoreUri: "s3://trust/authorities.pem" },
    }),
    sound("aws:apigateway/basePathMapping:BasePathMapping", "plant-mapping", {
      restApi: ref("plant", "id"),
      domainName: ref("plant-domain", "id"),
      stageName: "prod",
    }),
    sound("aws:apigateway/restApiPolicy:RestApiPolicy", "plant-policy", {
      restApiId: ref("plant", "id"),
      policy: json({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:role/reader` },
        Action: "execute-api:Invoke",
        Resource: "execute-api:/prod/GET/*",
      }),
    }),
    sound("aws:apigateway/integration:Integration", "backend", {
      restApi: ref("plant", "id"),
      resourceId: "r",
      httpMethod: "GET",
      type: "HTTP_PROXY",
      integrationHttpMethod: "GET",
      uri: "https://backend.example.com/readings",
      tlsConfig: { insecureSkipVerification: false },
    }),
    sound("aws:apigateway/stage:Stage", "prod", {
      restApi: ref("plant", "id"),
      deployment: "d",
      stageName: "prod",
      clientCertificateId: "abc123",
    }),
    sound("aws:apigateway/methodSettings:MethodSettings", "prod-settings", {
      restApi: ref("plant", "id"),
      stageName: "prod",
      methodPath: "*/*",
      settings: { cachingEnabled: true, cacheDataEncrypted: true },
    }),
    sound("aws:apigatewayv2/api:Api", "http", { protocolType: "HTTP", disableExecuteApiEndpoint: true }),
    sound("aws:apigatewayv2/domainName:DomainName", "http-domain", {
      domainName: "api.example.com",
      domainNameConfiguration: {
        certificateArn: `arn:aws:acm:eu-central-1:${account}:certificate/c`,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      mutualTlsAuthentication: { truststoreUri: "s3://trust/authorities.pem" },
    }),
    sound("aws:apigatewayv2/apiMapping:ApiMapping", "http-mapping", {
      apiId: ref("http", "id"),
      domainName: ref("http-domain", "id"),
      stage: "prod",
    }),
    sound("aws:lb/targetGroup:TargetGroup", "workers", {
      protocol: "HTTPS",
      port: 8443,
      targetType: "ip",
      vpcId: "vpc-1",
    }),
    sound("aws:ec2/securityGroupRule:SecurityGroupRule", "workers-in", {
      type: "ingress",
      securityGroupId: "sg-1",
      protocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
      cidrBlocks: ["10.0.0.0/16"],
    }),
    sound("aws:ecs/taskDefinition:TaskDefinition", "worker", {
      family: "worker",
      taskRoleArn: ref("task"),
      containerDefinitions: json(),
      volumes: [
        { name: "shared", efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryption: "ENABLED" } },
      ],
    }),
    sound("aws:cloudwatch/eventConnection:EventConnection", "partner", {
      authorizationType: "API_KEY",
      authParameters: { apiKey: { key: "x-api-key", value: "v" } },
      kmsKeyIdentifier: ref("key"),
    }),
    sound("aws:cloudwatch/eventApiDestination:EventApiDestination", "partner-sink", {
      connectionArn: ref("partner"),
      httpMethod: "POST",
      invocationEndpoint: "https://partner.example.com/events",
    }),
    sound("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "bus-policy", {
      eventBusName: "plant",
      policy: json({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "events:PutEvents",
        Resource: `arn:aws:events:eu-central-1:${account}:event-bus/plant`,
      }),
    }),
    sound("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "dns-logs", {
      policyName: "dns",
      policyDocument: json({
        Effect: "Allow",
        Principal: { Service: "route53.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:eu-central-1:${account}:log-group:/dns/*`,
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      }),
    }),
    sound("aws:cloudwatch/metricAlarm:MetricAlarm", "errors", {
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      actionsEnabled: true,
      alarmActions: [`arn:aws:sns:eu-central-1:${account}:pager`],
    }),
    sound("aws:sfn/activity:Activity", "approval", {
      encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: ref("key") },
    }),
    sound("aws:pipes/pipe:Pipe", "orders-pipe", {
      source: `arn:aws:sqs:eu-central-1:${account}:orders`,
      target: `arn:aws:events:eu-central-1:${account}:event-bus/plant`,
      roleArn: ref("piper"),
      kmsKeyIdentifier: ref("key"),
    }),
    sound("aws:efs/fileSystem:FileSystem", "files", { encrypted: true, kmsKeyId: ref("key") }),
    sound("aws:efs/fileSystemPolicy:FileSystemPolicy", "files-policy", {
      fileSystemId: ref("files", "id"),
      policy: json({
        Effect: "Allow",
        Principal: { AWS: ref("task") },
        Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        Resource: ref("files"),
      }),
    }),
  ],
};
