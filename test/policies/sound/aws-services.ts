/** Streams, IoT, functions, networks and analytics: well configured. */
import { bucket, key, logBucket, secureTransport } from "./aws-core.ts";
import { json, ref, sound, type Sound } from "./stack.ts";

const account = "123456789012";
const trust = (service: string) =>
  json({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  });
const role = (name: string, service: string): Sound =>
  sound("aws:iam/role:Role", name, { assumeRolePolicy: trust(service), maxSessionDuration: 3600 });
const logsKey = (): Sound =>
  key("logs-key", {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: "logs.eu-central-1.amazonaws.com" },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-central-1:${account}:log-group:*` },
    },
  });
const logGroup = (name: string, path: string): Sound =>
  sound("aws:cloudwatch/logGroup:LogGroup", name, {
    name: path,
    kmsKeyId: ref("logs-key"),
    retentionInDays: 365,
  });
const queue = (name: string): Sound =>
  sound("aws:sqs/queue:Queue", name, {
    name,
    kmsMasterKeyId: ref("key"),
    policy: json(secureTransport("sqs:*", `arn:aws:sqs:eu-central-1:${account}:${name}`)),
  });
const own = "${iot:Connection.Thing.ThingName}";

export const awsServices: Readonly<Record<string, readonly Sound[]>> = {
  "a stream into a lake": [
    key(),
    logsKey(),
    ...logBucket(),
    ...bucket("lake"),
    role("delivery", "firehose.amazonaws.com"),
    sound("aws:kinesis/stream:Stream", "messages", {
      encryptionType: "KMS",
      kmsKeyId: ref("key"),
      retentionPeriod: 48,
      streamModeDetails: { streamMode: "ON_DEMAND" },
    }),
    logGroup("firehose-logs", "/aws/kinesisfirehose/lake"),
    sound("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "fed", {
      destination: "extended_s3",
      kinesisSourceConfiguration: { kinesisStreamArn: ref("messages"), roleArn: ref("delivery") },
      extendedS3Configuration: {
        bucketArn: ref("lake"),
        roleArn: ref("delivery"),
        kmsKeyArn: ref("key"),
        cloudwatchLoggingOptions: {
          enabled: true,
          logGroupName: ref("firehose-logs", "name"),
          logStreamName: "s3",
        },
      },
    }),
    sound("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "direct", {
      destination: "http_endpoint",
      serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: ref("key") },
      httpEndpointConfiguration: {
        url: "https://collector.example.com/in",
        roleArn: ref("delivery"),
        s3Configuration: { bucketArn: ref("lake"), roleArn: ref("delivery"), kmsKeyArn: ref("key") },
      },
    }),
    sound("aws:kinesis/videoStream:VideoStream", "video", { kmsKeyId: ref("key"), dataRetentionInHours: 24 }),
    sound("aws:msk/cluster:Cluster", "kafka", {
      kafkaVersion: "3.8.x",
      numberOfBrokerNodes: 3,
      brokerNodeGroupInfo: {
        instanceType: "kafka.m7g.large",
        clientSubnets: ["subnet-1"],
        securityGroups: ["sg-1"],
        connectivityInfo: { publicAccess: { type: "DISABLED" } },
      },
      encryptionInfo: {
        encryptionAtRestKmsKeyArn: ref("key"),
        encryptionInTransit: { clientBroker: "TLS", inCluster: true },
      },
      clientAuthentication: { sasl: { iam: true }, unauthenticated: false },
    }),
    sound("aws:mskconnect/connector:Connector", "connect", {
      connectorConfiguration: {},
      kafkaconnectVersion: "3.7.x",
      serviceExecutionRoleArn: ref("delivery"),
      capacity: { autoscaling: { minWorkerCount: 1, maxWorkerCount: 2 } },
      kafkaCluster: {
        apacheKafkaCluster: {
          bootstrapServers: "b:9098",
          vpc: { securityGroups: ["sg-1"], subnets: ["subnet-1"] },
        },
      },
      kafkaClusterClientAuthentication: { authenticationType: "IAM" },
      kafkaClusterEncryptionInTransit: { encryptionType: "TLS" },
      plugins: [],
    }),
  ],
  "devices and their rules": [
    key(),
    logsKey(),
    queue("errors"),
    role("rules", "iot.amazonaws.com"),
    sound("aws:iot/domainConfiguration:DomainConfiguration", "endpoint", {
      serviceType: "DATA",
      applicationProtocol: "SECURE_MQTT",
      authenticationType: "AWS_X509",
      tlsConfig: { securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
    }),
    sound("aws:iot/policy:Policy", "device", {
      policy: json(
        {
          Effect: "Allow",
          Action: "iot:Connect",
          Resource: `arn:aws:iot:eu-central-1:${account}:client/${own}`,
          Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } },
        },
        {
          Effect: "Allow",
          Action: ["iot:Publish"],
          Resource: [`arn:aws:iot:eu-central-1:${account}:topic/plant/${own}/up`],
        },
        {
          Effect: "Allow",
          Action: "iot:Receive",
          Resource: `arn:aws:iot:eu-central-1:${account}:topic/plant/${own}/down`,
        },
        {
          Effect: "Allow",
          Action: "iot:Subscribe",
          Resource: `arn:aws:iot:eu-central-1:${account}:topicfilter/plant/${own}/down`,
        },
      ),
    }),
    sound("aws:kinesis/stream:Stream", "messages", { encryptionType: "KMS", kmsKeyId: ref("key") }),
    sound("aws:iot/topicRule:TopicRule", "rule", {
      enabled: true,
      sql: "SELECT * FROM 'plant/+/up'",
      sqlVersion: "2016-03-23",
      kineses: [{ roleArn: ref("rules"), streamName: ref("messages", "name"), partitionKey: "${topic(2)}" }],
      errorAction: { sqs: { queueUrl: ref("errors", "id"), roleArn: ref("rules"), useBase64: false } },
    }),
    sound("aws:iot/roleAlias:RoleAlias", "alias", {
      alias: "upload",
      roleArn: ref("uploader"),
      credentialDuration: 3600,
    }),
    role("uploader", "credentials.iot.amazonaws.com"),
    sound("aws:iot/loggingOptions:LoggingOptions", "iot-logging", {
      defaultLogLevel: "INFO",
      roleArn: ref("rules"),
      disableAllLogs: false,
    }),
  ],
  "functions and what calls them": [
    key(),
    logsKey(),
    queue("failed"),
    role("worker", "lambda.amazonaws.com"),
    logGroup("work-logs", "/plant/work"),
    sound("aws:lambda/function:Function", "work", {
      role: ref("worker"),
      runtime: "nodejs22.x",
      handler: "index.handler",
      s3Bucket: "code",
      s3Key: "work.zip",
      sourceKmsKeyArn: ref("key"),
      kmsKeyArn: ref("key"),
      environment: {
        variables: {
          TABLE: "latest",
          SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db",
        },
      },
      loggingConfig: { logFormat: "JSON", logGroup: ref("work-logs", "name") },
      deadLetterConfig: { targetArn: ref("failed") },
    }),
    sound("aws:iam/rolePolicy:RolePolicy", "worker-may", {
      role: ref("worker", "id"),
      policy: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ref("failed") },
          {
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: ref("key"),
            Condition: { StringEquals: { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" } },
          },
        ],
      },
    }),
    sound("aws:lambda/permission:Permission", "may-call", {
      action: "lambda:InvokeFunction",
      function: ref("work", "name"),
      principal: "events.amazonaws.com",
      sourceArn: ref("hourly"),
      sourceAccount: account,
    }),
    sound("aws:cloudwatch/eventRule:EventRule", "hourly", { scheduleExpression: "rate(1 hour)" }),
    sound("aws:cloudwatch/eventTarget:EventTarget", "hourly-target", {
      rule: ref("hourly", "name"),
      arn: ref("work"),
      deadLetterConfig: { arn: ref("failed") },
    }),
    sound("aws:lambda/functionUrl:FunctionUrl", "url", {
      functionName: ref("work", "name"),
      authorizationType: "AWS_IAM",
    }),
    sound("aws:scheduler/schedule:Schedule", "nightly", {
      scheduleExpression: "cron(0 2 * * ? *)",
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: ref("key"),
      target: { arn: ref("work"), roleArn: ref("scheduler"), deadLetterConfig: { arn: ref("failed") } },
    }),
    role("scheduler", "scheduler.amazonaws.com"),
    logGroup("flow-logs", "/aws/vendedlogs/states/flow"),
    sound("aws:sfn/stateMachine:StateMachine", "flow", {
      definition: "{}",
      roleArn: ref("worker"),
      encryptionConfiguration: {
        type: "CUSTOMER_MANAGED_KMS_KEY",
        kmsKeyId: ref("key"),
        kmsDataKeyReusePeriodSeconds: 300,
      },
      loggingConfiguration: { level: "ALL", logDestination: `${ref("flow-logs")}:*` },
    }),
    sound("aws:cloudwatch/eventBus:EventBus", "bus", { name: "plant", kmsKeyIdentifier: ref("key") }),
  ],
  "what faces the internet": [
    key(),
    ...logBucket(),
    ...bucket("site"),
    sound("aws:lb/listener:Listener", "https", {
      loadBalancerArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1",
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
      defaultActions: [
        {
          type: "forward",
          targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1",
        },
      ],
    }),
    sound("aws:lb/listener:Listener", "redirect", {
      loadBalancerArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1",
      port: 80,
      protocol: "HTTP",
      defaultActions: [
        { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
      ],
    }),
    sound("aws:ec2/securityGroup:SecurityGroup", "web", {
      vpcId: "vpc-1",
      ingress: [
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8"] },
      ],
      egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
    }),
    sound("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "broker", {
      securityGroupId: "sg-1",
      ipProtocol: "tcp",
      fromPort: 8883,
      toPort: 8883,
      cidrIpv4: "0.0.0.0/0",
    }),
    sound("aws:cloudfront/distribution:Distribution", "cdn", {
      enabled: true,
      origins: [
        { originId: "site", domainName: ref("site", "id"), originAccessControlId: "oac" },
        {
          originId: "api",
          domainName: "api.example.com",
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "site",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
      },
      orderedCacheBehaviors: [
        {
          pathPattern: "/api/*",
          targetOriginId: "api",
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET", "HEAD"],
          cachedMethods: ["GET", "HEAD"],
        },
      ],
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: {
        acmCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/2",
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
    }),
    sound("aws:apigatewayv2/domainName:DomainName", "api-domain", {
      domainName: "api.example.com",
      domainNameConfiguration: {
        certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
    }),
    sound("aws:apigateway/domainName:DomainName", "rest-domain", {
      domainName: "rest.example.com",
      regionalCertificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
      securityPolicy: "TLS_1_2",
      endpointConfiguration: { types: "REGIONAL" },
    }),
    sound("aws:apigatewayv2/integration:Integration", "api-backend", {
      apiId: "api",
      integrationType: "HTTP_PROXY",
      integrationMethod: "ANY",
      integrationUri: "https://backend.example.com",
      tlsConfig: { serverNameToVerify: "backend.example.com" },
    }),
    sound("aws:opensearch/domain:Domain", "search", {
      encryptAtRest: { enabled: true, kmsKeyId: ref("key") },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      accessPolicies: json({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:role/search` },
        Action: "es:ESHttpGet",
        Resource: `arn:aws:es:eu-central-1:${account}:domain/search/*`,
      }),
    }),
  ],
  analytics: [
    key(),
    logsKey(),
    ...logBucket(),
    ...bucket("results"),
    role("etl", "glue.amazonaws.com"),
    sound("aws:athena/workgroup:Workgroup", "queries", {
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        resultConfiguration: {
          outputLocation: `s3://${ref("results", "id")}/`,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: ref("key") },
        },
      },
    }),
    sound("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "catalog", {
      dataCatalogEncryptionSettings: {
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: ref("key") },
        encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: ref("key") },
      },
    }),
    sound("aws:glue/securityConfiguration:SecurityConfiguration", "etl-security", {
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: ref("key") },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: ref("key") },
        s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: ref("key") },
      },
    }),
    sound("aws:glue/job:Job", "etl-job", {
      roleArn: ref("etl"),
      securityConfiguration: ref("etl-security", "name"),
      command: { scriptLocation: `s3://${ref("results", "id")}/job.py` },
    }),
    sound("aws:kinesisanalyticsv2/application:Application", "flink", {
      runtimeEnvironment: "FLINK-1_20",
      serviceExecutionRole: ref("etl"),
      applicationConfiguration: {
        applicationEncryptionConfiguration: { keyType: "CUSTOMER_MANAGED_KEY", keyId: ref("key") },
      },
    }),
    sound("aws:emrserverless/application:Application", "spark", {
      type: "spark",
      releaseLabel: "emr-7.5.0",
      monitoringConfiguration: {
        s3MonitoringConfiguration: {
          logUri: `s3://${ref("results", "id")}/logs/`,
          encryptionKeyArn: ref("key"),
        },
      },
    }),
    sound("aws:sagemaker/notebookInstance:NotebookInstance", "notebook", {
      roleArn: ref("etl"),
      instanceType: "ml.t3.medium",
      kmsKeyId: ref("key"),
      directInternetAccess: "Disabled",
      subnetId: "subnet-1",
      securityGroups: ["sg-1"],
      rootAccess: "Disabled",
    }),
    sound("aws:kendra/index:Index", "kendra", {
      roleArn: ref("etl"),
      serverSideEncryptionConfiguration: { kmsKeyId: ref("key") },
    }),
    sound("aws:cloudtrail/trail:Trail", "trail", {
      s3BucketName: ref("results", "id"),
      kmsKeyId: ref("key"),
      enableLogFileValidation: true,
      isMultiRegionTrail: true,
    }),
  ],
};
