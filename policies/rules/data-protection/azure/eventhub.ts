/** Events of Fieldlake are kept long enough to be read again. */
import { all, isAtLeast, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

export const azureEventhubProtectionRules: readonly Rule[] = [
  {
    id: "azure-eventhub-keep-retention",
    theme: "data-protection",
    description: "Messages of Fieldlake are kept for a day at least, so that they can be read again",
    severity: "medium",
    types: ["azure-native:eventhub:EventHub"],
    controls: ["NIST SP 800-53 SI-12"],
    why: "A decoder that stands still for an hour would lose what came in.",
    fix: "set retentionDescription.retentionTimeInHours to 24 or more",
    concerns: isOurs,
    check: all(
      isAtLeast("retentionDescription.retentionTimeInHours", 24),
      isOneOf("retentionDescription.cleanupPolicy", ["Delete"]),
    ),
    example: { violation: "retentionTimeInHours: 1", fixed: "retentionTimeInHours: 24" },
  },
];
