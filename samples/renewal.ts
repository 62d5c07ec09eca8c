/** What a device does about its certificate: the next one at two thirds of the life of the one in use, by itself. */
import { X509Certificate } from "node:crypto";
import { EstError, renew, type DeviceCredentials, type EstServer } from "../fleet/est/client.ts";
import { renewalOf } from "../fleet/issue/judge-wanted.ts";

export interface RenewalOptions {
  /** Where certificates are fetched; `null`: nowhere, the device keeps what it has. */
  readonly server: EstServer | null;
  /** Told of each renewal, to keep the credentials where they outlive a restart. */
  readonly onRenewed?: (credentials: DeviceCredentials) => void;
  /** Told why there was none yet; it is tried again. */
  readonly onFailed?: (error: Error) => void;
  /** 0 to 1. Default: Math.random. */
  readonly random?: () => number;
}

/** Of a certificate's life: devices that were made on one day must not all come at the same moment. */
const spread = 0.05;
const firstPauseMs = 60_000;
const longestPauseMs = 6 * 3_600_000;
/** A timer of Node holds 24 days; and a clock that was set is noticed within a day. */
const longestWaitMs = 86_400_000;

export class RenewingCredentials {
  #current: DeviceCredentials;
  readonly #options: RenewalOptions;
  #dueAt: number;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(credentials: DeviceCredentials, options: RenewalOptions) {
    this.#current = credentials;
    this.#options = options;
    this.#dueAt = this.#dueTime();
  }

  /** For the next connection; the one that is open stays good until its own certificate ends. */
  get current(): DeviceCredentials {
    return this.#current;
  }

  /** Renews whenever it is due, from now on. */
  start(): void {
    if (this.#options.server === null || this.#isStopped) return;
    const wait = Math.min(Math.max(0, this.#dueAt - Date.now()), longestWaitMs);
    this.#timer = setTimeout(() => void this.#wake(), wait).unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #wake(): Promise<void> {
    const { server, onRenewed, onFailed } = this.#options;
    if (server !== null && Date.now() >= this.#dueAt) {
      try {
        this.#current = await renew(server, this.#current);
        this.#failures = 0;
        this.#dueAt = this.#dueTime();
        onRenewed?.(this.#current);
      } catch (error) {
        this.#dueAt = Date.now() + this.#pause(error as Error);
        onFailed?.(error as Error);
      }
    }
    this.start();
  }

  #dueTime(): number {
    const { validFromDate, validToDate } = new X509Certificate(this.#current.certificate);
    const life = validToDate.getTime() - validFromDate.getTime();
    return renewalOf(validFromDate, validToDate).getTime() + this.#random() * spread * life;
  }

  /** Longer and longer, and never shorter than the server asks for. */
  #pause(error: Error): number {
    const asked = error instanceof EstError ? (error.retryAfter ?? 0) * 1000 : 0;
    const own = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures);
    this.#failures += 1;
    return Math.max(asked, own * (1 + this.#random() / 2));
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }
}
