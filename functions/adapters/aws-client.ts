import { AwsClient } from "aws4fetch";
import { required, type Environment } from "./environment.ts";

/** A signed request to an AWS service: the whole of the SDK that the hot path needs. */
export interface AwsFetch {
  (service: string, url: string, init: RequestInit): Promise<Response>;
}

export interface AwsAccess {
  readonly fetch: AwsFetch;
  /** Address of a service; `host` is what its virtual host begins with. */
  address(service: string, host?: string): string;
}

/** Attempts after the first, on throttling and server errors, with doubling pauses from 50 ms on. */
const retries = 5;

/** From the environment that Lambda gives; `AWS_ENDPOINT_URL` leads to an AWS-compatible server instead. */
export function awsAccess(env: Environment): AwsAccess {
  const region = required(env, "AWS_REGION");
  const client = new AwsClient({
    accessKeyId: required(env, "AWS_ACCESS_KEY_ID"),
    secretAccessKey: required(env, "AWS_SECRET_ACCESS_KEY"),
    ...(env["AWS_SESSION_TOKEN"] === undefined ? {} : { sessionToken: env["AWS_SESSION_TOKEN"] }),
    region,
    retries,
  });
  const endpoint = env["AWS_ENDPOINT_URL"];
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    fetch: (service, url, init) => client.fetch(url, { ...init, aws: { service } }),
    address: (service, host) => {
      if (endpoint !== undefined) return host === undefined ? endpoint : `${endpoint}/${host}`;
      return `https://${host === undefined ? "" : `${host}.`}${service}.${region}.${domain}`;
    },
  };
}
