/** Starts, replaces and stops the site's modules, one change at a time, in the order of what they need. */
import { isDeepStrictEqual } from "node:util";
import type { ModuleHealth } from "./client.ts";
import type { Logger } from "./logger.ts";
import type { SettingsStore } from "./settings-store.ts";
import { moduleSettings, type ModuleName, type ModuleSettings } from "./settings.ts";

/** How one kind of module is run. `Running` maps each module to what it offers while it runs. */
export interface ModuleKind<Running extends Record<ModuleName, unknown>, Name extends ModuleName> {
  /** Must run before it; stopped after it. */
  readonly needs: readonly ModuleName[];
  start(settings: ModuleSettings[Name], running: Partial<Running>): Promise<Running[Name]>;
  stop(handle: Running[Name]): Promise<void>;
  /** What keeps a running module from its work for the time being; null where nothing does. */
  trouble?(handle: Running[Name]): string | null;
  /** Resolves with the reason where the module ended by itself; it is then started again, with what needs it. */
  ended?(handle: Running[Name]): Promise<Error>;
  /** Takes new settings without a stop, where the module can; `null` where it has to be started anew. */
  apply?(
    handle: Running[Name],
    settings: ModuleSettings[Name],
    running: Partial<Running>,
  ): Promise<Running[Name] | null>;
}

export type ModuleKinds<Running extends Record<ModuleName, unknown>> = {
  readonly [Name in ModuleName]: ModuleKind<Running, Name>;
};

/** The settings are not what the module takes, or a module it needs does not run. */
export class ModuleRefusal extends Error {
  override readonly name = "ModuleRefusal";
}

const names = Object.keys(moduleSettings) as ModuleName[];
/** Between the end of a module and its next start. */
const firstPauseMs = 250;
const longestPauseMs = 30_000;

