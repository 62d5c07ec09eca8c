/**
 * The envelope of a message: who sent it, where, when. Everything here comes from the authenticated
 * connection, never from the payload (docs/architecture.md, "Identity, topics, messages").
 */

/** One id everywhere: certificate CN, MQTT client id and username, topic level, device registry. */
export const deviceIdPattern = /^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$/;

/** Smallest payload limit of the three targets; more travels by file upload. */
export const maximumPayloadBytes = 65_536;

/** The topic level that every device topic starts with. */
export const topicRoot = "devices";

/** What a topic says about its sender. */
export interface TopicAddress {
  readonly deviceId: string;
  /** The topic below the device's own root, for example `telemetry/imu`. */
  readonly channel: string;
}

const channelPattern =
  /^(telemetry(\/[A-Za-z0-9_.-]{1,64})?|events|status|commands\/[A-Za-z0-9_.-]{1,64}(\/ack)?)$/;

/**
 * Read a device topic: `devices/{id}/telemetry[/{stream}]`, `…/events`, `…/status`, `…/commands/{name}[/ack]`.
 * Returns null for any other topic.
 */
export function parseTopic(topic: string): TopicAddress | null {
  const first = topic.indexOf("/");
  if (topic.slice(0, first) !== topicRoot) return null;
  const second = topic.indexOf("/", first + 1);
  if (second < 0) return null;
  const deviceId = topic.slice(first + 1, second);
  const channel = topic.slice(second + 1);
  return deviceIdPattern.test(deviceId) && channelPattern.test(channel) ? { deviceId, channel } : null;
}

/** The topic of a device's channel. */
export function topicOf(address: TopicAddress): string {
  return `${topicRoot}/${address.deviceId}/${address.channel}`;
}
