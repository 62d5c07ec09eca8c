/** The composition root: configuration in, components wired, outputs out. Nothing below names a target. */
import { getProject, runtime } from "@pulumi/pulumi";
import { readConfig, stackConfig } from "./config.ts";
import { loadPlatform } from "./components/registry.ts";
import { encryptionSummary } from "./components/shared/encryption.ts";
import { buildHandler } from "./functions/build.ts";
import { readProfiles } from "./profiles/read.ts";

const config = readConfig(stackConfig(runtime.allConfig(), getProject()));
const { environment } = config;
const platform = await loadPlatform(config);
const common = { environment, protect: config.protect };

const fleet = platform.deviceFleet(`${environment}-fleet`, {
  ...common,
  authority: { kind: "development", ...config.fleet },
  certificateDays: config.fleet.certificateDays,
  enrolment: config.fleet.enrolment,
  pinned: config.devices,
  revoked: config.fleet.revoked,
});
const lake = platform.encryptedLake(`${environment}-lake`, {
  ...common,
  zones: config.zones,
  key: config.key,
});
const stream = platform.streamProcessor(`${environment}-stream`, {
  ...common,
  profile: config.stream.profile,
  decoder: await buildHandler(config.target, "dist/functions"),
  profiles: await readProfiles(config.profiles),
  bindings: config.bindings,
  lake,
  concurrency: config.stream.concurrency,
  clockWindow: { behind: config.stream.clockBehindSeconds, ahead: config.stream.clockAheadSeconds },
});
const ingest = platform.secureIngest(`${environment}-ingest`, {
  ...common,
  fleet,
  stream: stream.streamId,
  limits: config.limits,
});
const resources = [fleet, lake, stream, ingest].flatMap(({ encryption }) => encryption);
const knowledge = platform.knowledgeBase(`${environment}-knowledge`, {
  ...common,
  lake,
  ingest,
  fleet,
  resources,
});

export { environment };
export const { target } = config;
export const { mqttEndpoint, topicRoot, deadLetter, capabilities, exceptions } = ingest;
export const { trustBundle, pinned: devices } = fleet;
export const { rawUri, curatedUri, quarantineUri, keyId, queryEndpoint } = lake;
export const { dashboardUrl, dashboardToken, latestState } = knowledge;
export const encryptionState = encryptionSummary([...resources, ...knowledge.encryption]);
