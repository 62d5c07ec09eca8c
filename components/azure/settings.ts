/**
 * `fieldlake:azure`: what only Azure has. Subscription, tenant, location, sign-in (client secret or certificate, OIDC,
 * managed identity, the Azure CLI) and cloud are the provider's own configuration (`azure-native:location`, …;
 * https://www.pulumi.com/registry/packages/azure-native/installation-configuration).
 */
import { z } from "zod";
import { enrolmentSettings, fleetRegistrySettings } from "./fleet-registry-settings.ts";
import { querySettings } from "./query-settings.ts";
import { serverlessSqlSettings } from "./serverless-sql-settings.ts";

const whole = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);

export const azureSettings = z
  .strictObject({
    /** Copies that Storage keeps: in one building, three zones, or three zones and the paired region. Default `LRS`. */
    redundancy: z.enum(["LRS", "ZRS", "GZRS"]).default("LRS"),
    /** A second region that gets a copy of the raw zone, under a key of its own. Default: none. */
    replicaLocation: z.string().optional(),
    /** Spread broker, state store and functions over three zones; set before the first deployment. Default false. */
    zoneRedundant: z.boolean().default(false),
    /** Directories for Spark and Hadoop; costs versions, change feed, write-once and replication. Default false. */
    hierarchicalNamespace: z.boolean().default(false),
    /** How long nobody may overwrite or delete what is in the raw zone (version-level immutability). */
    writeOnce: z
      .strictObject({
        /** Default 30. */
        days: whole(1, 146_000).default(30),
        /**
         * `locked` binds everybody, can't be shortened and can't be taken back. Azure takes it only for an account that is
         * unlocked by now: bring the stack up with `unlocked` first. Default `unlocked`.
         */
        mode: z.enum(["unlocked", "locked"]).default("unlocked"),
        /** The mode of the copy in `replicaLocation`, where the copy is younger than the lock. Default: `mode`. */
        replicaMode: z.enum(["unlocked", "locked"]).optional(),
      })
      .prefault({}),
    /** `private`: a virtual network, private endpoints and DNS; nothing but the MQTT broker is reached from outside. Default `public`. */
    network: z.enum(["public", "private"]).default("public"),
    /** Of the private network, a /16 to /22. Default 10.72.0.0/20. */
    addressSpace: z
      .string()
      .regex(
        /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-2])$/,
        "allowed: an address range like 10.72.0.0/20, /16 to /22",
      )
      .default("10.72.0.0/20"),
    /** Event Grid's MQTT broker, or IoT Hub with its provisioning service and topics of its own. Default `event-grid`. */
    ingest: z.enum(["event-grid", "iothub"]).default("event-grid"),
    /**
     * Who lets a device in, with `ingest: event-grid`: the broker's own list of clients, which the fleet's commands keep, or
     * a webhook that is asked at each connect (a preview of Azure's; functions/handlers/azure-admission.ts answers so).
     * Default `registered`.
     */
    admission: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("registered") }),
        z.strictObject({
          kind: z.literal("webhook"),
          /** Of the function or service that answers. */
          url: z.url({ protocol: /^https$/, error: "allowed: an https address" }),
          /** The application id URI, or client id, that its App Service authentication takes tokens for. */
          audience: z.string().min(1),
        }),
      ])
      .default({ kind: "registered" }),
    fleetRegistry: fleetRegistrySettings,
    enrolment: enrolmentSettings,
    /** With `ingest: iothub`. */
    iotHub: z
      .strictObject({
        /** Of tier S1: 400,000 messages of 4 kB a day in each. Default 1. */
        units: whole(1, 200).default(1),
      })
      .prefault({}),
    /** Of the MQTT broker; each takes 10,000 clients and sessions and 1,000 messages a second. Default 1. */
    throughputUnits: whole(1, 40).default(1),
    eventHubs: z
      .strictObject({
        /** Default `standard`; only `premium` takes a key of yours. */
        tier: z.enum(["standard", "premium"]).default("standard"),
        /** Throughput units (1 MB/s in each) of standard, processing units (5 to 10 MB/s) of premium. Default 1. */
        units: whole(1, 40).default(1),
        /** The most that `standard` grows to by itself with the profile throughput. Default 20. */
        maximumUnits: whole(1, 40).default(20),
        /** Can't be changed later on `standard`. Default: 4 with the profile frugal, 32 with throughput. */
        partitions: whole(1, 100).optional(),
        /** Hours that messages are kept for replay: up to 168 on standard, 2160 on premium. Default 24. */
        retentionHours: whole(1, 2_160).default(24),
        /** Demands that the stream is encrypted under your key. Default false. */
        customerKey: z.boolean().default(false),
      })
      .prefault({}),
    query: querySettings,
    /** The HTTP API as a function, for programs with an API token (docs/asking.md): `tokens`, or `none`. Default `tokens`. */
    api: z.enum(["tokens", "none"]).default("tokens"),
    serverlessSql: serverlessSqlSettings,
    /** Seconds that the decoder waits for a larger batch, 1 to 600: fewer, larger files. Default 60. */
    bufferSeconds: whole(1, 600).default(60),
    /** Days that logs are kept, 30 to 730. Default 365. */
    logRetentionDays: whole(30, 730).default(365),
    /** Who gets alerts by mail. */
    alarmEmails: z.array(z.email("allowed: mail addresses")).max(20).default([]),
    /** Days that a device's or metric's latest value stays after it was last renewed. Default 400. */
    latestStateDays: whole(1, 24_000).default(400),
    /** Minutes without a message after which a device counts as silent. Default 60. */
    silentMinutes: whole(1, 525_600).default(60),
    /** Minutes between two runs of the insight function; divides an hour. Default 15. */
    insightMinutes: z
      .number()
      .refine((minutes) => [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60].includes(minutes), {
        error: "allowed: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60",
      })
      .default(15),
  })
  .prefault({});
export type AzureSettings = z.output<typeof azureSettings>;
