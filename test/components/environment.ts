import type { Platform } from "../../components/contracts/platform.ts";
import type { Config } from "../../config.ts";

/** One environment on any platform, wired as the composition root wires it. */
export function buildEnvironment(platform: Platform, config: Config, overrides: Partial<Overrides> = {}) {
  const common = { environment: config.environment, protect: config.protect };
  const fleet = platform.deviceFleet("fleet", {
    ...common,
    authority: { kind: "development", rootDays: 100, intermediateDays: 50 },
    certificateDays: overrides.certificateDays ?? 30,
    enrolment: "on-first-connect",
    pinned: config.devices,
    revoked: [],
  });
  const lake = platform.encryptedLake("lake", {
    ...common,
    zones: {
      raw: { retentionDays: overrides.rawDays ?? 1 },
      curated: { retentionDays: 0 },
      quarantine: { retentionDays: 2 },
    },
    key: { kind: "managed" },
  });
  const stream = platform.streamProcessor("stream", {
    ...common,
    profile: "frugal",
    decoder: { file: "/bundle.mjs", sha256: overrides.bundleHash ?? "0".repeat(64) },
    profiles: [],
    bindings: [],
    lake,
    concurrency: overrides.concurrency ?? 1,
    clockWindow: { behind: 60, ahead: 6 },
  });
  const ingest = platform.secureIngest("ingest", {
    ...common,
    fleet,
    stream: stream.streamId,
    limits: { ...config.limits, payloadBytes: overrides.payloadBytes ?? 65_536 },
  });
  const knowledge = platform.knowledgeBase("knowledge", {
    ...common,
    lake,
    ingest,
    fleet,
    resources: [fleet, lake, stream, ingest].flatMap(({ encryption }) => encryption),
  });
  return { fleet, lake, stream, ingest, knowledge };
}

interface Overrides {
  certificateDays: number;
  rawDays: number;
  bundleHash: string;
  concurrency: number;
  payloadBytes: number;
}
