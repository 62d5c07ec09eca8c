/**
 * Every configuration key of a stack, once: meaning, unit, default and limits. `readConfig` returns one frozen
 * object or throws one {@link ConfigError} that names every mistake at once.
 */
import { z } from "zod";
import { awsFaults, awsSettings } from "./components/aws/settings.ts";
import { azureFaults } from "./components/azure/relations.ts";
import { azureSettings } from "./components/azure/settings.ts";
import { ConfigError, described, shown } from "./components/shared/config-error.ts";
import { relationFaults, unknownProfiles } from "./components/shared/config-relations.ts";
import { targets, type Target } from "./components/contracts/common.ts";
import { knowledgeFaults, usualReports } from "./components/knowledge-by-target.ts";
import { deviceIdPattern, maxPinnedDevices } from "./components/contracts/device-fleet.ts";
import { maxPayloadBytes } from "./components/contracts/secure-ingest.ts";
import { alarmRules } from "./functions/core/alarm-rule.ts";
import { insightDeclaration } from "./functions/declared-insights/declaration.ts";
import {
  reportDeclaration,
  reportSchedule,
  type ReportDeclaration,
} from "./fleet/environment-report/declaration.ts";
import { scoringDeclaration } from "./functions/scoring/declaration.ts";
import { localFaults, localSettings } from "./components/local/settings.ts";

const days = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);
const zone = (retentionDays: number) =>
  z.strictObject({ retentionDays: days(0, 36_500).default(retentionDays) }).prefault({});
const deviceId = z
  .string()
  .regex(deviceIdPattern, "allowed: 1 to 64 of a-z 0-9 _ -, starting and ending with a letter or digit");

const targetBlocks = { local: localSettings, aws: awsSettings, azure: azureSettings } satisfies Record<
  Target,
  z.ZodType
>;

/** The provider's own configuration key that says where a target is, by target. */
const regionKeys: Record<Target, string | null> = {
  local: null,
  aws: "aws:region",
  azure: "azure-native:location",
};

