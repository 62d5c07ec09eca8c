/** Reading a provisioning template. */
import type { Context } from "../../../../kit/context.ts";
import { type Value, isAbsent, isObject } from "../../../../kit/value.ts";
import { type Check, fail, pass } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";

/** An authority whose certificate this stack computes, or that a component of Fieldlake took from its owner. */
export function isMadeHere(view: View, context: Context): readonly Check[] {
  const isKnown = (view.resource.propertyDependencies["caCertificatePem"] ?? []).length > 0;
  return isKnown || context.isOurs(view.resource)
    ? [pass("caCertificatePem", "of an authority of this stack")]
    : [fail("caCertificatePem", "of an authority that this stack does not make", "one of this stack")];
}
const resourcesOf = (resources: Value): { type: Value; properties: Value }[] =>
  isObject(resources)
    ? Object.values(resources).flatMap((one) =>
        isObject(one) ? [{ type: one["Type"], properties: one["Properties"] }] : [],
      )
    : [];
export function hasPolicyByName(resources: Value): boolean {
  const policies = resourcesOf(resources).filter(({ type }) => type === "AWS::IoT::Policy");
  return (
    policies.length > 0 &&
    policies.every(
      ({ properties }) =>
        isObject(properties) &&
        !isAbsent(properties["PolicyName"]) &&
        properties["PolicyDocument"] === undefined,
    )
  );
}
export const namesThingByCertificate =
  (type: Value) =>
  (resources: Value): boolean =>
    type !== "JITP" ||
    resourcesOf(resources)
      .filter((one) => one.type === "AWS::IoT::Thing")
      .every(({ properties }) =>
        JSON.stringify(isObject(properties) ? properties["ThingName"] : null).includes(
          "AWS::IoT::Certificate::",
        ),
      );
