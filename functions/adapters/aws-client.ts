import { AwsClient } from "aws4fetch";
import { persistent } from "./persistent.ts";
import { required, type Environment } from "./environment.ts";

/** A signed request to an AWS service, its answer read whole: all of the SDK that the hot path needs. */
export interface AwsFetch {
  (service: string, url: string, init: RequestInit): Promise<Response>;
}

export interface AwsAccess {
  readonly fetch: AwsFetch;
  /** Address of a service; `host` is what its virtual host begins with. */
  address(service: string, host?: string): string;
}

export interface AwsLinks {
  /** An address that reads one object for so many seconds, whoever has it; it needs no rights of who uses it. */
  link(url: string, seconds: number): Promise<string>;
}

/** How services say by a 400 that they are throttled (DynamoDB, Kinesis), and S3 by a 409 that two wrote at once. */
const busy =
  /Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|LimitExceededException|ConditionalRequestConflict/;

/** From the environment that Lambda gives; `AWS_ENDPOINT_URL` leads to an AWS-compatible server instead. */
export function awsAccess(env: Environment): AwsAccess & AwsLinks {
  const region = required(env, "AWS_REGION");
  const client = new AwsClient({
    accessKeyId: required(env, "AWS_ACCESS_KEY_ID"),
    secretAccessKey: required(env, "AWS_SECRET_ACCESS_KEY"),
    ...(env["AWS_SESSION_TOKEN"] === undefined ? {} : { sessionToken: env["AWS_SESSION_TOKEN"] }),
    region,
    retries: 0,
  });
  const endpoint = env["AWS_ENDPOINT_URL"];
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    fetch: (service, url, init) =>
      persistent((signal) => client.fetch(url, { ...init, signal, aws: { service } }), busy),
    async link(url, seconds) {
      const address = new URL(url);
      address.searchParams.set("X-Amz-Expires", String(seconds));
      const signed = await client.sign(address.href, {
        method: "GET",
        aws: { service: "s3", signQuery: true },
      });
      return signed.url;
    },
    address: (service, host) => {
      if (endpoint !== undefined) return host === undefined ? endpoint : `${endpoint}/${host}`;
      return `https://${host === undefined ? "" : `${host}.`}${service}.${region}.${domain}`;
    },
  };
}
