/**
 * Plays messages as devices send them: one MQTT session a device over mutual TLS, QoS 1, a bounded number of
 * messages in flight, in order; a lost connection is made again and what was not acknowledged is sent again.
 */
import { DevicePlayer, type Course, type Player, type PlayerCounts } from "./player.ts";
import { ConnectionError, type Endpoint } from "./session.ts";

export type { Player, PlayerCounts, TimedMessage } from "./player.ts";

export interface ReplayOptions {
  /** 1 keeps the timing of the messages, 10 plays ten times as fast; `null` as fast as acknowledgements come. */
  readonly speed: number | null;
  /** Messages of one device that wait for their acknowledgement at the same time. Default 64. */
  readonly inFlight?: number;
  /** Milliseconds without any acknowledgement, over all devices, until the replay gives up. Default 60,000. */
  readonly patience?: number;
  /** Called after every acknowledgement of a message. */
  readonly onProgress?: (counts: PlayerCounts) => void;
  /** Ends the replay early: devices leave properly, the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A device could not get all its messages acknowledged. `counts` says how far all of them came. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  readonly counts: readonly PlayerCounts[];

  constructor(message: string, counts: readonly PlayerCounts[]) {
    super(message);
    this.counts = counts;
  }
}

/**
 * Plays all devices side by side. Resolves with the counts of each when every message is acknowledged. Rejects with
 * {@link ReplayError} where the server refuses a device, or where nothing at all is acknowledged for `patience`.
 */
export async function replay(
  endpoint: Endpoint,
  players: readonly Player[],
  options: ReplayOptions,
): Promise<readonly PlayerCounts[]> {
  const { speed, inFlight = 64, patience = 60_000, onProgress, signal } = options;
  if (speed !== null && !(speed > 0)) {
    throw new RangeError(`speed is ${speed}, allowed: a number above 0, for example 1 or 10`);
  }
  const now = performance.now();
  const firstTime = players.reduce(
    (first, { messages }) => Math.min(first, messages[0]?.time ?? first),
    Number.POSITIVE_INFINITY,
  );
  const stop = new AbortController();
  let lastProgress = now;
  const course: Course = {
    endpoint,
    speed,
    inFlight,
    startedAt: now,
    firstTime,
    stopped: stop.signal,
    onAcknowledged(counts) {
      lastProgress = performance.now();
      onProgress?.(counts);
    },
  };
  const devices = players.map((player) => new DevicePlayer(player, course));
  const counts = () => devices.map((device) => device.counts());

  stop.signal.addEventListener("abort", () => devices.forEach((device) => device.wake()));
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const longestPause = speed === null ? 0 : longestGap(players) / speed;
  const watch = setInterval(() => {
    if (performance.now() - lastProgress < patience + longestPause) return;
    const trouble = devices.map((device) => device.trouble).find((error) => error !== null);
    const why = trouble?.message ?? "the server takes the messages but acknowledges none";
    stop.abort(
      new ReplayError(`nothing was acknowledged for ${Math.round(patience / 1000)} s: ${why}`, counts()),
    );
  }, 250);
  try {
    await Promise.all(
      devices.map((device) =>
        device.run().catch((error: unknown) => {
          stop.abort(error instanceof ConnectionError ? new ReplayError(error.message, counts()) : error);
        }),
      ),
    );
  } finally {
    clearInterval(watch);
    signal?.removeEventListener("abort", abort);
  }
  if (stop.signal.aborted) throw stop.signal.reason;
  return counts();
}

/** Milliseconds of recording time in which no device has anything to send. */
function longestGap(players: readonly Player[]): number {
  const times = players.flatMap(({ messages }) => messages.map(({ time }) => time)).sort((a, b) => a - b);
  return times.reduce((gap, time, index) => Math.max(gap, time - (times[index - 1] ?? time)), 0) / 1000;
}
