import { PermissionBinding } from "@pulumi/azure-native/eventgrid/permissionBinding.js";
import { TopicSpace } from "@pulumi/azure-native/eventgrid/topicSpace.js";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import { topicRoot } from "../contracts/secure-ingest.ts";
import type { Broker } from "./broker.ts";
import type { AzureContext } from "./context.ts";

/** Event Grid puts the name that the client was authenticated under in its place: the certificate's common name. */
const own = `${topicRoot}/\${client.authenticationName}`;

/**
 * What a device may do, and nothing else: a topic without a space is refused. The twin of components/aws/topic-policy.ts;
 * a wildcard of a template is MQTT's (learn.microsoft.com, "Topic spaces in Azure Event Grid").
 */
export const topicSpaces = {
  publish: {
    permission: "Publisher",
    description: "What a device publishes, below its own id",
    templates: [
      `${own}/telemetry`,
      `${own}/telemetry/+`,
      `${own}/events`,
      `${own}/status`,
      `${own}/commands/+/ack`,
    ],
  },
  commands: {
    permission: "Subscriber",
    description: "What a device is told, below its own id",
    templates: [`${own}/commands/+`],
  },
} as const;

export function createTopicSpaces(
  name: string,
  devices: Output<string>,
  { namespace }: Broker,
  { group }: AzureContext,
  opts: CustomResourceOptions,
): PermissionBinding[] {
  const place = { resourceGroupName: group.name, namespaceName: namespace.name };
  return Object.entries(topicSpaces).map(([space, { permission, description, templates }]) => {
    const made = new TopicSpace(
      `${name}-space-${space}`,
      { ...place, topicSpaceName: space, description, topicTemplates: [...templates] },
      opts,
    );
    return new PermissionBinding(
      `${name}-may-${space}`,
      {
        ...place,
        permissionBindingName: `devices-${space}`,
        description,
        clientGroupName: devices,
        topicSpaceName: made.name,
        permission,
      },
      { ...opts, parent: made },
    );
  });
}
