import { reportDeclaration } from "../../../fleet/environment-report/declaration.ts";
import { insightDeclaration } from "../../../functions/declared-insights/declaration.ts";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../config.ts";
import { createPlatform } from "../../../components/local/platform.ts";
import { isSecret, unwrapped } from "../../../provider/values.ts";
import { record, settled, type Recording } from "../harness.ts";

const config = readConfig({
  target: "local",
  environment: "acme",
  profiles: ["imu"],
  bindings: [{ devices: "wrist-*", profile: "imu" }],
  local: { watch: [{ folder: "/srv/drops", device: "wrist-01", taken: "remove" }] },
  devices: [
    { id: "wrist-01", profile: "imu" },
    { id: "wrist-02", profile: "imu" },
  ],
  fleet: { certificateDays: 30, revoked: ["wrist-02"] },
});

let recording: Recording;
let outputs: {
  token: string;
  devices: Record<string, { certificate: string; privateKey: string }>;
  endpoint: unknown;
  alarmKey: string;
};

beforeAll(async () => {
  const values: Promise<unknown>[] = [];
  recording = await record(() => {
    const platform = createPlatform(config);
    const common = { environment: "acme", protect: false };
    const fleet = platform.deviceFleet("fleet", {
      ...common,
      authority: { kind: "development", rootDays: 100, intermediateDays: 50 },
      certificateDays: config.fleet.certificateDays,
      enrolment: "registered",
      pinned: config.devices,
      revoked: config.fleet.revoked,
      functions: {},
    });
    const lake = platform.encryptedLake("lake", {
      ...common,
      zones: { raw: { retentionDays: 1 }, curated: { retentionDays: 0 }, quarantine: { retentionDays: 2 } },
      key: { kind: "managed" },
    });
    const stream = platform.streamProcessor("stream", {
      ...common,
      profile: "frugal",
      decoder: { file: "/bundle.mjs", sha256: "0".repeat(64) },
      functions: {},
      profiles: [{ name: "imu" }],
      bindings: [{ devices: "wrist-*", profile: "imu" }],
      lake,
      concurrency: 2,
      clockWindow: { behind: 60, ahead: 6 },
    });
    const ingest = platform.secureIngest("ingest", {
      ...common,
      fleet,
      stream: stream.streamId,
      lake,
      functions: {},
      limits: config.limits,
    });
    const knowledge = platform.knowledgeBase("knowledge", {
      ...common,
      lake,
      ingest,
      fleet,
      stream,
      functions: {},
      bindings: [],
      profiles: [],
      alarms: { rules: [], everySeconds: 15, webhook: { url: "https://alarms.example/", trust: null } },
      insights: insightDeclaration.parse({}),
      scoring: { models: [], everySeconds: 5 },
      reports: reportDeclaration.parse({}),
      resources: lake.encryption,
    });
    values.push(settled(knowledge.dashboardToken), settled(fleet.pinned), settled(ingest.mqttEndpoint));
    values.push(settled(knowledge.alarmKey));
  });
  const [token, devices, endpoint, alarmKey] = await Promise.all(values);
  outputs = { token, devices, endpoint, alarmKey } as typeof outputs;
});

