import { Certificate } from "@pulumi/aws/iot/certificate.js";
import { PolicyAttachment } from "@pulumi/aws/iot/policyAttachment.js";
import { Thing } from "@pulumi/aws/iot/thing.js";
import { ThingGroupMembership } from "@pulumi/aws/iot/thingGroupMembership.js";
import { ThingPrincipalAttachment } from "@pulumi/aws/iot/thingPrincipalAttachment.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { PinnedDevice } from "../contracts/device-fleet.ts";
import type { Leaf } from "../shared/certificates.ts";
import type { FleetThings } from "./provisioning.ts";

/** A device of the stack: a thing and its certificate, signed by our intermediate from its own request. */
export function pinThing(
  name: string,
  { id, profile }: PinnedDevice,
  leaf: Leaf,
  args: { readonly issuer: Input<string>; readonly revoked: boolean; readonly fleet: FleetThings },
  opts: CustomResourceOptions,
): void {
  const { issuer, revoked, fleet } = args;
  const thing = new Thing(
    name,
    { name: id, thingTypeName: fleet.type.name, attributes: profile === null ? {} : { profile } },
    opts,
  );
  const child = { ...opts, parent: thing };
  const certificate = new Certificate(
    `${name}-identity`,
    { certificatePem: leaf.certificate, caPem: issuer, active: !revoked },
    child,
  );
  new PolicyAttachment(`${name}-policy`, { policy: fleet.policy.name, target: certificate.arn }, child);
  new ThingPrincipalAttachment(
    `${name}-attachment`,
    { thing: thing.name, principal: certificate.arn, thingPrincipalType: "EXCLUSIVE_THING" },
    child,
  );
  new ThingGroupMembership(
    `${name}-membership`,
    { thingName: thing.name, thingGroupName: fleet.group.name },
    child,
  );
}
