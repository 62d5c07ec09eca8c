/** What the Azure stack and the functions in it must agree on. No code of either: both sides import it. */

/** Trigger connections: an application setting's prefix, its event hub and its consumer group. */
export const triggers = {
  decoder: { connection: "EVENTS", hub: "EVENTS_HUB", group: "EVENTS_GROUP" },
  upload: { connection: "UPLOADS", hub: "UPLOADS_HUB", group: "UPLOADS_GROUP" },
  scoring: { connection: "FRAMES", hub: "FRAMES_HUB", group: "FRAMES_GROUP" },
  landed: { connection: "LANDED", hub: "LANDED_HUB", group: "LANDED_GROUP" },
} as const;

/** Whose token Key Vault takes. */
export const vaultResource = "https://vault.azure.net";

/** Application setting with the timer's schedule (NCRONTAB). */
export const insightSchedule = "INSIGHT_SCHEDULE";

/** The same of the function of reports. */
export const reportSchedule = "REPORT_SCHEDULE";

/** Application setting that says whose rights a question is answered by: the caller's own roles, or App Service's list of callers. */
export const queryCallers = { setting: "CALLERS", roles: "roles", application: "application" } as const;

/** Member of a trace line that says of which environment its metrics are; the alerts' queries look for it. */
export const metricMember = "fieldlake";

/** Member of a trace line that says of which alarm its notice is. */
export const alarmMember = "alarm";

export const latestDatabase = "fieldlake";

/** An item a device and metric, in the partition of the device. */
export const latestContainer = { name: "latest", partition: "deviceId" } as const;

/** The fleet's registry: one partition, because a transaction has no more. */
export const fleetContainer = { name: "fleet", partition: "p" } as const;

/** An item a device, spread: one partition would bound how often devices may be updated. */
export const seenContainer = { name: "seen", partition: "shard", shards: 16 } as const;

/** Alarms: series that rules watch in the partition of their device, what they raised, silences. */
export const alarmContainer = { name: "alarms", partition: "p" } as const;

/**
 * API tokens, as documents of the same kind. In a database of their own: what may write the latest state must not give out
 * tokens.
 */
export const tokenContainer = { database: "access", name: "tokens", partition: "p" } as const;

/** Application setting that is there where the environment has rules. */
export const alarmsOn = "ALARM_RULES";

/** Application setting of functions that may know the fleet's registry: where it is. */
export const registryEndpoint = "FLEET_ENDPOINT";

/** Application setting of the function that hands devices an upload, where it judges as the broker does: its address in Resource Manager. */
export const brokerNamespace = "BROKER_NAMESPACE";