describe("the local platform", () => {
  test("consists of exactly these resources", () => {
    expect(recording.inventory()).toMatchSnapshot();
  });

  test("takes what is dropped into the folders that the stack names", () => {
    const { settings } = recording.one("fieldlake:local:Drops", "stream-drops").inputs;
    expect(settings).toEqual({
      folders: [
        {
          folder: "/srv/drops",
          device: "wrist-01",
          channel: "telemetry",
          settledSeconds: 5,
          taken: "remove",
        },
      ],
    });
  });

  test("gives out the webhook's secret as the libraries of Standard Webhooks take it, and signs by the same", () => {
    const { settings } = recording.one("fieldlake:local:Alarms", "knowledge-alarms").inputs;
    expect(isSecret(settings)).toBe(true);
    const { key } = (unwrapped(settings) as { webhook: { key: string } }).webhook;
    expect(outputs.alarmKey).toBe(key);
    expect(key).toMatch(/^whsec_[A-Za-z0-9+/]+={0,2}$/);
  });

  test("puts the keys outside the data folder and only their files into inputs", () => {
    const lakeKey = recording.one("fieldlake:local:Keyring", "lake-key").inputs;
    expect(lakeKey).toEqual({ file: expect.stringMatching(/\/keys\/lake\.key$/), managed: true });
    const { settings } = recording.one("fieldlake:local:Lake", "lake-lake").inputs as {
      settings: { dataFolder: string; keyFile: string; retentionDays: unknown };
    };
    expect(settings.keyFile.startsWith(settings.dataFolder)).toBe(false);
    expect(settings.retentionDays).toEqual({ raw: 1, curated: 0, quarantine: 2 });
  });

  test("lets a device in by its own certificate only, with the floor of the contract", () => {
    const { settings } = recording.one("fieldlake:local:Broker", "ingest-broker").inputs;
    // The server's key makes the whole a secret: encrypted in the state, hidden in the plan.
    expect(isSecret(settings)).toBe(true);
    expect(unwrapped(settings)).toEqual({
      host: "127.0.0.1",
      port: 8883,
      serverCertificate: "-----BEGIN fleet-server\n-----BEGIN fleet-intermediate\n",
      serverKey: "-----BEGIN fleet-server-key",
      clientTrust: "-----BEGIN fleet-intermediate\n-----BEGIN fleet-root\n",
      limits: {
        maxPayload: 65_536,
        maxConnections: 10_000,
        handshakesPerSecond: 100,
        messagesPerSecond: 5_000,
        connectSeconds: 10,
      },
    });
  });

  test("lets devices fetch certificates by the intermediate that signs them, which stays a secret", () => {
    const { settings } = recording.one("fieldlake:local:Enrolment", "fleet-enrolment").inputs;
    expect(isSecret(settings)).toBe(true);
    expect(unwrapped(settings)).toEqual({
      environment: "acme",
      host: "127.0.0.1",
      port: 8885,
      serverCertificate: "-----BEGIN fleet-server\n-----BEGIN fleet-intermediate\n",
      serverKey: "-----BEGIN fleet-server-key",
      issuerCertificate: "-----BEGIN fleet-intermediate\n",
      issuerKey: "-----BEGIN fleet-intermediate-key",
      trustBundle: "-----BEGIN fleet-root\n",
      certificateDays: 30,
      limits: { maxConnections: 256, perSecond: 20 },
    });
  });

  test("gives every device a P-256 key and a client certificate of limited life, its id as the only name", () => {
    for (const id of ["wrist-01", "wrist-02"]) {
      expect(recording.one("tls:index/privateKey:PrivateKey", `fleet-${id}-key`).inputs).toEqual({
        algorithm: "ECDSA",
        ecdsaCurve: "P256",
      });
      expect(recording.one("tls:index/certRequest:CertRequest", `fleet-${id}-request`).inputs).toMatchObject({
        subject: { commonName: id },
        uris: [`urn:fleet:acme:${id}`],
      });
      expect(
        recording.one("tls:index/locallySignedCert:LocallySignedCert", `fleet-${id}`).inputs,
      ).toMatchObject({
        allowedUses: ["digital_signature", "client_auth"],
        validityPeriodHours: 30 * 24,
        earlyRenewalHours: 30 * 8,
      });
    }
  });

  test("signs devices with an intermediate that can sign no further authority", () => {
    expect(recording.one("tls:index/selfSignedCert:SelfSignedCert", "fleet-root").inputs).toMatchObject({
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 2400,
    });
    expect(
      recording.one("tls:index/locallySignedCert:LocallySignedCert", "fleet-intermediate").inputs,
    ).toMatchObject({
      isCaCertificate: true,
      maxPathLength: 0,
      validityPeriodHours: 1200,
      allowedUses: ["cert_signing", "crl_signing"],
    });
  });

  test("registers devices with their certificates, never their keys", () => {
    const { inputs } = recording.one("fieldlake:local:DeviceRegistry", "fleet-registry");
    expect(inputs["revoked"]).toEqual(["wrist-02"]);
    expect(inputs["enrolment"]).toBe("registered");
    expect(inputs["devices"]).toEqual([
      { id: "wrist-01", profile: "imu", certificate: "-----BEGIN fleet-wrist-01\n" },
      { id: "wrist-02", profile: "imu", certificate: "-----BEGIN fleet-wrist-02\n" },
    ]);
  });

  test("hands out endpoint, devices' credentials and a page behind a long random token", () => {
    expect(outputs.endpoint).toEqual({
      host: "127.0.0.1",
      port: 8883,
      trustBundle: "-----BEGIN fleet-root\n",
    });
    expect(outputs.devices["wrist-01"]).toEqual({
      profile: "imu",
      certificate: "-----BEGIN fleet-wrist-01\n-----BEGIN fleet-intermediate\n",
      privateKey: "-----BEGIN fleet-wrist-01-key",
    });
    expect(recording.one("random:index/randomPassword:RandomPassword", "knowledge-token").inputs).toEqual({
      length: 43,
      special: false,
    });
    expect(outputs.token).toHaveLength(43);
  });
});
