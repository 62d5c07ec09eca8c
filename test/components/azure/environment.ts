import { createPlatform } from "../../../components/azure/platform.ts";
import { readConfig } from "../../../config.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { location, subscription } from "../azure-stand-ins.ts";
import { buildEnvironment } from "../environment.ts";
import { record, type Recording } from "../harness.ts";

/** As shipped: the frugal profile, nothing optional. */
export const frugal = {
  target: "azure",
  environment: "acme",
  devices: [{ id: "wrist-01", profile: null }, { id: "wrist-02" }],
};

/** The other profile, and every option that goes with the others. */
export const everything = {
  ...frugal,
  protect: true,
  profiles: ["wearable-imu"],
  stream: { profile: "throughput", concurrency: 64 },
  azure: {
    redundancy: "ZRS",
    replicaLocation: "northeurope",
    zoneRedundant: true,
    network: "private",
    throughputUnits: 3,
    eventHubs: { tier: "premium", units: 2, retentionHours: 720, customerKey: true },
    writeOnce: { days: 10, mode: "locked" },
    alarmEmails: ["ops@acme.example"],
  },
  alarms: {
    rules: [
      { kind: "limit", name: "hot", devices: "press-*", metric: "temperature", above: 80 },
      { kind: "late", name: "silent", minutes: 30 },
    ],
    webhook: { url: "https://alarms.acme.example/fieldlake" },
  },
  scoring: {
    models: [
      {
        ...{ name: "activity", file: "samples/activity.onnx", devices: "wrist-*" },
        table: "frames_wearable_imu",
      },
    ],
    everySeconds: 600,
  },
  insights: {},
};

/** What goes with nothing else: no versions, no replication, a key of one's own. */
export const hierarchical = {
  ...frugal,
  key: {
    kind: "own",
    reference: `/subscriptions/${subscription}/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/acme-vault/keys/lake`,
  },
  stream: { profile: "throughput" },
  azure: { hierarchicalNamespace: true, redundancy: "GZRS" },
};

/** IoT Hub and its provisioning service in the broker's place. */
export const hub = {
  ...frugal,
  azure: { ingest: "iothub", iotHub: { units: 2 } },
};

/** The broker asks a webhook at each connect. */
export const webhook = {
  ...frugal,
  azure: {
    admission: {
      kind: "webhook",
      url: "https://acme.azurewebsites.net/api/admission",
      audience: "api://acme",
    },
  },
};

/** The fleet's registry in Cosmos DB, and the webhook that asks it. */
export const inCloud = {
  ...frugal,
  protect: true,
  azure: { fleetRegistry: { webhookClientId: "00000000-0000-4000-8000-0000000000aa" } },
};

export const signingKey = `/subscriptions/${subscription}/resourceGroups/authority/providers/Microsoft.KeyVault/vaults/acme-authority/keys/next`;
/** Devices fetch certificates from functions, which may also sign with the next intermediate's key. */
export const enrolling = { ...frugal, azure: { enrolment: { signingKeys: [signingKey] } } };

export const callers = {
  kind: "application",
  application: "10000000-0000-4000-8000-000000000001",
  allowed: ["20000000-0000-4000-8000-000000000002"],
};
/** SQL over HTTPS for named callers with an application. */
export const asked = { ...frugal, azure: { query: callers } };

/** Whom Entra knows as the administrator of SQL. */
export const administrator = "40000000-0000-4000-8000-000000000004";
/** Azure's own SQL over the lake. */
export const native = {
  ...frugal,
  azure: { serverlessSql: { administrator, addresses: ["203.0.113.7"], dailyTerabytes: 3 } },
};

export type Parts = ReturnType<typeof buildEnvironment>;

/** One environment under mocks. */
export async function recordAzure(
  raw: Record<string, unknown>,
): Promise<{ recording: Recording; parts: Parts }> {
  const config = readConfig(raw, { "azure-native:location": location });
  let parts: Parts | undefined;
  const recording = await record(async () => {
    const { environment, stream } = config;
    // Named as the composition root names them.
    const overrides = {
      prefix: `${environment}-`,
      profile: stream.profile,
      rawDays: 400,
      key: config.key,
      profiles: await readProfiles(config.profiles),
    };
    parts = buildEnvironment(createPlatform(config), config, overrides);
  });
  if (parts === undefined) throw new Error("the program did not run");
  return { recording, parts };
}
