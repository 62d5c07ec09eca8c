/** Keeps the fleet's revocation list from ever getting old: made anew at half its life, and after each revocation. */
import { join } from "node:path";
import { isListBehind, makeList } from "../../fleet/authority/list-keeper.ts";
import { isListDue } from "../../fleet/authority/revocation-list.ts";
import { writeDurably } from "../../fleet/issue/device-files.ts";
import type { CertificateRecord } from "../../fleet/registry/model.ts";
import type { LocalRegistry } from "../../fleet/registry/local-registry.ts";
import type { Logger } from "../logger.ts";
import type { OwnIssuer } from "./own-issuer.ts";

const checkMs = 3_600_000;
/** The broker refuses them already; the list is for others. */
const soonMs = 2000;

export interface ListRenewalOptions {
  readonly registry: LocalRegistry;
  readonly own: OwnIssuer;
  readonly logger: Logger;
  /** Milliseconds between two looks. Default an hour. */
  readonly every?: number;
  /** Milliseconds from a revocation to the list. Default 2 s. */
  readonly soon?: number;
  readonly now?: () => Date;
}

export class ListRenewal {
  readonly #options: ListRenewalOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => Date;
  #turn: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #soon: NodeJS.Timeout | null = null;
  #problem: string | null = null;

  constructor(options: ListRenewalOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#timer = setInterval(() => void this.check(), options.every ?? checkMs).unref();
  }

  /** Why the list is not what it should be; `null` where it is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Looks now, or once the look under way is over: who asks meanwhile shares that one. */
  check(): Promise<void> {
    this.#next ??= this.#turn.then(() => {
      this.#next = null;
      return this.#look();
    });
    this.#turn = this.#next;
    return this.#next;
  }

  /** Looks in a moment: many certificates that are revoked together come onto one list. */
  checkSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.check();
    }, this.#options.soon ?? soonMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon ?? undefined);
    await this.#turn;
  }

  async #look(): Promise<void> {
    const { registry, own, logger } = this.#options;
    const now = this.#now();
    try {
      const issuer = await own.record();
      if (issuer === null || issuer.standing === "retired") return;
      const former = (await registry.lists()).find((list) => list.issuer === own.id);
      const revoked: CertificateRecord[] = [];
      for await (const one of registry.certificates({ states: ["revoked"], issuer: own.id }))
        revoked.push(one);
      if (former === undefined || isListBehind(former, revoked, now)) {
        const file = join(registry.folder, `${own.id}.crl`);
        const made = await makeList(issuer, own.signer, registry, now, (pem) =>
          writeDurably(file, pem, 0o644),
        );
        logger.info({ revoked: made.revoked, nextUpdate: made.nextUpdate }, "revocation list made");
      }
      this.#problem = null;
    } catch (error) {
      await this.#failed(error as Error, now);
    }
  }

  /** Told at once, long before the list ends. */
  async #failed({ message }: Error, now: Date): Promise<void> {
    const { registry, own, logger } = this.#options;
    const list = (await registry.lists().catch(() => [])).find(({ issuer }) => issuer === own.id);
    const isDue = list === undefined || isListDue(list.thisUpdate, list.nextUpdate, now);
    const end = list === undefined ? "" : ` (the last one ends at ${list.nextUpdate.toISOString()})`;
    this.#problem = `the revocation list can't be made anew${end}: ${message}`;
    if (isDue) logger.error({ error: message }, "the revocation list can't be made anew");
    else logger.warn({ error: message }, "the revocation list can't be made anew yet");
  }
}
