import { interpolate, type Input } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import type { Principal } from "./identities.ts";
import { containerScope, grant } from "./roles.ts";
import { deadLetterContainer, type ZoneStorage } from "./zones.ts";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";

export interface Delivery {
  readonly hubId: Input<string>;
  readonly by: Principal;
  /** Whose account takes what can't be delivered. */
  readonly quarantine: ZoneStorage;
  /** Path in the event whose value keeps events of a kind in order; null where order does not matter. */
  readonly orderedBy: string | null;
}

/** Over a day, then the event is a dead letter. */
const retryPolicy = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1_440 };

/** From Event Grid to a hub, by an identity; what can't be delivered is kept, under our key. */
export function deliveryByIdentity({ hubId, by, quarantine, orderedBy }: Delivery) {
  const identity = { type: "UserAssigned", userAssignedIdentity: by.id };
  return {
    eventDeliverySchema: "CloudEventSchemaV1_0",
    deliveryWithResourceIdentity: {
      identity,
      destination: {
        endpointType: "EventHub" as const,
        resourceId: hubId,
        deliveryAttributeMappings:
          orderedBy === null
            ? []
            : [{ name: "PartitionKey", type: "Dynamic" as const, sourceField: orderedBy }],
      },
    },
    deadLetterWithResourceIdentity: {
      identity,
      deadLetterDestination: {
        endpointType: "StorageBlob" as const,
        resourceId: quarantine.storage.accountId,
        blobContainerName: deadLetterContainer,
      },
    },
    retryPolicy,
  };
}

/** What the delivery needs: to send to the one hub, and to write into the one container. */
export function deliveryRights(
  name: string,
  { hubId, by: principal, quarantine }: Delivery,
  what: string,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  return [
    grant(
      `${name}-sends`,
      context,
      {
        role: "Azure Event Hubs Data Sender",
        scope: hubId,
        principal,
        why: `Event Grid delivers ${what} to the hub`,
      },
      opts,
    ),
    grant(
      `${name}-dead-letters`,
      context,
      {
        role: "Storage Blob Data Contributor",
        scope: containerScope(quarantine.storage.accountId, deadLetterContainer),
        principal,
        why: `Event Grid keeps ${what} that it can't deliver`,
      },
      opts,
    ),
  ];
}

/** Where dead letters are. */
export const deadLettersOf = ({ storage }: ZoneStorage) =>
  interpolate`${storage.endpoint}/${deadLetterContainer}`;
