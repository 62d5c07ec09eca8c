/**
 * Clients of an Event Grid namespace in line with the registry: each device with a certificate that may connect is an
 * enabled client, each other one that is there is disabled. Clients that are no devices of the fleet are left alone.
 */
import type { DeviceRecord } from "../registry/model.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import { Pace } from "./paced.ts";

export interface GridClient {
  readonly name: string;
  readonly isEnabled: boolean;
}

/** What of the namespace's management this takes. */
export interface GridClients {
  list(signal: AbortSignal): AsyncIterable<GridClient>;
  /** Rejects with {@link Throttled} where the service asks for patience, else with an Error that names client and status. */
  put(client: GridClient & { readonly profile: string | null }, signal: AbortSignal): Promise<void>;
}

/** The service takes no more for so many milliseconds. */
export class Throttled extends Error {
  override readonly name = "Throttled";
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`throttled for ${milliseconds} ms`);
    this.milliseconds = milliseconds;
  }
}

export interface GridSync {
  readonly deviceId: string;
  readonly outcome: "registered" | "enabled" | "disabled";
}

export interface GridSyncOptions {
  readonly registry: FleetRegistry;
  readonly clients: GridClients;
  /** Writes a second; Azure Resource Manager refills 10 a subscription and region. */
  readonly perSecond: number;
  /** Writes under way at once. */
  readonly parallel: number;
  readonly signal: AbortSignal;
}

/** A run that was ended goes on where it was: what is there already is not written again. */
export async function* syncEventGrid(options: GridSyncOptions): AsyncGenerator<GridSync> {
  const { registry, clients, perSecond, parallel, signal } = options;
  const there = new Map<string, boolean>();
  for await (const { name, isEnabled } of clients.list(signal)) there.set(name, isEnabled);
  const admitted = new Set<string>();
  for await (const { deviceId } of registry.certificates({ states: ["issued", "active"] }))
    admitted.add(deviceId);
  const pace = new Pace(perSecond);
  const waiting = new Set<Promise<GridSync>>();
  const write = async ({ id: name, profile }: DeviceRecord, isEnabled: boolean): Promise<GridSync> => {
    for (;;) {
      await pace.turn(signal);
      try {
        await clients.put({ name, profile, isEnabled }, signal);
        const known = there.has(name);
        return { deviceId: name, outcome: isEnabled ? (known ? "enabled" : "registered") : "disabled" };
      } catch (error) {
        if (!(error instanceof Throttled)) throw error;
        pace.hold(error.milliseconds);
      }
    }
  };
  for await (const device of registry.devices()) {
    const { id } = device;
    const wanted = admitted.has(id);
    if (there.get(id) === wanted || (!there.has(id) && !wanted)) continue;
    waiting.add(write(device, wanted));
    if (waiting.size >= parallel) yield await next(waiting);
  }
  while (waiting.size > 0) yield await next(waiting);
}

/** The first that is done, and no longer waited for. */
async function next(waiting: Set<Promise<GridSync>>): Promise<GridSync> {
  const { work, done } = await Promise.race(
    [...waiting].map((one) => one.then((done) => ({ work: one, done }))),
  );
  waiting.delete(work);
  return done;
}
