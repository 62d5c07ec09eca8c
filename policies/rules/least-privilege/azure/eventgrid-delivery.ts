/** Event Grid delivers by identity. */
import { all, isOneOf, present, refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const account = "azure-native:storage:StorageAccount";
const subscriptions = [
  "azure-native:eventgrid:EventSubscription",
  "azure-native:eventgrid:SystemTopicEventSubscription",
];

export const azureEventgridDeliveryPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-require-identity-on-delivery",
    theme: "least-privilege",
    description: "Events of Fieldlake are delivered by a named identity, and none is lost",
    severity: "medium",
    types: subscriptions,
    controls: ["MCSB IM-3", "NIST SP 800-53 SI-12"],
    why: "A key in a subscription names nobody; an event without a dead letter is gone.",
    fix: "set deliveryWithResourceIdentity and deadLetterWithResourceIdentity, each with identity and target",
    concerns: isOurs,
    check: all(
      present([
        "deliveryWithResourceIdentity.destination.resourceId",
        "deadLetterWithResourceIdentity.deadLetterDestination.resourceId",
      ]),
      refersTo(
        [
          "deliveryWithResourceIdentity.identity.userAssignedIdentity",
          "deadLetterWithResourceIdentity.identity.userAssignedIdentity",
        ],
        ["azure-native:managedidentity:UserAssignedIdentity"],
        "an identity of this stack",
      ),
      refersTo(
        "deadLetterWithResourceIdentity.deadLetterDestination.resourceId",
        [account],
        "an account of this stack",
      ),
      isOneOf(
        ["deliveryWithResourceIdentity.identity.type", "deadLetterWithResourceIdentity.identity.type"],
        ["UserAssigned"],
      ),
      isOneOf("deliveryWithResourceIdentity.destination.endpointType", [
        "EventHub",
        "ServiceBusQueue",
        "StorageQueue",
      ]),
      isOneOf("deadLetterWithResourceIdentity.deadLetterDestination.endpointType", ["StorageBlob"]),
      isOneOf("deadLetterWithResourceIdentity.deadLetterDestination.blobContainerName", ["dead-letters"]),
    ),
    example: {
      violation: "destination: { endpointType, resourceId }",
      fixed: "deliveryWithResourceIdentity: { identity, destination }",
    },
  },
];
