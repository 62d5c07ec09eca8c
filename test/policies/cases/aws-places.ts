import type { RuleCases } from "../support/cases.ts";
import { keyArn } from "../support/aws.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { keyed, weakened } from "../support/weakened.ts";

const firehose = (inputs: object, from = {}): Written =>
  resource("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", inputs, { from });
const streamArn = "arn:aws:kinesis:eu-central-1:123456789012:stream/messages";
const stream = resource("aws:kinesis/stream:Stream", {}, { name: "messages", outputs: { arn: streamArn } });
const fed = (kinesisStreamArn: unknown) => ({ kinesisSourceConfiguration: { kinesisStreamArn } });
const flink = (inputs: object, from = {}): Written =>
  resource("aws:kinesisanalyticsv2/application:Application", inputs, { from });
const code = (bucketArn: unknown) => ({
  applicationConfiguration: {
    applicationCodeConfiguration: { codeContent: { s3ContentLocation: { bucketArn, fileKey: "job.jar" } } },
  },
});
const bucket = resource(
  "aws:s3/bucket:Bucket",
  { bucket: "code" },
  { name: "code", outputs: { arn: "arn:aws:s3:::code" } },
);
const group = resource("aws:cloudwatch/logGroup:LogGroup", { name: "/plant/jobs" }, { name: "logs" });
const job = (container: unknown): Written =>
  resource("aws:batch/jobDefinition:JobDefinition", {
    type: "container",
    containerProperties: typeof container === "object" ? JSON.stringify(container) : container,
  });
const logging = (name: string) => ({
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": name } },
});
const api = (inputs: object): Written =>
  resource("aws:apigatewayv2/api:Api", inputs, { name: "api", outputs: { id: "a1" } });
const mapping = (apiId: unknown, domainName = "api.example.com"): Written =>
  resource("aws:apigatewayv2/apiMapping:ApiMapping", { apiId, domainName, stage: "$default" });
const domain = (inputs: object): Written =>
  resource("aws:apigatewayv2/domainName:DomainName", inputs, {
    name: "domain",
    outputs: { id: "api.example.com" },
  });
const asking = domain({ mutualTlsAuthentication: { truststoreUri: "s3://ca/ca.pem" } });
const closed = { disableExecuteApiEndpoint: true };

export const awsPlaceCases: RuleCases = {
  "aws-firehose-require-own-source": {
    compliant: [
      [stream, firehose(fed(streamArn))],
      [stream, firehose(fed(notKnownYet), { kinesisSourceConfiguration: ["messages"] })],
    ],
    violating: [[stream, firehose(fed(`${streamArn}-of-others`))]],
    absent: [[stream, firehose(fed(""))]],
    unknown: [[stream, firehose(fed(notKnownYet))]],
  },
  "aws-flink-require-own-places": {
    compliant: [
      [bucket, flink(code("arn:aws:s3:::code"))],
      [bucket, flink(code(notKnownYet), { applicationConfiguration: ["code"] })],
    ],
    violating: [
      [bucket, flink(code("arn:aws:s3:::elsewhere"))],
      [
        bucket,
        group,
        flink({ ...code("arn:aws:s3:::code"), cloudwatchLoggingOptions: { logStreamArn: "arn:x" } }),
      ],
    ],
    absent: [[bucket, flink(code(""))]],
    unknown: [[bucket, flink(code(notKnownYet))]],
  },
  "aws-batch-require-own-log-group": {
    compliant: [[group, job({ image: "i", ...logging("/plant/jobs") })]],
    violating: [[group, job({ image: "i", ...logging("/aws/batch/job") })]],
    absent: [[group, job({ image: "i" })]],
    unknown: [[group, job(notKnownYet)]],
  },
  "aws-ec2-require-customer-key-on-templates": keyed(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "blockDeviceMappings[0].ebs.kmsKeyId",
    { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }] },
    { "blockDeviceMappings[0].ebs.encrypted": ["false"] },
    [
      {
        blockDeviceMappings: [
          { ebs: { encrypted: "true", kmsKeyId: keyArn } },
          { ebs: { encrypted: "true" } },
        ],
      },
    ],
  ),
  "aws-apigateway-require-trust-store": weakened({
    token: "aws:apigatewayv2/domainName:DomainName",
    inputs: { mutualTlsAuthentication: { truststoreUri: "s3://ca/ca.pem" } },
    weak: { "mutualTlsAuthentication.truststoreUri": ["", "http://ca/ca.pem"] },
  }),
  "aws-apigateway-close-default-endpoint": {
    compliant: [[asking, mapping("a1"), api(closed)]],
    violating: [[asking, mapping("a1"), api({ disableExecuteApiEndpoint: false })]],
    absent: [[asking, mapping("a1"), api({})]],
    unknown: [[asking, mapping("a1"), api({ disableExecuteApiEndpoint: notKnownYet })]],
  },
};
