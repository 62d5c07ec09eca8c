/** `fieldlake fleet token`: one-time bootstrap tokens, by which devices fetch their first certificates themselves. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CommandError, exitCodes } from "../../errors.ts";
import { makeToken } from "../../est/token.ts";
import { writeDurably } from "../../issue/device-files.ts";
import { readDeviceList, type ListedDevice } from "../../issue/device-list.ts";
import { recordInPortions } from "../../registry/in-portions.ts";
import type { Change } from "../../registry/model.ts";
import { counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { withFleet, type Fleet, type FleetSource } from "./open-fleet.ts";

export interface TokenOptions extends FleetSource {
  readonly csv?: string;
  readonly days: number;
  readonly out?: string;
  readonly cancel?: boolean;
  readonly json?: boolean;
}

interface Made {
  readonly deviceId: string;
  readonly token: string;
  readonly until: string;
}

const dayMs = 86_400_000;

/** For all devices or none; in a cloud by portions, and no token is shown before all are made. Rejects with {@link CommandError}. */
export async function token(
  ids: readonly string[],
  options: TokenOptions,
  context: CommandContext,
): Promise<void> {
  const devices = wantedDevices(ids, options);
  const out = options.out === undefined ? null : resolve(options.out);
  if (out !== null && existsSync(out)) {
    throw new CommandError(`${out} exists: tokens are never written over something`, exitCodes.usage);
  }
  await withFleet(options, context, async (fleet) => {
    if (options.cancel === true) return cancel(devices, fleet, context);
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const until = new Date(at.getTime() + options.days * dayMs);
    await recordInPortions(fleet.registry, await invitations(devices, at, fleet));
    const made = devices.map(({ id }): Made => ({
      deviceId: id,
      token: makeToken(fleet.tokenKey, { deviceId: id, at, until }),
      until: until.toISOString(),
    }));
    await handOver(made, out, options, { fleet, context });
  });
}

function wantedDevices(ids: readonly string[], { csv }: TokenOptions): readonly ListedDevice[] {
  if ((ids.length === 0) === (csv === undefined)) {
    throw new CommandError("name devices, or a list of them (--csv)", exitCodes.usage);
  }
  const { devices, mistakes } = readDeviceList(csv === undefined ? ids.join("\n") : readList(csv));
  if (mistakes.length === 0) return devices;
  throw new CommandError(
    `no token was made: ${counted(mistakes.length, "mistake")}`,
    exitCodes.usage,
    ...mistakes.map(
      ({ line, message }) => `${csv === undefined ? ids[line - 1] : `${csv}:${line}`}: ${message}`,
    ),
  );
}

function readList(csv: string): string {
  try {
    return readFileSync(csv, "utf8");
  } catch (error) {
    throw new CommandError(
      `--csv ${csv}: can't be read (${(error as NodeJS.ErrnoException).code})`,
      exitCodes.usage,
    );
  }
}

/** A device that is known keeps its profile where the list says nothing of it. */
async function invitations(
  devices: readonly ListedDevice[],
  at: Date,
  { registry }: Fleet,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const { id, profile } of devices) {
    if (profile !== undefined || (await registry.device(id)) === null) {
      const device = { id, profile: profile ?? null, source: "issued", enrolledAt: at } as const;
      changes.push({ kind: "device", device });
    }
    changes.push({ kind: "invited", deviceId: id, at });
  }
  return changes;
}

async function cancel(
  devices: readonly ListedDevice[],
  { registry }: Fleet,
  { terminal }: CommandContext,
): Promise<void> {
  const invited: string[] = [];
  for (const { id } of devices) if ((await registry.invitation(id)) !== null) invited.push(id);
  await recordInPortions(
    registry,
    invited.map((deviceId): Change => ({ kind: "invited", deviceId, at: null })),
  );
  terminal.print(`${counted(invited.length, "token")} ended`);
}

async function handOver(
  made: readonly Made[],
  out: string | null,
  { json }: TokenOptions,
  { fleet, context: { terminal } }: { readonly fleet: Fleet; readonly context: CommandContext },
): Promise<void> {
  const place = fleet.connection?.["enrolmentUrl"] ?? null;
  if (out !== null) {
    const lines = made.map(({ deviceId, token: secret, until }) => `${deviceId},${secret},${until}\n`);
    await writeDurably(out, `id,token,until\n${lines.join("")}`, 0o600);
    terminal.print(`${counted(made.length, "token")} in ${out}`);
  } else if (json === true) {
    terminal.write(`${JSON.stringify({ enrolmentUrl: place, tokens: made }, null, 2)}\n`);
  } else {
    for (const { deviceId, token: secret, until } of made)
      terminal.print(`${deviceId}  ${secret}  until ${until}`);
  }
  if (typeof place === "string") terminal.note(`the devices enrol at ${place} (docs/fleet.md, Enrolment)`);
}
