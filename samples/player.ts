/** One device of a replay: what it has to send, what it sent, and how it gets it through. */
import type { Micros } from "../functions/core/model.ts";
import { RenewingCredentials } from "./renewal.ts";
import {
  ConnectionError,
  offlineStatus,
  onlineStatus,
  Session,
  type Credentials,
  type Endpoint,
} from "./session.ts";

export interface TimedMessage {
  /** Topic below the device's own root: `telemetry` or `telemetry/{stream}`. */
  readonly channel: string;
  readonly payload: Uint8Array;
  /** When the device sent it; decides the moment where the recording's timing is kept. */
  readonly time: Micros;
}

export interface Player {
  readonly deviceId: string;
  readonly credentials: Credentials;
  /** In the order of sending. */
  readonly messages: readonly TimedMessage[];
}

/** What one device did so far. `acknowledged` counts messages, `sent` every time one went out. */
export interface PlayerCounts {
  readonly deviceId: string;
  readonly messages: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly connections: number;
  /** Acknowledged messages on the status topic: `online` on every connection, `offline` at the end. */
  readonly statusMessages: number;
}

/** Milliseconds between two CONNECTs of a device: at least a second, doubling with every failure, jittered. */
function reconnectDelay(failures: number): number {
  return Math.min(16_000, 1000 * 2 ** Math.max(0, failures - 1)) * (1 + Math.random() / 4);
}

/** Connections in a row that the server closes unanswered until the device counts as refused. */
const patienceWithSilence = 3;

/** Shared by the players of one replay. */
export interface Course {
  readonly endpoint: Endpoint;
  /** As in the replay's options. */
  readonly speed: number | null;
  /** Messages of one device that wait for their acknowledgement at the same time. */
  readonly inFlight: number;
  /** `performance.now()` when the message of `firstTime` is due. */
  readonly startedAt: number;
  readonly firstTime: Micros;
  readonly stopped: AbortSignal;
  readonly onAcknowledged: (counts: PlayerCounts) => void;
}

/** One device: connects, sends, and connects again until everything is acknowledged. */
export class DevicePlayer {
  readonly #player: Player;
  readonly #course: Course;
  readonly #credentials: RenewingCredentials;
  #backlog: number[] = [];
  #next = 0;
  readonly #inFlight = new Set<number>();
  #session: Session | null = null;
  #lost: ConnectionError | null = null;
  #wake: () => void = () => undefined;
  #sent = 0;
  #acknowledged = 0;
  #connections = 0;
  #statusMessages = 0;
  /** Why the last connection ended; shown where the replay gives up. */
  trouble: ConnectionError | null = null;

  constructor(player: Player, course: Course) {
    this.#player = player;
    this.#course = course;
    const { renewalUrl: url = null, trustBundle } = course.endpoint;
    const server = url === null ? null : { url, trustBundle };
    this.#credentials = new RenewingCredentials(player.credentials, { server });
  }

  /** Look again at what there is to do: something was acknowledged, lost or stopped. */
  wake(): void {
    this.#wake();
  }

  counts(): PlayerCounts {
    return {
      deviceId: this.#player.deviceId,
      messages: this.#player.messages.length,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      connections: this.#connections,
      statusMessages: this.#statusMessages,
    };
  }

  /** Resolves when every message is acknowledged or the replay was stopped. Rejects where the server refuses the device. */
  async run(): Promise<void> {
    this.#credentials.start();
    try {
      await this.#play();
    } finally {
      this.#credentials.stop();
    }
  }

  async #play(): Promise<void> {
    let failures = 0;
    let unanswered = 0;
    while (!this.#stopped && this.#acknowledged < this.#player.messages.length) {
      const before = this.#acknowledged;
      const trouble = await this.#connection();
      if (trouble === null) continue;
      unanswered = trouble.kind === "unanswered" ? unanswered + 1 : 0;
      if (trouble.kind === "refused" || unanswered >= patienceWithSilence) throw trouble;
      this.trouble = trouble;
      failures = this.#acknowledged > before ? 0 : failures + 1;
      await this.#sleep(reconnectDelay(failures));
    }
  }

  /** One session from CONNECT to the end of the messages; what ended it early, or `null`. */
  async #connection(): Promise<ConnectionError | null> {
    try {
      await this.#connect();
      await this.#status(onlineStatus);
      await this.#pump();
      await this.#status(offlineStatus);
      return null;
    } catch (error) {
      if (error instanceof ConnectionError) return error;
      throw error;
    } finally {
      await this.#session?.leave(this.#stopped);
      this.#session = null;
    }
  }

  get #stopped(): boolean {
    return this.#course.stopped.aborted;
  }

  async #connect(): Promise<void> {
    this.#lost = null;
    this.#session = await Session.open(
      this.#course.endpoint,
      this.#player.deviceId,
      this.#credentials.current,
      (reason) => {
        this.#lost = reason;
        this.#wake();
      },
    );
    this.#connections += 1;
  }

  /** Sends what is due, keeps the window, and returns when all is acknowledged; throws when the connection is lost. */
  async #pump(): Promise<void> {
    const { messages } = this.#player;
    const window = this.#course.inFlight;
    this.#backlog = [...this.#inFlight].sort((a, b) => a - b);
    this.#inFlight.clear();
    while (!this.#stopped && this.#acknowledged < messages.length) {
      if (this.#lost !== null) throw this.#lost;
      const index = this.#backlog[0] ?? this.#next;
      const message = messages[index];
      if (message === undefined || this.#inFlight.size >= window) {
        await this.#woken();
        continue;
      }
      const early = this.#dueIn(message.time);
      if (early > 0) {
        await this.#sleep(early);
        continue;
      }
      if (this.#backlog.length > 0) this.#backlog.shift();
      else this.#next += 1;
      this.#send(index, message);
    }
  }

  #send(index: number, message: TimedMessage): void {
    const session = this.#session;
    this.#inFlight.add(index);
    this.#sent += 1;
    session?.publish(message.channel, message.payload, false, (error) => {
      if (error !== undefined || session !== this.#session || !this.#inFlight.delete(index)) return;
      this.#acknowledged += 1;
      this.#course.onAcknowledged(this.counts());
      this.#wake();
    });
  }

  async #status(payload: Buffer): Promise<void> {
    let acknowledged = false;
    this.#session?.publish("status", payload, true, (error) => {
      if (error !== undefined) return;
      acknowledged = true;
      this.#statusMessages += 1;
      this.#wake();
    });
    while (!acknowledged && !this.#stopped) {
      if (this.#lost !== null) throw this.#lost;
      await this.#woken();
    }
  }

  #dueIn(time: Micros): number {
    const { speed } = this.#course;
    if (speed === null) return 0;
    return (time - this.#course.firstTime) / 1000 / speed - (performance.now() - this.#course.startedAt);
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#stopped) return;
    const timer = setTimeout(() => this.#wake(), Math.ceil(milliseconds));
    await this.#woken();
    clearTimeout(timer);
  }
}