/** What stands below `fieldlake:` in a stack's file. */
export const configSchema = z.strictObject({
  /** Where the environment runs. */
  target: z.enum(targets, {
    error: (issue) =>
      `received ${shown(issue.input)}; available targets: ${targets.join(", ")} (set it with: pulumi config set fieldlake:target ${targets[0]})`,
  }),
  /** The customer environment: names resources and fills the `tenant` column. */
  environment: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
      "allowed: 2 to 32 of a-z 0-9 -, starting with a letter, not ending with -",
    ),
  /** Keep and protect stateful resources when the stack is destroyed. Default false. */
  protect: z.boolean().default(false),
  /** The zones of the lake; `retentionDays` 0 keeps a zone's data for ever. Defaults: 365, 0 and 90. */
  zones: z.strictObject({ raw: zone(365), curated: zone(0), quarantine: zone(90) }).prefault({}),
  /** Whose key encrypts the lake: `managed` (made here) or `own` with its reference. */
  key: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("managed") }),
      z.strictObject({ kind: z.literal("own"), reference: z.string().min(1) }),
    ])
    .default({ kind: "managed" }),
  fleet: z
    .strictObject({
      /** Days the development root lives. Default 3650. */
      rootDays: days(1, 7300).default(3650),
      /** Days the development intermediate lives. Default 1095. */
      intermediateDays: days(1, 3650).default(1095),
      /** Days a device certificate lives. Default 90. */
      certificateDays: days(7, 397).default(90),
      /** Default `on-first-connect`: a valid certificate admits its device. */
      enrolment: z.enum(["on-first-connect", "registered"]).default("on-first-connect"),
      /** Device ids of this stack, or certificate serial numbers in hex. */
      revoked: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Devices with a key and certificate in this stack; every further device is data of the issuer. */
  devices: z
    .array(z.strictObject({ id: deviceId, profile: z.string().min(1).nullable().default(null) }))
    .max(
      maxPinnedDevices,
      `allowed: at most ${maxPinnedDevices} pinned devices; issue certificates to the others`,
    )
    .default([]),
  /** Folders below profiles/ whose device profiles this environment uses. */
  profiles: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "allowed: a folder name below profiles/"))
    .default([]),
  /**
   * SHA-256 of the TS013 codec files that somebody has read and trusts, in hex: they run without the sandbox, many times
   * faster, and nothing stops them. `npx fieldlake profile check` prints a codec's hash. Default none.
   */
  trustedCodecs: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, "allowed: a SHA-256, 64 digits 0-9 a-f"))
    .max(256)
    .default([]),
  /** Which profile decodes which device; the first match wins. */
  bindings: z
    .array(
      z.strictObject({
        /** Glob on the device id. */
        devices: z.string().min(1),
        /** Glob on the topic below the device's root. */
        channel: z.string().min(1).optional(),
        profile: z.string().min(1),
      }),
    )
    .default([]),
  stream: z
    .strictObject({
      /** Default `frugal`. */
      profile: z.enum(["frugal", "throughput"]).default("frugal"),
      /** Decoders at work at the same time. Default 1. */
      concurrency: z.number().int().min(1).max(64).default(1),
      /** Seconds a live device's clock may be behind arrival. Default 604800 (7 days). */
      clockBehindSeconds: z.number().int().min(1).max(31_536_000).default(604_800),
      /** Seconds it may be ahead. Default 600. */
      clockAheadSeconds: z.number().int().min(1).max(86_400).default(600),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Bytes of one message. Default and most: 65536. */
      payloadBytes: z.number().int().min(1).max(maxPayloadBytes).default(maxPayloadBytes),
      /** Open sessions. Default 10000. */
      connections: z.number().int().min(1).max(1_000_000).default(10_000),
      /** Messages a second of one device. Default 5000. */
      messagesPerSecond: z.number().int().min(1).max(1_000_000).default(5_000),
      /** TLS handshakes a second of one address. Default 100. */
      handshakesPerSecond: z.number().int().min(1).max(100_000).default(100),
    })
    .prefault({}),
  alarms: z
    .strictObject({
      /** What raises an alarm: limits with hysteresis, late devices, anomalies. Default none. */
      rules: alarmRules.default([]),
      /** Seconds between two looks at what came in. Default 15. */
      everySeconds: z.number().int().min(1).max(3_600).default(15),
      /** Told of each alarm over HTTPS, signed by the stack's output `alarmKey`. Default none. */
      webhook: z
        .strictObject({
          url: z.url({ protocol: /^https$/, error: "allowed: an https:// address" }),
          /** PEM of the roots that its certificate chains to. Default the system's. */
          trust: z.string().startsWith("-----BEGIN ").nullable().default(null),
        })
        .nullable()
        .default(null),
    })
    .prefault({}),
  /** What is worked out of the readings on a schedule: roll-ups, gaps, limits, anomalies, forecasts. */
  insights: insightDeclaration.nullable().default(null),
  /** Reports of the environment as HTML and PDF: when they are made by themselves, how many are kept. */
  reports: reportDeclaration
    .extend({
      /** Each day or week at a full hour, UTC; null: only when asked for. Default in a cloud daily at 06:00, else null. */
      schedule: reportSchedule.nullable().optional(),
    })
    .prefault({}),
  /** Learned models, and which devices' frames they score as they come in. */
  scoring: scoringDeclaration,
  /** What the fleet is expected to send: the basis of the cost and quota lines. Never a limit. */
  load: z
    .strictObject({
      /** Default 100. */
      devices: z.number().int().min(1).max(100_000_000).default(100),
      /** Of one device. Default 60. */
      messagesPerHour: z.number().positive().max(3_600_000).default(60),
      /** Default 200. */
      payloadBytes: z.number().int().min(1).max(maxPayloadBytes).default(200),
      /** Measured values in a message. Default 5. */
      readingsPerMessage: z.number().int().min(1).max(10_000).default(5),
    })
    .prefault({}),
  ...targetBlocks,
});

