import { randomBytes } from "node:crypto";
import { answersFolder } from "../aws-agreements.ts";
import type { AwsAccess, AwsLinks } from "./aws-client.ts";
import type { PutAside } from "./http-api-event.ts";
import { s3Objects, urlOf } from "./s3.ts";

/** Seconds: who asked follows at once. */
const linkSeconds = 300;

/** Answers in a bucket whose rules remove them after days, by names that nobody guesses; a link reads one for minutes. */
export function s3Aside(access: AwsAccess & AwsLinks, bucket: string): PutAside {
  const objects = s3Objects(access);
  return async (bytes, contentType, disposition) => {
    const key = `${answersFolder}/${randomBytes(32).toString("hex")}`;
    await objects.create(bucket, key, bytes);
    const url = new URL(urlOf(access.address)(bucket, key));
    url.searchParams.set("response-content-type", contentType);
    url.searchParams.set("response-cache-control", "no-store");
    if (disposition !== null) url.searchParams.set("response-content-disposition", disposition);
    return access.link(url.href, linkSeconds);
  };
}
