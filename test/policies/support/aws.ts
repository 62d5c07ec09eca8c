/** AWS resources that tests of many rules need. */
import { notKnownYet, resource, type Extras, type Written } from "./stack.ts";

export const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555";
export const key = (): Written =>
  resource(
    "aws:kms/key:Key",
    { enableKeyRotation: true },
    { name: "key", outputs: { arn: keyArn, keyId: keyArn.split("/")[1] } },
  );

/** Ways to name a key that are not the customer's: absent, empty, managed by alias, managed by ARN, of somebody. */
export const foreignKeys = [
  "",
  "alias/aws/s3",
  "arn:aws:kms:eu-central-1:123456789012:alias/aws/s3",
  "arn:aws:kms:eu-central-1:999999999999:key/99999999-2222-3333-4444-555555555555",
] as const;

/** A property whose key the preview does not know: with the key behind it, and with nothing. */
export const unknownKey = notKnownYet;
export const fromKey = (property: string, extras: Extras = {}): Extras => ({
  ...extras,
  from: { [property]: ["key"], ...extras.from },
});
