/** Two profiles of a machine, and rows as a newer decoder would have made them from the beginning. */
import { createHash } from "node:crypto";
import type { DocumentProfile, Profile } from "../../../functions/core/profiles/profile.ts";
import type { ReplayRequest, ReplayState } from "../../../site/replay/replay-request.ts";
import { Keyring } from "../../../site/seal.ts";
import { Uploads } from "../../../site/uploads/uploads.ts";
import type { Adapt, Store, StoreFolder } from "../store/support.ts";

export interface Sent {
  readonly deviceId: string;
  readonly channel: string;
  readonly payload: Buffer;
  readonly receivedAt: number;
}

/** A moment that no test runs in. */
export const start = Date.UTC(2026, 0, 5, 10) * 1_000;

/** A message of a machine, `at` microseconds after the start. */
export const machine = (at: number, said: object, deviceId = "press-1", channel = "telemetry"): Sent => {
  const payload = Buffer.from(JSON.stringify(said));
  return { deviceId, channel, payload, receivedAt: start + at };
};

/** Of those that are shipped, with the machine's changed. */
export const machineProfile = (change: Partial<DocumentProfile>): Adapt => {
  return (shipped) =>
    shipped.map((profile): Profile => {
      return profile.name === "machine-json" ? { ...(profile as DocumentProfile), ...change } : profile;
    });
};

/** Reads numbers of a state that it refuses otherwise. */
export const first = machineProfile({
  fields: [
    { path: "temperature", unit: "Cel", required: true },
    { path: "cycles", type: "int" },
  ],
});

/** Knows the pressure, needs no temperature, and tells messages apart otherwise. */
export const second = machineProfile({
  version: "2",
  identity: "content",
  fields: [
    { path: "temperature", unit: "Cel" },
    { path: "cycles", type: "int" },
    { path: "pressure", unit: "Pa" },
  ],
});

export async function sendAll({ log, lake }: Store, messages: readonly Sent[]): Promise<void> {
  for (const message of messages) await log.append(message);
  await lake.flush();
}

/** Of the device press-9. */
export async function uploadLines(
  { dataFolder, keyFile }: StoreFolder,
  { lake, log, decoder }: Store,
  text: string,
  clock: string | null = null,
): Promise<void> {
  const keyring = Keyring.fromFile(keyFile);
  const content = Buffer.from(text);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const file = {
    sha256,
    bytes: content.length,
    name: "day.ndjson",
    deviceId: "press-9",
    channel: "telemetry",
  };
  const uploads = new Uploads({ tenant: "acme", dataFolder, keyring, lake, log, decoder });
  await uploads.part({ ...file, clock }, 0, content);
  await uploads.take({ ...file, clock });
  await lake.flush();
}

export async function replay(store: Store, request: Partial<ReplayRequest> = {}): Promise<ReplayState> {
  const all = { codec: "machine-json@2", from: 0, to: start + 1e12, dryRun: false };
  store.replays.start({ ...all, ...request });
  await store.replays.ended();
  const { state } = store.replays;
  if (state?.error !== null) throw new Error(state?.error ?? "no replay");
  return state;
}

/** Every row of the lake, in an order that depends on nothing else. */
export async function everyRow({ lake }: Store): Promise<readonly unknown[]> {
  const rows = async (table: string) =>
    (await lake.query(`SELECT * FROM ${table} ORDER BY ALL`, { maxRows: 100_000 })).rows;
  return [...(await rows("readings")), ...(await rows("quarantine"))];
}
