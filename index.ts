/** The composition root: configuration in, components wired, outputs out. Nothing below names a target. */
import { getProject, runtime } from "@pulumi/pulumi";
import { readConfig, stackConfig } from "./config.ts";
import "./components/plain-traces.ts";
import { loadPlatform } from "./components/registry.ts";
import { buildBundles } from "./functions/build.ts";
import { deployScoring } from "./functions/scoring/deployed.ts";
import { profileFamilies, readProfiles } from "./profiles/read.ts";

const settings = runtime.allConfig();
const config = readConfig(stackConfig(settings, getProject()), settings, await profileFamilies());
const profiles = await readProfiles(config.profiles, config.trustedCodecs);
const { scoring, ...decoding } = await deployScoring(config, profiles);
export const { environment, target } = config;
const platform = await loadPlatform(config);
const common = { environment, protect: config.protect };
const bundles = await buildBundles(config.target, config.stream.profile, "dist/functions");

const fleet = platform.deviceFleet(`${environment}-fleet`, {
  ...common,
  authority: { kind: "development", ...config.fleet },
  certificateDays: config.fleet.certificateDays,
  ...{ enrolment: config.fleet.enrolment, pinned: config.devices },
  ...{ revoked: config.fleet.revoked, functions: bundles.functions },
});
const lake = platform.encryptedLake(`${environment}-lake`, {
  ...common,
  zones: config.zones,
  key: config.key,
});
const stream = platform.streamProcessor(`${environment}-stream`, {
  ...common,
  profile: config.stream.profile,
  ...{ ...bundles, ...decoding },
  lake,
  concurrency: config.stream.concurrency,
  clockWindow: { behind: config.stream.clockBehindSeconds, ahead: config.stream.clockAheadSeconds },
});
const ingest = platform.secureIngest(`${environment}-ingest`, {
  ...common,
  ...{ fleet, lake, stream: stream.streamId },
  ...{ limits: config.limits, functions: bundles.functions },
});
const built = [fleet, lake, stream, ingest];
const knowledge = platform.knowledgeBase(`${environment}-knowledge`, {
  ...{ ...common, lake, ingest, fleet, stream, scoring },
  ...{ functions: bundles.functions, alarms: config.alarms, insights: config.insights },
  ...{ profiles: decoding.profiles, bindings: decoding.bindings, reports: config.reports },
  resources: built.flatMap(({ encryption }) => encryption),
});

export const { mqttEndpoint, topicRoot, deadLetter, connection, capabilities } = ingest;
export const { trustBundle, authority, pinned: devices } = fleet;
export const { rawUri, curatedUri, quarantineUri, keyId, queryEndpoint } = lake;
export const { dashboardUrl, dashboardToken, latestState, sql, alarmKey, alarmBook } = knowledge;
export const { api, apiTokens } = knowledge;
const parts = [...built, knowledge];
export const exceptions = parts.flatMap((part) => part.exceptions);
export const { costs, quotas } = platform.outlook;
export const encryptionState = parts.flatMap(({ encryption }) => encryption);
