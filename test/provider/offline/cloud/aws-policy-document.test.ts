/** The function that composes policy documents, which the real provider answers without AWS as well. */

import { describe, expect, test } from "@jest/globals";
import { policyDocument } from "../../../../provider/offline/aws/policy-document.ts";
import type { ValueMap } from "../../../../provider/offline/shared/values.ts";

const composed = (args: ValueMap): unknown => JSON.parse(String(policyDocument(args)["json"]));

test("a document has the form that the real provider gives it", () => {
  const { json, minifiedJson } = policyDocument({
    policyId: "mine",
    statements: [
      {
        sid: "Read",
        actions: ["s3:GetObject", "s3:ListBucket", "s3:GetObject"],
        resources: ["arn:aws:s3:::b/&{aws:username}/*"],
        principals: [
          { type: "AWS", identifiers: ["arn:aws:iam::1:root", "arn:aws:iam::2:root"] },
          { type: "Service", identifiers: ["lambda.amazonaws.com"] },
        ],
        conditions: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] },
          { test: "StringEquals", variable: "aws:SourceArn", values: ["b", "a"] },
          { test: "Bool", variable: "aws:SecureTransport", values: ["true"] },
        ],
      },
    ],
  });
  expect(json).toBe(`{
  "Version": "2012-10-17",
  "Id": "mine",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket",
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::b/\${aws:username}/*",
      "Principal": {
        "AWS": [
          "arn:aws:iam::2:root",
          "arn:aws:iam::1:root"
        ],
        "Service": "lambda.amazonaws.com"
      },
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "true"
        },
        "StringEquals": {
          "aws:SourceAccount": "1",
          "aws:SourceArn": [
            "b",
            "a"
          ]
        }
      }
    }
  ]
}`);
  expect(minifiedJson).toBe(JSON.stringify(JSON.parse(String(json))));
});

test("everybody is a star, and negations have their own names", () => {
  const everybody = [{ type: "*", identifiers: ["*"] }];
  expect(
    composed({
      statements: [{ effect: "Deny", notActions: ["a:b"], notResources: ["r"], notPrincipals: everybody }],
    }),
  ).toMatchObject({
    Statement: [{ Effect: "Deny", NotAction: "a:b", NotResource: "r", NotPrincipal: "*" }],
  });
  expect(composed({})).toEqual({ Version: "2012-10-17", Statement: [] });
});

test("documents are merged: sources first, then its own statements, then what overrides by sid", () => {
  const document = (...statements: unknown[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const statement = (Sid: string, Action: string) => ({ Sid, Effect: "Allow", Action });
  expect(
    composed({
      sourcePolicyDocuments: [
        document(statement("A", "a:1"), { Effect: "Allow", Action: "x" }),
        document(statement("B", "b:1")),
      ],
      statements: [
        { sid: "B", actions: ["b:2"] },
        { sid: "C", actions: ["c:1"] },
      ],
      overridePolicyDocuments: [document(statement("A", "a:2"), statement("D", "d:1"))],
    }),
  ).toEqual({
    Version: "2012-10-17",
    Statement: [
      statement("A", "a:2"),
      { Effect: "Allow", Action: "x" },
      statement("B", "b:2"),
      statement("C", "c:1"),
      statement("D", "d:1"),
    ],
  });
});

describe("what AWS would refuse is an error", () => {
  test.each<[ValueMap, string]>([
    [{ version: "2020-01-01" }, 'version: must be one of 2012-10-17, 2008-10-17; received "2020-01-01"'],
    [
      { statements: [{ effect: "Permit" }] },
      'statements[0].effect: must be one of "Allow", "Deny"; received "Permit"',
    ],
    [
      { statements: [{ sid: "read it" }] },
      'statements[0].sid: must be of letters and digits only; received "read it"',
    ],
    [{ statements: [{ sid: "A" }, { sid: "A" }] }, 'statements: the sid "A" is there twice'],
    [{ sourcePolicyDocuments: ["{"] }, "sourcePolicyDocuments[0]: must be a policy document in JSON"],
  ])("%j", (args, message) => {
    expect(() => policyDocument(args)).toThrow(message);
  });
});
