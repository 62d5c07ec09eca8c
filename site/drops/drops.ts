/** Folders that machines drop files into: the site takes each by itself, as if somebody had uploaded it. */
import { basename } from "node:path";
import { CommandError } from "../../fleet/errors.ts";
import { sendWhole } from "../../fleet/uploads/bulk.ts";
import { identify, ownFile } from "../../fleet/uploads/content.ts";
import { DropFolder } from "../../fleet/uploads/drop-folder.ts";
import { siteTarget } from "../../fleet/uploads/targets/site.ts";
import type { Logger } from "../logger.ts";
import type { DropSettings } from "../settings.ts";
import { UploadMismatch } from "../uploads/upload-file.ts";
import { UploadRefusal } from "../uploads/upload-request.ts";
import type { Uploads } from "../uploads/uploads.ts";

export interface DropsOptions {
  readonly settings: DropSettings;
  readonly uploads: Pick<Uploads, "state" | "part" | "take">;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

type Watched = DropSettings["folders"][number];

/** Milliseconds between two looks, and after what was not a file's own fault. */
const [everyMs, patienceMs] = [1_000, 10_000];
/** A file that may not be read, or became a link or something else since it was seen. */
const ownFaults: readonly unknown[] = ["ELOOP", "EACCES", "EPERM", "ENXIO"];

export function startDrops(options: DropsOptions): Drops {
  const drops = new Drops(options);
  drops.start();
  return drops;
}

export class Drops {
  readonly #options: DropsOptions;
  readonly #stopping = new AbortController();
  readonly #folders = new Map<Watched, DropFolder>();
  /** By folder: what keeps it from being looked after, and how many files lie in `failed/`. */
  readonly #troubles = new Map<Watched, string>();
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<unknown> = Promise.resolve();

  constructor(options: DropsOptions) {
    this.#options = options;
  }

  /** Null where every file was taken. */
  get trouble(): string | null {
    return [...this.#troubles.values()].join("; ") || null;
  }

  start(): void {
    const later = (milliseconds: number): void => {
      if (this.#stopping.signal.aborted) return;
      const next = (): void => void this.look().then((isWell) => later(isWell ? everyMs : patienceMs));
      this.#timer = setTimeout(next, milliseconds).unref();
    };
    later(everyMs);
  }

  /** One look at all folders, after the one that runs; never rejects. False where one could not be looked after. */
  look(): Promise<boolean> {
    const round = this.#round.then(async () => {
      let isWell = true;
      for (const watched of this.#options.settings.folders) isWell = (await this.#look(watched)) && isWell;
      return isWell;
    });
    this.#round = round;
    return round;
  }

  /** Resolves behind the file at hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
  }

  async #look(watched: Watched): Promise<boolean> {
    const { folder } = watched;
    const { logger } = this.#options;
    try {
      const drops = this.#folders.get(watched) ?? this.#open(watched);
      const { failed } = await drops.look(this.#stopping.signal);
      if (failed.length > 0) logger.warn({ folder, failed }, "dropped files were put aside");
      const { failures } = drops;
      if (failures === 0) this.#troubles.delete(watched);
      else
        this.#troubles.set(
          watched,
          `files in ${folder}/failed that could not be taken: ${failures}; why is beside each`,
        );
      return true;
    } catch (error) {
      // A share may be away for a while: what is in it stays, and its folders are looked for anew.
      this.#folders.delete(watched);
      const reason = `${folder} is not looked after: ${(error as Error).message}`;
      if (this.#troubles.get(watched) !== reason) logger.error({ folder, reason }, "drops are not taken");
      this.#troubles.set(watched, reason);
      return false;
    }
  }

  #open(watched: Watched): DropFolder {
    const { folder, settledSeconds, taken } = watched;
    const { now } = this.#options;
    const drops = new DropFolder({
      ...{ folder, settled: settledSeconds * 1_000, after: taken },
      ...(now === undefined ? {} : { now }),
      take: (path) => this.#take(path, watched),
      isPassing: (error) => !isOwnFault(error),
    });
    this.#folders.set(watched, drops);
    return drops;
  }

  async #take(path: string, { device, channel }: Watched): Promise<void> {
    const { uploads, logger } = this.#options;
    const target = siteTarget({
      uploadState: (request) => uploads.state(request),
      uploadPart: (request, offset, bytes) => uploads.part(request, offset, bytes),
      takeUpload: (request) => uploads.take(request),
    });
    const name = basename(path);
    const partBytes = target.partBytes(0);
    const content = await identify(path, partBytes, ownFile);
    const request = { name, path, partBytes, deviceId: device, channel, clock: null, flags: ownFile };
    const { done } = await sendWhole({ ...request, ...content }, target);
    const { messages, known, quarantined, unreadable } = done;
    logger.info(
      { name, device, channel, messages, known, quarantined, unreadable },
      "a dropped file was taken",
    );
  }
}

const isOwnFault = (error: unknown): boolean =>
  error instanceof UploadRefusal ||
  error instanceof UploadMismatch ||
  error instanceof CommandError ||
  ownFaults.includes((error as NodeJS.ErrnoException).code);