export { ConfigError };

export type Config = Omit<z.output<typeof configSchema>, "reports"> & {
  readonly reports: ReportDeclaration;
  /** Where the provider works, from its own configuration; null where the target has no regions. */
  readonly region: string | null;
};

/** Plain text in the stack's file; every other key holds a structure. */
const textKeys: readonly string[] = ["target", "environment"];

/**
 * The stack's configuration as the engine hands it over (`fieldlake:key` to text) made ready for {@link readConfig}.
 * What is not JSON stays text, so that the mistake is named with its key.
 */
export function stackConfig(all: Readonly<Record<string, string>>, project: string): Record<string, unknown> {
  const own = Object.entries(all).filter(([key]) => key.startsWith(`${project}:`));
  return Object.fromEntries(
    own.map(([key, text]) => {
      const name = key.slice(project.length + 1);
      return [name, textKeys.includes(name) ? text : parsed(text)];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Checks raw values (as parsed from the stack's file) and fills in defaults. Throws {@link ConfigError}.
 * @param all the engine's flat configuration, for what a provider is told by keys of its own (`aws:region`)
 * @param families the device profiles that there are; null where nobody looked
 */
export function readConfig(
  raw: Readonly<Record<string, unknown>>,
  all: Readonly<Record<string, string>> = {},
  families: readonly string[] | null = null,
): Config {
  const result = configSchema.safeParse(raw, { reportInput: true });
  const mistakes = [
    ...(result.success
      ? relationFaults(result.data)
      : [...result.error.issues.map(described), ...relationsOfWholeKeys(raw)]),
    ...targetRelations(raw, all),
    ...profileFaults(raw, families),
  ];
  if (!result.success || mistakes.length > 0) throw new ConfigError(mistakes);
  const { target, reports } = result.data;
  const regionKey = regionKeys[target];
  const { schedule = usualReports[target] } = reports;
  return deepFreeze({
    ...result.data,
    reports: { ...reports, schedule },
    region: regionKey === null ? null : (all[regionKey] ?? null),
  });
}

/** With other mistakes around, the relations are still checked where the keys they need are whole. */
function relationsOfWholeKeys(raw: Readonly<Record<string, unknown>>): string[] {
  const parts = configSchema.pick({ devices: true, profiles: true, bindings: true, fleet: true });
  const result = parts.safeParse(present(raw, Object.keys(parts.shape)));
  return result.success ? relationFaults(result.data) : [];
}

/** What holds between the keys of a target and its provider's. */
function targetRelations(
  raw: Readonly<Record<string, unknown>>,
  all: Readonly<Record<string, string>>,
): string[] {
  const parts = configSchema.pick({
    target: true,
    zones: true,
    key: true,
    stream: true,
    load: true,
    alarms: true,
    scoring: true,
    bindings: true,
    ...{ local: true, aws: true, azure: true },
  } as const);
  const result = parts.safeParse(present(raw, Object.keys(parts.shape)));
  if (!result.success) return [];
  const { target } = result.data;
  const regionKey = regionKeys[target];
  const region = regionKey === null ? undefined : all[regionKey];
  const faults: Record<Target, () => string[]> = {
    local: () => localFaults(result.data.local, result.data.bindings),
    aws: () => awsFaults(result.data, region),
    azure: () => azureFaults(result.data, region),
  };
  return [...faults[target](), ...knowledgeFaults(target, result.data)];
}

function profileFaults(
  { profiles }: Readonly<Record<string, unknown>>,
  families: readonly string[] | null,
): string[] {
  const { success, data } = configSchema.shape.profiles.safeParse(profiles);
  return success && families !== null ? unknownProfiles(data, families) : [];
}

const present = (raw: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.flatMap((key) => (key in raw ? [[key, raw[key]] as const] : [])));

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
