/** The devices of an environment in a cloud: those that are registered, where it has a registry, and those that sent something. */
import type { AskedLake, DeviceState } from "../../site/ports.ts";
import { Memo } from "../../site/console/memo.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import { isFrames } from "./tables.ts";

const mostDevices = 30_000;
const keptMs = 10_000;

export interface DevicesArgs {
  readonly lake: AskedLake;
  /** Null where the stack keeps none. */
  readonly registry: Pick<FleetRegistry, "devices"> | null;
  /** Ids of devices that the stack pins. */
  readonly pinned: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const tables = `SELECT table_name FROM information_schema.tables WHERE table_catalog = 'memory' AND table_schema = 'main'`;

export function cloudDevices({ lake, registry, pinned, now }: DevicesArgs) {
  const kept = new Memo<readonly DeviceState[]>(keptMs, 1, now);
  return {
    devices: (): Promise<readonly DeviceState[]> =>
      kept.get("", async () => {
        const heard = await heardOf(lake);
        const found = new Map<string, DeviceState>();
        const add = (deviceId: string, profile: string | null = null): void => {
          const unknown = { connected: null, online: null, revoked: null, certificateNotAfter: null };
          const lastSeen = heard.get(deviceId) ?? null;
          found.set(deviceId, { deviceId, profile, pinned: pinned.includes(deviceId), lastSeen, ...unknown });
        };
        for await (const { id, profile } of registry?.devices() ?? []) {
          if (found.size === mostDevices) break;
          add(id, profile);
        }
        for (const deviceId of [...pinned, ...heard.keys()]) if (!found.has(deviceId)) add(deviceId);
        return [...found.values()];
      }),
  };
}

/** When each device's newest message arrived, microseconds, as far as the days go that are looked at. */
async function heardOf(lake: AskedLake): Promise<ReadonlyMap<string, number>> {
  const names = (await lake.query(tables)).rows.map(([name]) => String(name));
  const wanted = names.filter((name) => name === "readings" || isFrames({ name }));
  const rows = wanted.map((name) => `SELECT device_id, ingest_ts AS heard FROM "${name}"`);
  const sql = `SELECT device_id, epoch_us(max(heard)) FROM (${[...rows, "SELECT device_id, received_at FROM quarantine"].join(" UNION ALL ")})
    GROUP BY 1 ORDER BY 1 LIMIT ${mostDevices}`;
  const { rows: found } = await lake.query(sql, { maxRows: mostDevices });
  return new Map(found.map(([id, at]) => [String(id), Number(at)]));
}
