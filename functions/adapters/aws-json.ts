import type { AwsAccess } from "./aws-client.ts";

/** Services that speak AWS' JSON protocol: what their operations are called by, and its version. */
const services = {
  dynamodb: { target: "DynamoDB_20120810", version: "1.0" },
  firehose: { target: "Firehose_20150804", version: "1.1" },
  kinesis: { target: "Kinesis_20131202", version: "1.1" },
  kms: { target: "TrentService", version: "1.1" },
  sqs: { target: "AmazonSQS", version: "1.0" },
  ssm: { target: "AmazonSSM", version: "1.1" },
} as const;

/** What a service calls a failure that it answered, such as `ResourceNotFoundException`, with what stands before it. */
export const failureType = async (answer: Response): Promise<string> =>
  /"__type"\s*:\s*"([^"]+)"/.exec(await answer.text())?.[1] ?? "no type";

/** One operation of a service; what a failure means is the caller's to say. */
export function awsJson(
  { fetch, address }: AwsAccess,
  service: keyof typeof services,
  operation: string,
  body: object,
): Promise<Response> {
  const { target, version } = services[service];
  return fetch(service, `${address(service)}/`, {
    method: "POST",
    headers: {
      "Content-Type": `application/x-amz-json-${version}`,
      "X-Amz-Target": `${target}.${operation}`,
    },
    body: JSON.stringify(body),
  });
}
