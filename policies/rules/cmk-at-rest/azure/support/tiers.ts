/** Tiers on which a service knows no key of the customer. */
import type { Rule } from "../../../../kit/rule.ts";
import { isAbsent } from "../../../../kit/value.ts";

/** The tier that a small Fieldlake environment runs on; `fieldlake:azure.eventHubs.tier` chooses. */
export const onStandard: NonNullable<Rule["unsupported"]> = (view, context) =>
  context.isOurs(view.resource) && view.value("sku.name") === "Standard" && isAbsent(view.value("encryption"))
    ? {
        reason: "Event Hubs of tier Standard has no key of the customer",
        compensatingControl:
          "messages are kept for hours only, and everything that is read from them is stored under a key of the customer; fieldlake:azure.eventHubs.tier premium lifts this",
      }
    : null;
