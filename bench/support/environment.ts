/** What the ingest bench deploys: the two profiles its payloads are of. */
export const benchProfiles = ["machine-json", "wearable-imu"];

export const benchBindings = [
  { devices: "json-*", profile: "machine-json" },
  { devices: "imu-*", profile: "wearable-imu" },
];

/** Messages that are in the lake: each JSON message gives one temperature, each frame one activity. */
export const benchRows =
  "SELECT count(DISTINCT (device_id, seq)) FROM readings WHERE metric IN ('temperature', 'activity')";
