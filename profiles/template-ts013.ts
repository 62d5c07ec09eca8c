import type { ProfileTemplate } from "./templates.ts";

const codec = `// A payload codec by LoRa Alliance TS013. Put the one of your device's maker in its place, as it is.
function decodeUplink(input) {
  var bytes = input.bytes;
  if (bytes.length !== 4) return { errors: ["4 bytes, not " + bytes.length] };
  var raw = (bytes[0] << 8) | bytes[1];
  return {
    data: {
      temperature: (raw > 0x7fff ? raw - 0x10000 : raw) / 10,
      humidity: bytes[2] / 2,
      battery: bytes[3] / 50 + 1,
    },
  };
}
`;

/** A LoRaWAN device behind a network server that publishes as ChirpStack does. */
export const ts013Template: ProfileTemplate = {
  about: "LoRaWAN uplinks by the codec of the device's maker (TS013), from a network server",
  profile: {
    codec: "codec.js",
    uplink: {
      bytes: "data",
      fPort: "fPort",
      time: "time",
      device: "deviceInfo.devEui",
      sequence: "fCnt",
    },
    fields: [
      { path: "temperature", unit: "Cel" },
      { path: "humidity", unit: "%RH" },
      { path: "battery", unit: "V" },
    ],
  },
  files: { "codec.js": codec },
  vectors: [
    {
      name: "an uplink",
      payloadText:
        '{"time":"2024-11-25T10:20:04.5Z","deviceInfo":{"devEui":"0102030405060708"},"fCnt":1,"fPort":1,"data":"ANdkfQ=="}',
    },
    { name: "what the codec takes for an error", payloadText: '{"fPort":1,"data":"AA=="}' },
    { name: "no JSON", payloadText: "temperature=21.5" },
  ],
};
