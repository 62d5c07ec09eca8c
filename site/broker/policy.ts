import { deviceIdPattern, topicRoot } from "../../functions/core/envelope.ts";

/** What a client may name itself, publish, subscribe to and leave behind. */
export interface TopicPolicy {
  isClientId(id: string): boolean;
  /** The channel below the device's root that a topic stands for; `null` where the client may not publish to it. */
  channelOf(clientId: string, topic: string): string | null;
  mayRetain(clientId: string, topic: string): boolean;
  mayLeaveWill(clientId: string, topic: string): boolean;
  maySubscribe(clientId: string, filter: string): boolean;
  /** What the client says of itself (`{"online": …}`). */
  isStatus(clientId: string, topic: string): boolean;
}

/** A stream of telemetry or a command: one topic level of 1 to 64 characters. */
export const levelNamePattern = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

const mostFilterLength = 256;

/**
 * A device publishes to `devices/{id}/telemetry`, `…/telemetry/{stream}`, `…/events`, `…/status` and
 * `…/commands/{name}/ack` of its own; only the status is retained, and only it may be the last will. It subscribes to
 * whatever begins with `devices/{id}` of its own, wildcards below included.
 */
export const devicePolicy: TopicPolicy = {
  isClientId: (id) => deviceIdPattern.test(id),
  channelOf(clientId, topic) {
    const root = `${topicRoot}/${clientId}/`;
    if (!topic.startsWith(root)) return null;
    const channel = topic.slice(root.length);
    return isChannel(channel) ? channel : null;
  },
  mayRetain: (clientId, topic) => topic === statusTopic(clientId),
  mayLeaveWill: (clientId, topic) => topic === statusTopic(clientId),
  maySubscribe(clientId, filter) {
    const root = `${topicRoot}/${clientId}`;
    return filter.length <= mostFilterLength && (filter === root || filter.startsWith(`${root}/`));
  },
  isStatus: (clientId, topic) => topic === statusTopic(clientId),
};

export function statusTopic(deviceId: string): string {
  return `${topicRoot}/${deviceId}/status`;
}

export function commandTopic(deviceId: string, name: string): string {
  return `${topicRoot}/${deviceId}/commands/${name}`;
}

function isChannel(channel: string): boolean {
  const [first, second, third, ...more] = channel.split("/");
  if (more.length > 0) return false;
  switch (first) {
    case "telemetry":
      return third === undefined && (second === undefined || levelNamePattern.test(second));
    case "events":
    case "status":
      return second === undefined;
    case "commands":
      return third === "ack" && second !== undefined && levelNamePattern.test(second);
    default:
      return false;
  }
}