export class ModuleHost<Running extends Record<ModuleName, unknown>> {
  readonly running: Partial<Running> = {};
  readonly #kinds: ModuleKinds<Running>;
  readonly #store: SettingsStore;
  readonly #logger: Logger;
  readonly #failures = new Map<ModuleName, string>();
  #turn: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(kinds: ModuleKinds<Running>, store: SettingsStore, logger: Logger) {
    this.#kinds = kinds;
    this.#store = store;
    this.#logger = logger;
  }

  /** After a start of the process: everything that was running runs again; a module that fails does not hold up the others, and is tried again. */
  startStored(): Promise<void> {
    return this.#inTurn(() => this.#startOrRetry(names, firstPauseMs));
  }

  /** Resolves when the module runs with these settings; does nothing where it does already. */
  put(name: ModuleName, raw: unknown): Promise<void> {
    return this.#inTurn(async () => {
      const result = moduleSettings[name].safeParse(raw);
      if (!result.success) {
        const faults = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
        throw new ModuleRefusal(`settings of ${name}: ${faults.join("; ")}`);
      }
      const settings = result.data as ModuleSettings[ModuleName];
      const former = this.#store.get(name);
      if (name in this.running && isDeepStrictEqual(former, settings)) return;
      await this.#replace(name, settings, former);
    });
  }

  remove(name: ModuleName): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stopAll([...this.#dependents(name), name]);
      this.#failures.delete(name);
      await this.#store.delete(name);
    });
  }

  /** Stops everything and keeps the settings. */
  stopAll(): Promise<void> {
    this.#isStopped = true;
    return this.#inTurn(() => this.#stopAll(names.toReversed()));
  }

  health(): Partial<Record<ModuleName, ModuleHealth>> {
    const entries = names.flatMap((name): [ModuleName, ModuleHealth][] => {
      if (name in this.running) {
        const trouble = this.#kinds[name].trouble?.(this.running[name] as never) ?? null;
        return [[name, { state: "running", ...(trouble === null ? {} : { error: trouble }) }]];
      }
      const error = this.#failures.get(name);
      if (error !== undefined) return [[name, { state: "failed", error }]];
      return this.#store.get(name) === undefined ? [] : [[name, { state: "stopped" }]];
    });
    return Object.fromEntries(entries);
  }

  async #replace(
    name: ModuleName,
    settings: ModuleSettings[ModuleName],
    former: ModuleSettings[ModuleName] | undefined,
  ): Promise<void> {
    const { apply } = this.#kinds[name];
    if (name in this.running && apply !== undefined) {
      const applied = await apply(this.running[name] as never, settings as never, this.running);
      if (applied !== null) {
        this.running[name] = applied;
        await this.#store.set(name, settings as never);
        return;
      }
    }
    const dependents = this.#dependents(name).filter((other) => this.#store.get(other) !== undefined);
    await this.#stopAll([...dependents, name]);
    try {
      await this.#start(name, settings);
    } catch (error) {
      // A refused change leaves the module as it was.
      if (former !== undefined) await this.#startAll([name, ...dependents.toReversed()]);
      throw error;
    }
    await this.#store.set(name, settings as never);
    await this.#startAll(dependents.toReversed());
  }

  async #startAll(wanted: readonly ModuleName[]): Promise<void> {
    for (const name of wanted) {
      const settings = this.#store.get(name);
      if (settings === undefined || name in this.running) continue;
      await this.#start(name, settings).catch((error: unknown) => {
        this.#failures.set(name, (error as Error).message);
        this.#logger.error({ module: name, error: (error as Error).message }, "module did not start");
      });
    }
  }

  async #start(name: ModuleName, settings: ModuleSettings[ModuleName]): Promise<void> {
    const kind = this.#kinds[name];
    const missing = kind.needs.filter((needed) => !(needed in this.running));
    if (missing.length > 0) throw new ModuleRefusal(`${name} needs ${missing.join(" and ")} to run first`);
    const handle = await kind.start(settings as never, this.running);
    this.running[name] = handle as never;
    this.#failures.delete(name);
    this.#logger.info({ module: name }, "module started");
    void kind.ended?.(handle as never).then((reason) => this.#fell(name, handle, reason));
  }

  async #fell(name: ModuleName, handle: unknown, reason: Error): Promise<void> {
    await this.#inTurn(async () => {
      if (this.running[name] !== handle) return;
      this.#logger.error({ module: name, error: reason.message }, "module ended by itself; it starts again");
      const dependents = this.#dependents(name);
      await this.#stopAll([...dependents, name]);
      this.#failures.set(name, reason.message);
      this.#retry([name, ...dependents.toReversed()], firstPauseMs);
    });
  }

  /** Where one does not start, all of them once more after a longer and longer pause. */
  async #startOrRetry(wanted: readonly ModuleName[], pause: number): Promise<void> {
    await this.#startAll(wanted);
    const isUp = wanted.every((name) => name in this.running || this.#store.get(name) === undefined);
    if (!isUp) this.#retry(wanted, pause);
  }

  #retry(wanted: readonly ModuleName[], pause: number): void {
    const attempt = async (): Promise<void> => {
      if (!this.#isStopped) await this.#startOrRetry(wanted, Math.min(2 * pause, longestPauseMs));
    };
    setTimeout(() => void this.#inTurn(attempt), pause).unref();
  }

  async #stopAll(unwanted: readonly ModuleName[]): Promise<void> {
    for (const name of unwanted) {
      if (!(name in this.running)) continue;
      const handle = this.running[name];
      delete this.running[name];
      await this.#kinds[name].stop(handle as never);
      this.#logger.info({ module: name }, "module stopped");
    }
  }

  /** Everything that needs `name`, directly or not, last first. */
  #dependents(name: ModuleName): ModuleName[] {
    const reached = new Set<ModuleName>([name]);
    for (const other of names) {
      if (this.#kinds[other].needs.some((needed) => reached.has(needed))) reached.add(other);
    }
    reached.delete(name);
    return names.filter((other) => reached.has(other)).toReversed();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
