/** Ten devices in every state that a device can be in. */
import type { BrokerStats, DeviceState, FleetView } from "../../../site/ports.ts";
import { hostileName } from "./fake-tables.ts";

const second = 1_000_000;
const day = 86_400 * second;

interface Plan {
  readonly id: string;
  readonly profile: string | null;
  readonly connected?: boolean;
  readonly online?: boolean | null;
  /** Seconds ago. */
  readonly seen?: number | null;
  readonly revoked?: boolean;
  readonly pinned?: boolean;
  /** Days from now; null where the broker has seen no certificate yet. */
  readonly certificate?: number | null;
}

const plans: readonly Plan[] = [
  { id: "press-json-01", profile: "machine-json", seen: 4 },
  { id: "room-cbor-01", profile: "environment-senml-cbor", seen: 8 },
  { id: "room-senml-01", profile: "environment-senml", seen: 3, certificate: 9 },
  { id: "room-senml-02", profile: "environment-senml", seen: 7 },
  {
    id: "tracker-lpp-01",
    profile: "tracker-lpp",
    connected: false,
    online: false,
    seen: 5400,
    pinned: false,
  },
  { id: "wrist-01", profile: "wearable-imu", seen: 0 },
  { id: "wrist-02", profile: "wearable-imu", seen: 0 },
  { id: "wrist-03", profile: "wearable-imu", seen: 1 },
  { id: "wrist-04", profile: "wearable-imu", connected: false, online: false, seen: 90_000, revoked: true },
  {
    id: "wrist-05",
    profile: null,
    connected: false,
    online: null,
    seen: null,
    certificate: null,
    pinned: false,
  },
];

export interface FakeFleet extends FleetView {
  /** Something happens to a device. */
  change(deviceId: string, change: Partial<DeviceState>): void;
}

export function fakeFleet({
  now,
  empty = false,
  hostile = false,
}: {
  now: number;
  empty?: boolean;
  hostile?: boolean;
}): FakeFleet {
  const all = empty ? [] : hostile ? [...plans, { id: hostileName, profile: hostileName }] : plans;
  const devices = all.map((plan) => toState(plan, now * 1000));
  const stats = (): BrokerStats => ({
    connected: devices.filter(({ connected }) => connected).length,
    accepted: empty ? 0 : 31,
    refused: empty ? {} : { "no-certificate": 2, revoked: 5 },
    published: empty ? 0 : 38_911,
  });
  return {
    devices: () => devices,
    stats,
    change(deviceId, change) {
      const index = devices.findIndex((device) => device.deviceId === deviceId);
      const device = devices[index];
      if (device === undefined) throw new Error(`the fake fleet has no device ${deviceId}`);
      devices[index] = { ...device, ...change };
    },
  };
}

function toState(plan: Plan, now: number): DeviceState {
  const { id, profile, connected = true, online = true, seen = 0, revoked = false } = plan;
  const { pinned = true, certificate = 89 } = plan;
  return {
    deviceId: id,
    profile,
    pinned,
    connected,
    online,
    lastSeen: seen === null ? null : now - seen * second,
    revoked,
    certificateNotAfter: certificate === null ? null : now + certificate * day,
  };
}
