/** What AWS would compute, as far as components read it: names, ARNs and addresses in their real form. */
import { createHash } from "node:crypto";

export const account = "123456789012";
export const region = "eu-central-1";

const hex = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/** As Pulumi names what nobody named. */
export const autoName = (name: string): string => `${name}-${hex(name, 7)}`;

const uuid = (text: string): string =>
  hex(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

type Inputs = Readonly<Record<string, unknown>>;

const regional = (service: string, resource: string, at: string = region): string =>
  `arn:aws:${service}:${at}:${account}:${resource}`;

export function awsComputed(type: string, name: string, inputs: Inputs): Record<string, unknown> {
  const given = typeof inputs["name"] === "string" ? inputs["name"] : autoName(name);
  const at = typeof inputs["region"] === "string" ? inputs["region"] : region;
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return { bucket: autoName(name), arn: `arn:aws:s3:::${autoName(name)}` };
    case "aws:kms/key:Key":
    case "aws:kms/replicaKey:ReplicaKey": {
      const keyId = inputs["multiRegion"] === true ? `mrk-${hex(name, 32)}` : uuid(name);
      return { keyId, arn: regional("kms", `key/${keyId}`, at) };
    }
    case "aws:iam/role:Role":
      return { name: given, arn: `arn:aws:iam::${account}:role/${given}` };
    case "aws:sqs/queue:Queue":
      return {
        name: given,
        arn: regional("sqs", given),
        url: `https://sqs.${region}.amazonaws.com/${account}/${given}`,
      };
    case "aws:sns/topic:Topic":
      return { name: given, arn: regional("sns", given) };
    case "aws:lambda/function:Function":
      return { name: given, arn: regional("lambda", `function:${given}`) };
    case "aws:kinesis/stream:Stream":
      return { name: given, arn: regional("kinesis", `stream/${given}`) };
    case "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream":
      return { name: given, arn: regional("firehose", `deliverystream/${given}`) };
    case "aws:cloudwatch/logGroup:LogGroup":
      return { name: given, arn: regional("logs", `log-group:${given}`) };
    case "aws:iot/domainConfiguration:DomainConfiguration":
      return { name: given, domainName: inputs["domainName"] ?? `d0abc-ats.iot.${region}.amazonaws.com` };
    case "aws:apigatewayv2/api:Api":
      return { apiEndpoint: `https://${hex(name, 10)}.execute-api.${region}.amazonaws.com` };
    case "aws:s3/bucketObject:BucketObject":
      return { versionId: hex(name, 32) };
    case "aws:iot/certificate:Certificate":
      return { arn: regional("iot", `cert/${hex(name, 64)}`) };
    case "aws:s3tables/tableBucket:TableBucket":
      return { name: given, arn: regional("s3tables", `bucket/${given}`) };
    default:
      return { name: given, arn: regional("other", given) };
  }
}

export function awsCall(
  token: string,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: account, arn: `arn:aws:iam::${account}:user/test`, id: account, userId: "test" };
    case "aws:iot/getEndpoint:getEndpoint":
      return inputs["endpointType"] === "iot:Data-ATS"
        ? { endpointAddress: `c0abc-ats.iot.${region}.amazonaws.com`, id: "endpoint" }
        : { endpointAddress: `c0abc.credentials.iot.${region}.amazonaws.com`, id: "endpoint" };
    default:
      return null;
  }
}
