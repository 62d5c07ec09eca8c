import { createPlatform } from "../../../components/aws/platform.ts";
import { readConfig } from "../../../config.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { buildEnvironment } from "../environment.ts";
import { region } from "../aws-stand-ins.ts";
import { record, type Recording } from "../harness.ts";

/** As shipped: the frugal profile, nothing optional. */
export const frugal = {
  target: "aws",
  environment: "acme",
  devices: [{ id: "wrist-01", profile: null }, { id: "wrist-02" }],
};

/** Of a claim, with CA:FALSE; its key was thrown away. */
export const claimCertificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULnCKbVInYrGAHmnueBX8skOP8YcwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY2xhaW0gb2YgbGluZSAxMB4XDTI2MTEyNjA4MDQ0M1oXDTI3
MTEyNjA4MDQ0M1owGjEYMBYGA1UEAwwPY2xhaW0gb2YgbGluZSAxMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEikaReX2DMarzHycnbfKYEqGjkIEKlybOkL3+aOld
2pFX1x1TQZct9sndFyXx0g0XfhPxK9CVnFV83F45n1LHd6NlMGMwHQYDVR0OBBYE
FCSub82TakxsG/JAszIZQq9HOSkNMB8GA1UdIwQYMBaAFCSub82TakxsG/JAszIZ
Qq9HOSkNMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwCgYIKoZI
zj0EAwIDSAAwRQIgQ7MhMz7srzGjMJN+6QfmNaBjCGH9pRe5nWnvw80at8oCIQDs
MCxYNu7g4F4ASLjUPNSBNR7RLYteZhPXqfN8nwlLJw==
-----END CERTIFICATE-----
`;

/** The other profile, and every option. */
export const everything = {
  ...frugal,
  protect: true,
  profiles: ["wearable-imu"],
  stream: { profile: "throughput", concurrency: 2 },
  aws: {
    shards: 4,
    replicaRegion: "eu-west-1",
    tableFormat: "iceberg",
    governance: "lake-formation",
    catalogKey: true,
    basicIngest: true,
    accountSettings: false,
    writeOnce: { days: 10, mode: "compliance" },
    domain: {
      name: "devices.acme.example",
      certificateArn: `arn:aws:acm:${region}:123456789012:certificate/00000000-0000-4000-8000-000000000000`,
    },
    enrolment: {
      domain: {
        name: "renewal.acme.example",
        certificateArn: `arn:aws:acm:${region}:123456789012:certificate/00000000-0000-4000-8000-000000000001`,
      },
      signingKeys: [`arn:aws:kms:${region}:123456789012:key/00000000-0000-4000-8000-00000000000c`],
      checkOnConnect: true,
      claim: { signsForAccount: true, certificates: { "line-1": claimCertificate } },
    },
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

export type Parts = ReturnType<typeof buildEnvironment>;

/** One environment under mocks. */
export async function recordAws(
  raw: Record<string, unknown>,
): Promise<{ recording: Recording; parts: Parts }> {
  const config = readConfig(raw, { "aws:region": region });
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

/** The document of a policy input: components hand over JSON text. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: unknown;
    readonly Action: string | string[];
    readonly Resource?: string | string[];
    readonly Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}

export const documentOf = (text: unknown): PolicyDocument => JSON.parse(String(text)) as PolicyDocument;
