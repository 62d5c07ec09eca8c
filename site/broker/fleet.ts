/** What the broker knows of each device: the live half of `FleetView`. */
import type { DeviceState } from "../ports.ts";
import type { RegistrySettings } from "../settings.ts";
import type { StateStore } from "./state-store.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface FleetEntry {
  readonly deviceId: string;
  readonly bucket: TokenBucket;
  isConnected: boolean;
  /** Milliseconds since 1970. */
  lastSeen: number | null;
  online: boolean | null;
  /** Of the certificate it last came with, milliseconds since 1970. */
  certificateNotAfter: number | null;
  isRevoked: boolean;
}

type Registered = RegistrySettings["devices"][number];

/** Key in the store: last seen and end of certificate, two doubles; NaN stands for unknown. */
const keyPrefix = "device/";
/** A status longer than that is not looked into. */
const mostStatusBytes = 4096;

export class Fleet {
  readonly #entries = new Map<string, FleetEntry>();
  readonly #store: StateStore;
  readonly #messagesPerSecond: number;
  readonly #unsaved = new Set<FleetEntry>();
  #registered: ReadonlyMap<string, Registered> = new Map();

  constructor(store: StateStore, messagesPerSecond: number) {
    this.#store = store;
    this.#messagesPerSecond = messagesPerSecond;
    for (const [deviceId, value] of store.below(keyPrefix)) {
      const entry = this.entry(deviceId);
      entry.lastSeen = known(value.readDoubleLE(0));
      entry.certificateNotAfter = known(value.readDoubleLE(8));
    }
  }

  /** Only ids that a certificate proved get here, so the fleet is what bounds it. */
  entry(deviceId: string): FleetEntry {
    const known = this.#entries.get(deviceId);
    if (known !== undefined) return known;
    const entry: FleetEntry = {
      deviceId,
      bucket: new TokenBucket(this.#messagesPerSecond, Date.now()),
      isConnected: false,
      lastSeen: null,
      online: null,
      certificateNotAfter: null,
      isRevoked: false,
    };
    this.#entries.set(deviceId, entry);
    return entry;
  }

  applyRegistry({ devices }: Pick<RegistrySettings, "devices">): void {
    this.#registered = new Map(devices.map((device) => [device.id, device]));
  }

  /** Something was heard of the device at `now`, milliseconds. */
  seen(entry: FleetEntry, now: number): void {
    entry.lastSeen = now;
    this.#unsaved.add(entry);
  }

  /** Puts what changed into the store, which writes it with its next flush. */
  save(): void {
    for (const { deviceId, lastSeen, certificateNotAfter } of this.#unsaved) {
      const value = Buffer.alloc(16);
      value.writeDoubleLE(lastSeen ?? NaN, 0);
      value.writeDoubleLE(certificateNotAfter ?? NaN, 8);
      this.#store.set(keyPrefix + deviceId, value);
    }
    this.#unsaved.clear();
  }

  /** What a device says of itself: `{"online": true | false}`; `null` where it says nothing of the kind. */
  noteStatus(deviceId: string, payload: Buffer): void {
    this.entry(deviceId).online = readOnline(payload);
  }

  states(): DeviceState[] {
    const ids = new Set([...this.#registered.keys(), ...this.#entries.keys()]);
    return [...ids].sort().map((deviceId) => {
      const registered = this.#registered.get(deviceId);
      const entry = this.#entries.get(deviceId);
      return {
        deviceId,
        profile: registered?.profile ?? null,
        pinned: registered?.pinned ?? false,
        connected: entry?.isConnected ?? false,
        online: entry?.online ?? null,
        lastSeen: toMicros(entry?.lastSeen),
        revoked: entry?.isRevoked ?? false,
        certificateNotAfter: toMicros(entry?.certificateNotAfter),
      };
    });
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function toMicros(milliseconds: number | null | undefined): number | null {
  return milliseconds === null || milliseconds === undefined ? null : milliseconds * 1000;
}

function readOnline(payload: Buffer): boolean | null {
  if (payload.length === 0 || payload.length > mostStatusBytes) return null;
  try {
    const status: unknown = JSON.parse(payload.toString());
    const online = typeof status === "object" && status !== null && "online" in status ? status.online : null;
    return typeof online === "boolean" ? online : null;
  } catch {
    return null;
  }
}
