/** All sessions, their subscriptions in one tree, and the persistent ones on disk. */
import { Session, type SessionState } from "./session.ts";
import type { StateStore } from "./state-store.ts";
import { SubscriptionTree } from "./topic-tree.ts";

const keyPrefix = "session/";
/** Sessions that change all the time are written this often, milliseconds. */
const saveEvery = 50;

export class Sessions {
  readonly tree = new SubscriptionTree<Session>();
  readonly #sessions = new Map<string, Session>();
  readonly #store: StateStore;
  readonly #unsaved = new Set<Session>();
  #timer: NodeJS.Timeout | undefined;
  readonly #onFailure: (error: unknown) => void;

  /** `onFailure` hears where changes could not be written; they are tried again with the next ones. */
  constructor(store: StateStore, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#onFailure = onFailure;
    for (const [clientId, value] of store.below(keyPrefix)) {
      const state = JSON.parse(value.toString()) as SessionState;
      const session = Session.restore(clientId, state, this.#saveLater);
      this.#sessions.set(clientId, session);
      for (const [filter, qos] of session.subscriptions) this.tree.add(filter, session, qos);
    }
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  /** The session for a CONNECT (section 3.1.2.4): a former one only where both sides kept it. */
  open(clientId: string, clean: boolean): { session: Session; isPresent: boolean } {
    const former = this.#sessions.get(clientId);
    if (former !== undefined && !clean && former.isPersistent) return { session: former, isPresent: true };
    if (former !== undefined) this.remove(former);
    const session = new Session(clientId, !clean, this.#saveLater);
    this.#sessions.set(clientId, session);
    if (!clean) this.#saveLater(session);
    return { session, isPresent: false };
  }

  remove(session: Session): void {
    if (this.#sessions.get(session.clientId) !== session) return;
    this.#sessions.delete(session.clientId);
    for (const filter of session.subscriptions.keys()) this.tree.remove(filter, session);
    this.#unsaved.delete(session);
    if (!session.isPersistent) return;
    this.#store.set(keyPrefix + session.clientId, null);
    this.#flush();
  }

  subscribe(session: Session, filter: string, qos: 0 | 1): boolean {
    const isTaken = session.subscribe(filter, qos);
    if (isTaken) this.tree.add(filter, session, qos);
    return isTaken;
  }

  unsubscribe(session: Session, filter: string): void {
    if (session.unsubscribe(filter)) this.tree.remove(filter, session);
  }

  /** To everybody subscribed, with at most the QoS they were granted [MQTT-3.8.4-6]. */
  route(topic: string, payload: Buffer, qos: 0 | 1): void {
    for (const [session, granted] of this.tree.match(topic)) {
      session.deliver({ topic, payload, qos: qos < granted ? qos : granted, retain: false });
    }
  }

  /** Resolves when what the session has to know after a restart is on disk. */
  async save(session: Session): Promise<void> {
    if (session.isPersistent) this.#store.set(keyPrefix + session.clientId, encode(session));
    this.#unsaved.delete(session);
    await this.#store.flush();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#put();
    await this.#store.flush();
  }

  readonly #saveLater = (session: Session): void => {
    this.#unsaved.add(session);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#put();
      this.#flush();
    }, saveEvery).unref();
  };

  #put(): void {
    for (const session of this.#unsaved) this.#store.set(keyPrefix + session.clientId, encode(session));
    this.#unsaved.clear();
  }

  #flush(): void {
    this.#store.flush().catch(this.#onFailure);
  }
}

function encode(session: Session): Buffer {
  return Buffer.from(JSON.stringify(session.state));
}
