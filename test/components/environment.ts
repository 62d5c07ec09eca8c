import { fileURLToPath } from "node:url";
import type { ScoringArgs } from "../../components/contracts/knowledge-base.ts";
import type { KeyOwnership } from "../../components/contracts/encrypted-lake.ts";
import type { Platform } from "../../components/contracts/platform.ts";
import type { Config } from "../../config.ts";

/** One environment on any platform, wired as the composition root wires it. */
export function buildEnvironment(platform: Platform, config: Config, overrides: Partial<Overrides> = {}) {
  const { prefix = "" } = overrides;
  const bundle = { file: "/bundle.mjs", sha256: overrides.bundleHash ?? "0".repeat(64) };
  const common = { environment: config.environment, protect: config.protect };
  const fleet = platform.deviceFleet(`${prefix}fleet`, {
    ...common,
    authority: { kind: "development", rootDays: 100, intermediateDays: 50 },
    certificateDays: overrides.certificateDays ?? 30,
    enrolment: config.fleet.enrolment,
    pinned: config.devices,
    revoked: config.fleet.revoked,
    functions: { enrol: bundle, admission: bundle, claimSigner: bundle, claimHook: bundle },
  });
  const lake = platform.encryptedLake(`${prefix}lake`, {
    ...common,
    zones: {
      raw: { retentionDays: overrides.rawDays ?? 1 },
      curated: { retentionDays: 0 },
      quarantine: { retentionDays: 2 },
    },
    key: overrides.key ?? { kind: "managed" },
  });
  const stream = platform.streamProcessor(`${prefix}stream`, {
    ...common,
    profile: overrides.profile ?? "frugal",
    decoder: bundle,
    functions: { upload: bundle },
    profiles: overrides.profiles ?? [],
    bindings: [],
    lake,
    concurrency: overrides.concurrency ?? config.stream.concurrency,
    clockWindow: { behind: 60, ahead: 6 },
  });
  const ingest = platform.secureIngest(`${prefix}ingest`, {
    ...common,
    fleet,
    stream: stream.streamId,
    lake,
    limits: { ...config.limits, payloadBytes: overrides.payloadBytes ?? 65_536 },
    functions: { uploadGrant: bundle },
  });
  const knowledge = platform.knowledgeBase(`${prefix}knowledge`, {
    ...common,
    lake,
    ingest,
    fleet,
    stream,
    functions: {
      ...{ landed: bundle, insight: bundle, declared: bundle },
      ...{ query: bundle, compaction: bundle, scoring: bundle, report: bundle, api: bundle },
    },
    alarms: config.alarms,
    insights: config.insights,
    profiles: [],
    bindings: [],
    scoring: deployed(config),
    reports: config.reports,
    resources: [fleet, lake, stream, ingest].flatMap(({ encryption }) => encryption),
  });
  return { fleet, lake, stream, ingest, knowledge };
}

/** Models as the composition root deploys them, of the sample's file. */
const deployed = ({ scoring: { models, everySeconds } }: Config): ScoringArgs => ({
  everySeconds,
  models: models.map(({ name, devices, table, stepSeconds = null }) => ({
    ...{ name, devices, table, stepSeconds, labels: ["running", "walking"], sha256: "a".repeat(64) },
    file: fileURLToPath(new URL("../../samples/activity.onnx", import.meta.url)),
  })),
});

interface Overrides {
  profiles: readonly unknown[];
  key: KeyOwnership;
  /** What the components' names begin with. */
  prefix: string;
  profile: "frugal" | "throughput";
  certificateDays: number;
  rawDays: number;
  bundleHash: string;
  concurrency: number;
  payloadBytes: number;
}
