import type { ConnectionDescriptor, DeviceTopic } from "../contracts/connection.ts";

/** IoT Hub's topic for what a device sends; what the contract's topic says travels as the property `channel`. */
const sends = (channel: string): DeviceTopic => ({
  topic: `devices/{id}/messages/events/channel=${channel.replaceAll("/", "%2F")}`,
  direction: "publish",
  qos: 1,
  // IoT Hub keeps no retained message; it marks one that asks for it.
  retain: false,
});

/**
 * The contract's topics on IoT Hub, whose own are fixed (learn.microsoft.com, "Communicate with an IoT hub using the MQTT
 * protocol"). functions/core/envelopes/iot-hub.ts turns the property back.
 */
export const hubTopics: ConnectionDescriptor["topics"] = {
  telemetry: sends("telemetry"),
  stream: sends("telemetry/{stream}"),
  events: sends("events"),
  status: sends("status"),
  commands: {
    topic: "devices/{id}/messages/devicebound/#",
    direction: "subscribe",
    qos: 1,
    retain: false,
  },
  ack: sends("commands/{name}/ack"),
};

/** @param host of the hub */
export const hubUserName = (host: string): string => `${host}/{id}/?api-version=2021-04-12`;
