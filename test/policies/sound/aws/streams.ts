/** Streams, Kafka and what delivers them. */
import { bucket, key, logBucket, logGroup, logsKey, role } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const awsStreams: Readonly<Record<string, readonly Sound[]>> = {
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
};
