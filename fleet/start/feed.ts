/** Sends the sample fleet's messages, with progress, and counts what became of them. */
import { replay, ReplayError, type Player, type PlayerCounts } from "../../samples/replay.ts";
import { sampleGroups, type SampleGroup } from "../../samples/fleet.ts";
import type { DeviceState } from "../../site/ports.ts";
import { CommandError, exitCodes, interrupted } from "../errors.ts";
import { endpointOf, type StackOutputs } from "../outputs.ts";
import { diskFull, isDiskFull, type SiteConnection } from "../site-client.ts";
import type { PlannedDevice, PlannedMessage } from "./plan.ts";
import type { FeedProgress } from "./progress.ts";

export interface FeedResult {
  readonly devices: number;
  readonly messages: number;
  readonly acknowledged: number;
  /** Every time a message went out. */
  readonly sent: number;
  readonly statusMessages: number;
  /** Messages that lost connections made to be sent again. */
  readonly resent: number;
}

/** What one device is to send now. */
export interface Assignment extends PlannedDevice {
  /** The part of `messages` that goes out: all, or those that can be told from new readings. */
  readonly sending: readonly PlannedMessage[];
}

/**
 * Who plays: the sample devices that the stack has and that are not revoked; why others don't is told in `left`.
 * @param sentOnce leave out messages that, sent again, would be taken for new readings
 */
export function assign(
  plan: readonly PlannedDevice[],
  outputs: Pick<StackOutputs, "devices">,
  fleet: readonly DeviceState[],
  sentOnce: boolean,
): { readonly assignments: readonly Assignment[]; readonly left: readonly string[] } {
  const left: string[] = [];
  const assignments = plan.flatMap((planned): Assignment[] => {
    const { id } = planned.device;
    if (outputs.devices[id] === undefined) {
      left.push(`${id} is not in fieldlake:devices`);
      return [];
    }
    if (fleet.some(({ deviceId, revoked }) => deviceId === id && revoked)) {
      left.push(`${id} is revoked`);
      return [];
    }
    return [{ ...planned, sending: planned.messages.filter((message) => !sentOnce || message.id !== null) }];
  });
  return { assignments, left };
}

export interface FeedOptions {
  readonly speed: number | null;
  readonly signal: AbortSignal;
  readonly progress: FeedProgress;
}

/** Throws {@link CommandError} with the cause as the site knows it. */
export async function feed(
  assignments: readonly Assignment[],
  outputs: StackOutputs,
  site: Pick<SiteConnection, "health">,
  { speed, signal, progress }: FeedOptions,
): Promise<FeedResult> {
  const groupOf = new Map<string, SampleGroup>(assignments.map(({ device }) => [device.id, device.group]));
  const players = assignments.flatMap(({ device, sending }): Player[] => {
    const credentials = outputs.devices[device.id];
    return credentials === undefined ? [] : [{ deviceId: device.id, credentials, messages: sending }];
  });
  progress.begin(
    (Object.keys(sampleGroups) as SampleGroup[]).map((group) => ({
      group,
      title: sampleGroups[group],
      total: players
        .filter(({ deviceId }) => groupOf.get(deviceId) === group)
        .reduce((sum, { messages }) => sum + messages.length, 0),
    })),
  );
  try {
    const counts = await replay(endpointOf(outputs), players, {
      speed,
      signal,
      onProgress: ({ deviceId }) => progress.acknowledged(groupOf.get(deviceId) ?? "wearables"),
    });
    return total(counts);
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (error instanceof ReplayError) throw await explainReplayError(error, site);
    throw error;
  } finally {
    progress.end();
  }
}

function total(counts: readonly PlayerCounts[]): FeedResult {
  const sum = (of: (one: PlayerCounts) => number) => counts.reduce((all, one) => all + of(one), 0);
  const sent = sum((one) => one.sent);
  const acknowledged = sum((one) => one.acknowledged);
  return {
    devices: counts.length,
    messages: sum((one) => one.messages),
    acknowledged,
    sent,
    statusMessages: sum((one) => one.statusMessages),
    resent: sent - acknowledged,
  };
}

/** The replayer sees only the wire; the site knows whether its disk is full or its broker is down. */
async function explainReplayError(
  error: ReplayError,
  site: Pick<SiteConnection, "health">,
): Promise<CommandError> {
  const acknowledged = error.counts.reduce((sum, one) => sum + one.acknowledged, 0);
  const advice = `${acknowledged} messages were acknowledged and are safe; run npm start again to send the rest`;
  try {
    const { modules } = await site.health();
    const failures = Object.entries(modules).flatMap(([name, { state, error: why }]) =>
      state === "running" ? [] : [`${name} is ${state}${why === undefined ? "" : `: ${why}`}`],
    );
    if (failures.some(isDiskFull)) return diskFull(failures.join("; "));
    return new CommandError([error.message, ...failures].join("; "), exitCodes.failed, advice);
  } catch (cause) {
    const why = cause instanceof CommandError ? cause.message : String(cause);
    return new CommandError(`${error.message}; ${why}`, exitCodes.failed, advice);
  }
}
