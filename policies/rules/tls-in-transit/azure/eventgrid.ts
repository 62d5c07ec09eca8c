/** Event Grid delivers over TLS. */
import { all, holds, notLike } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent, isNothing } from "../../../kit/value.ts";

export const azureEventgridTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-eventgrid-require-tls-to-webhooks",
    description: "Events are sent to HTTPS addresses only",
    types: [
      "azure-native:eventgrid:EventSubscription",
      "azure-native:eventgrid:SystemTopicEventSubscription",
      "azure-native:eventgrid:TopicEventSubscription",
    ],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set destination.endpointUrl to an https:// address",
    concerns: (view) => !isNothing(view.value("destination")),
    check: all(
      notLike("destination.endpointUrl", /^http:/i, "an https:// address"),
      notLike("deliveryWithResourceIdentity.destination.endpointUrl", /^http:/i, "an https:// address"),
      holds(
        "destination.minimumTlsVersionAllowed",
        (version) => isAbsent(version) || /^1\.[23]$/.test(String(version)),
        "1.2, 1.3, absent",
      ),
    ),
    example: { violation: 'endpointUrl: "http://hook"', fixed: 'endpointUrl: "https://hook"' },
  }),
];
