/** Pre-signed requests to one bucket (AWS Signature Version 4 in the query), by the credentials of whoever runs the command. */
import { AwsV4Signer } from "aws4fetch";
import { required, type Environment } from "../../../functions/adapters/environment.ts";
import type { Presign } from "./s3.ts";

/** Seconds that a signed request is good for. */
const lifeSeconds = 3_600;

/** @param address of the bucket, `https://<bucket>.s3.<region>.amazonaws.com` */
export function presignFor(address: string, env: Environment): Presign {
  const region = required(env, "AWS_REGION");
  const accessKeyId = required(env, "AWS_ACCESS_KEY_ID");
  const secretAccessKey = required(env, "AWS_SECRET_ACCESS_KEY");
  const sessionToken = env["AWS_SESSION_TOKEN"];
  return async (method, key, query, headers) => {
    const url = new URL(`${address}/${key.split("/").map(encodeURIComponent).join("/")}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    url.searchParams.set("X-Amz-Expires", String(lifeSeconds));
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      service: "s3",
      region,
      signQuery: true,
      allHeaders: true,
    });
    const signed = await signer.sign();
    return { url: signed.url.href, headers };
  };
}
