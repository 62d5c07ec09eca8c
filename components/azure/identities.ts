import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { AzurePlace } from "./context.ts";

/** Who a service is when it acts: made before the service, so that its rights can be there when it starts. */
export interface Principal {
  readonly id: Output<string>;
  readonly principalId: Output<string>;
  readonly clientId: Output<string>;
}

/** One identity for one purpose; `purpose` is shown as a tag. */
export function createIdentity(
  name: string,
  purpose: string,
  { group, location }: AzurePlace,
  opts: CustomResourceOptions,
): Principal {
  const { id, principalId, clientId } = new UserAssignedIdentity(
    `${name}-identity`,
    { resourceGroupName: group.name, location, tags: { purpose } },
    opts,
  );
  return { id, principalId, clientId };
}

/** As most services want it: a list of ids. */
export const assigned = ({
  id,
}: Principal): { type: "UserAssigned"; userAssignedIdentities: Output<string>[] } => ({
  type: "UserAssigned",
  userAssignedIdentities: [id],
});

/** As Event Grid wants it: the ids are names of members. */
export const assignedByName = ({ id }: Principal) => ({
  type: "UserAssigned",
  userAssignedIdentities: id.apply((its) => ({ [its]: {} })),
});
