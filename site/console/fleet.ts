/** The fleet as the page shows it: counted, searched, cut to what a screen holds. */
import type { DeviceState } from "../ports.ts";
import type { Fleet, FleetCounts } from "./api.ts";

type Standing = "revoked" | "online" | "offline" | "silent";

/** What the device said of itself, unless the broker knows better: an open session is online, none at all is not. */
export function standing({ revoked, connected, online }: DeviceState): Standing {
  if (revoked) return "revoked";
  if (connected) return online === false ? "offline" : "online";
  return online === null ? "silent" : "offline";
}

export function countFleet(devices: readonly DeviceState[]): FleetCounts {
  const counts = { online: 0, offline: 0, silent: 0, revoked: 0 };
  let connected = 0;
  for (const device of devices) {
    counts[standing(device)] += 1;
    if (device.connected) connected += 1;
  }
  return { total: devices.length, connected, ...counts };
}

/** `search` is looked for in ids and profiles, whatever the case. */
export function searchFleet(
  devices: readonly DeviceState[],
  { search, limit, now }: { readonly search: string; readonly limit: number; readonly now: number },
): Fleet {
  const wanted = search.trim().toLowerCase();
  const matching = devices.filter(({ deviceId, profile }) =>
    `${deviceId} ${profile ?? ""}`.toLowerCase().includes(wanted),
  );
  const byId = matching.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0));
  return { now, total: devices.length, matching: matching.length, devices: byId.slice(0, limit) };
}
