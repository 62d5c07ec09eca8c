import { ResourceError, type Resource } from "@pulumi/pulumi";
import { deviceIdPattern, maxPinnedDevices, type DeviceFleetArgs } from "../contracts/device-fleet.ts";
import type { StreamProcessorArgs } from "../contracts/stream-processor.ts";
import { maxPayloadBytes, type SecureIngestArgs } from "../contracts/secure-ingest.ts";
import { zones, type EncryptedLakeArgs } from "../contracts/encrypted-lake.ts";

/** One fault of a component's args: the argument in the user's terms, what it received, what is allowed. */
type Fault = string;

const between = (argument: string, value: number, minimum: number, maximum: number): Fault[] =>
  Number.isInteger(value) && value >= minimum && value <= maximum
    ? []
    : [`${argument}: received ${value}; allowed: a whole number from ${minimum} to ${maximum}`];

export function deviceFleetFaults(args: DeviceFleetArgs): Fault[] {
  const ids = args.pinned.map(({ id }) => id);
  return [
    ...ids
      .filter((id) => !deviceIdPattern.test(id))
      .map((id) => `pinned: received the device id "${id}"; allowed: ${deviceIdPattern.source}`),
    ...ids
      .filter((id, index) => ids.indexOf(id) !== index)
      .map((id) => `pinned: received "${id}" twice; allowed: each device once`),
    ...(ids.length > maxPinnedDevices
      ? [
          `pinned: received ${ids.length} devices; allowed: at most ${maxPinnedDevices}, the rest are the issuer's data`,
        ]
      : []),
    ...between("certificateDays", args.certificateDays, 7, 397),
    ...(args.authority.kind === "development"
      ? between("authority.intermediateDays", args.authority.intermediateDays, 1, args.authority.rootDays)
      : []),
  ];
}

export function encryptedLakeFaults(args: EncryptedLakeArgs): Fault[] {
  return zones.flatMap((zone) =>
    between(`zones.${zone}.retentionDays`, args.zones[zone].retentionDays, 0, 36_500),
  );
}

export function streamProcessorFaults(args: StreamProcessorArgs): Fault[] {
  return [
    ...between("concurrency", args.concurrency, 1, 64),
    ...(/^[0-9a-f]{64}$/.test(args.decoder.sha256)
      ? []
      : [`decoder.sha256: received "${args.decoder.sha256}"; allowed: 64 hex digits`]),
  ];
}

export function secureIngestFaults(args: SecureIngestArgs): Fault[] {
  const { limits } = args;
  return [
    ...between("limits.payloadBytes", limits.payloadBytes, 1, maxPayloadBytes),
    ...between("limits.connections", limits.connections, 1, 1_000_000),
    ...between("limits.messagesPerSecond", limits.messagesPerSecond, 1, 1_000_000),
    ...between("limits.handshakesPerSecond", limits.handshakesPerSecond, 1, 100_000),
  ];
}

/** Raises every fault at once, without a stack trace: the reader is the one who wrote the args. */
export function refuse(faults: readonly Fault[], resource: Resource): void {
  if (faults.length > 0) throw new ResourceError(faults.join("\n"), resource, true);
}
