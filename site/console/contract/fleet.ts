/** Answers about devices and the environment. */
import { z } from "zod";
import { bytes, count, microseconds, milliseconds } from "./schema.ts";
import { logStats, pipelineStats } from "./lake.ts";

export const fleetCounts = z
  .object({
    total: count,
    connected: count.nullable(),
    online: count.nullable(),
    offline: count.nullable(),
    silent: count.nullable().describe("Never said anything."),
    revoked: count.nullable(),
  })
  .describe(
    "Each device counts once: revoked before online before offline. Null in a cloud, but for the total: its broker is not asked.",
  );

export const brokerStats = z.object({
  connected: count,
  accepted: count,
  refused: z.record(z.string(), count).describe("By reason."),
  published: count,
});

export const summary = z.object({
  now: milliseconds.describe("The site's clock, milliseconds since 1970."),
  environment: z.string(),
  target: z.string(),
  pageVersion: z
    .string()
    .nullable()
    .describe(
      "Of the page's files: another one means that a reload brings a newer page. Null in a cloud, which has none.",
    ),
  fleet: fleetCounts,
  broker: brokerStats.nullable().describe("Null in a cloud: its dashboard tells."),
  pipeline: pipelineStats.nullable().describe("Null in a cloud: its dashboard tells."),
  log: logStats.nullable(),
  alarms: count.describe("That nobody has acknowledged."),
  stored: z
    .object({ files: count, bytes })
    .describe("All zones; in a cloud what `GET /lake` counts of curated rows and quarantine."),
});

export const device = z.object({
  deviceId: z.string(),
  profile: z.string().nullable(),
  pinned: z.boolean().describe("Part of the stack; every other device is data."),
  connected: z
    .boolean()
    .nullable()
    .describe("An open MQTT session right now; null in a cloud, whose broker is not asked."),
  online: z.boolean().nullable().describe("What the device said of itself; null before it said anything."),
  lastSeen: microseconds.nullable(),
  revoked: z.boolean().nullable().describe("Null in a cloud: `npx fieldlake fleet` tells."),
  certificateNotAfter: microseconds.nullable(),
});

export const fleet = z.object({
  now: milliseconds,
  total: count,
  matching: count,
  devices: z.array(device),
});

export const environment = z.object({
  name: z.string(),
  target: z.string(),
  resources: z.array(
    z.object({
      component: z.string(),
      name: z.string(),
      detail: z.string().nullable().describe("Null in a cloud: `pulumi stack output encryptionState` tells."),
      inTransit: z.string().nullable(),
      atRest: z.string().nullable(),
      keyId: z
        .string()
        .nullable()
        .describe("Null where nothing is stored, and in a cloud: as with `detail`."),
    }),
  ),
});
