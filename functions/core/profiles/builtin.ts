import type { Binding, DocumentProfile } from "./profile.ts";

/** The retained status message and last will that every device has: `{"online": true}`, perhaps with `ts` in milliseconds. */
export const statusProfile: DocumentProfile = {
  name: "status",
  version: "1",
  description: "Whether a device is connected, from its status topic",
  format: "json",
  time: { path: "ts", unit: "ms" },
  fields: [{ path: "online", type: "bool", required: true }],
};

/** Behind the stack's own bindings, so that these can replace it. */
export const statusBinding: Binding = { devices: "*", channel: "status", profile: statusProfile.name };
