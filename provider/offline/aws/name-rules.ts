/** What AWS allows as names, for resources whose names protocols or other resources rely on. */

import type { NameRule } from "../cloud/name-rules.ts";

/** By `module/Class`. Sources: the API reference of each service, "Pattern" of the name. */
export const nameRules: Readonly<Record<string, NameRule>> = {
  "dynamodb/Table": {
    property: "name",
    pattern: /^[a-zA-Z0-9_.-]{3,255}$/,
    allowed: "3 to 255 of a-z A-Z 0-9 _ . -",
  },
  "iam/Role": {
    property: "name",
    pattern: /^[\w+=,.@-]{1,64}$/,
    allowed: "1 to 64 of a-z A-Z 0-9 + = , . @ _ -",
  },
  "iot/Policy": {
    property: "name",
    pattern: /^[\w+=,.@-]{1,128}$/,
    allowed: "1 to 128 of a-z A-Z 0-9 + = , . @ _ -",
  },
  "iot/Thing": {
    property: "name",
    pattern: /^[a-zA-Z0-9:_-]{1,128}$/,
    allowed: "1 to 128 of a-z A-Z 0-9 : _ -",
  },
  "iot/TopicRule": {
    property: "name",
    pattern: /^\w{1,128}$/,
    allowed: "1 to 128 of a-z A-Z 0-9 _ (no hyphens)",
  },
  "kinesis/Stream": {
    property: "name",
    pattern: /^[a-zA-Z0-9_.-]{1,128}$/,
    allowed: "1 to 128 of a-z A-Z 0-9 _ . -",
  },
  "kms/Alias": {
    property: "name",
    pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/,
    allowed: "alias/ and up to 250 of a-z A-Z 0-9 / _ -, not beginning with alias/aws/",
  },
  "lambda/Function": {
    property: "name",
    pattern: /^[a-zA-Z0-9_-]{1,64}$/,
    allowed: "1 to 64 of a-z A-Z 0-9 _ -",
  },
  "s3/Bucket": {
    property: "bucket",
    pattern: /^(?!xn--|sthree-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    allowed: "3 to 63 of a-z 0-9 . -, beginning and ending with a letter or digit",
  },
  "sqs/Queue": {
    property: "name",
    pattern: /^[a-zA-Z0-9_-]{1,80}$|^[a-zA-Z0-9_-]{1,75}\.fifo$/,
    allowed: "1 to 80 of a-z A-Z 0-9 _ -",
  },
};
