/** Policy documents as AWS takes them, and cases of a rule about one. */
import type { Cases } from "./cases.ts";
import { notKnownYet, resource, type Extras } from "./stack.ts";

export const account = "123456789012";
export const text = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
export const allow = (statement: object): object => ({ Effect: "Allow", ...statement });
export const bySource = { StringEquals: { "aws:SourceAccount": account } };
export const bySourceArn = {
  ...bySource,
  ArnLike: { "aws:SourceArn": `arn:aws:iot:eu-central-1:${account}:*` },
};

/** Cases of a rule about one document: statements that are right, and wrong. */
export const document = (
  token: string,
  property: string,
  right: readonly object[],
  wrong: readonly object[],
  extras: Extras = {},
): Cases => ({
  compliant: [
    ...right.map((one) => resource(token, { [property]: text(one) }, extras)),
    // As a structure, and as one statement that is no list.
    ...right.map((one) => resource(token, { [property]: { Statement: one } }, extras)),
  ],
  violating: [
    ...wrong.map((one) =>
      resource(token, { [property]: text({ Effect: "Deny", Action: "*", Resource: "*" }, one) }, extras),
    ),
    resource(token, { [property]: "no JSON" }, extras),
    resource(token, { [property]: text(right[0] ?? {}) }, { ...extras, ignoreChanges: [property] }),
  ],
  absent: [resource(token, { [property]: "{}" }, extras)],
  unknown: [
    resource(token, { [property]: notKnownYet }, extras),
    resource(token, { [property]: { Statement: [{ ...right[0], Resource: notKnownYet }] } }, extras),
  ],
});
