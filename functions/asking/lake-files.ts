/** Files of a cloud's lake on this machine's disk: brought when they are asked for, without those that are damaged. */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../core/table.ts";
import type { ObjectStore } from "../ports.ts";
import { mayComeOfDamage } from "../../site/store/damage.ts";
import { assertWhole, DamagedFiles, type DamagedFilesArgs } from "./damaged-files.ts";
import { FileCache, type Held } from "./file-cache.ts";
import type { LakeFileThere } from "./lake-listing.ts";

export interface LakeFilesArgs extends DamagedFilesArgs {
  readonly objects: Pick<ObjectStore, "read">;
  /** Of nobody else; it is emptied first. */
  readonly folder: string;
  /** Of all files that lie there. */
  readonly mostBytes: number;
}

/** Milliseconds that a look through files takes at the most; where it has not ended, the next one goes on. */
const lookMs = 6_000;

export class LakeFiles {
  readonly #args: LakeFilesArgs;
  readonly #cache: FileCache;
  readonly #damaged: DamagedFiles;

  constructor(args: LakeFilesArgs) {
    this.#args = args;
    this.#cache = new FileCache(args.folder, args.mostBytes);
    this.#damaged = new DamagedFiles(args);
  }

  /** Paths of files that were come upon lately. */
  get damaged(): readonly string[] {
    return this.#damaged.paths;
  }

  isDamaged(file: LakeFileThere): boolean {
    return this.#damaged.has(nameOf(file));
  }

  /** Rejects as FileCache does. */
  async hold(files: readonly LakeFileThere[]): Promise<HeldFiles> {
    const byName = new Map(files.map((file) => [nameOf(file), file]));
    const sound = [...byName].filter(([name]) => !this.#damaged.has(name));
    const held = await this.#cache.hold(
      sound.map(([name, file]) => ({ name, bytes: file.bytes, read: () => this.#read(file) })),
    );
    for (const [name, { message }] of held.damaged)
      this.#damaged.add(name, (byName.get(name) as LakeFileThere).path, message);
    return new HeldFiles(held);
  }

  /**
   * What an engine did not get by may be files whose names say nothing of their content: each is read through to its end.
   *
   * @returns whether any is damaged, and left out from now on
   */
  async lookThrough(
    files: readonly LakeFileThere[],
    connect: () => Promise<DuckDBConnection>,
  ): Promise<boolean> {
    const until = performance.now() + lookMs;
    const doubtful = files.filter((file) => !this.#damaged.isWhole(nameOf(file)));
    const held = await this.hold(doubtful);
    let isFound = false;
    try {
      for (const file of doubtful) {
        if (performance.now() > until) break;
        const path = held.pathOf(file);
        const failure = path === undefined ? null : await failureOf(path, await connect());
        if (failure !== null) this.condemn(file, failure);
        if (failure !== null || path === undefined) isFound = true;
        else this.#damaged.addWhole(nameOf(file));
      }
      return isFound;
    } finally {
      held.release();
    }
  }

  condemn(file: LakeFileThere, { message }: Error): void {
    // Where the file lies on this machine, and the statement that looked, tell nobody anything.
    const [said = ""] = message.split("\n");
    const why = said.replaceAll(/( in file)? ?(["'])[^"']*\/[^"']*\2/g, "");
    this.#damaged.add(nameOf(file), file.path, `${file.path} is damaged: ${why}`);
  }

  async #read(file: LakeFileThere): Promise<Uint8Array> {
    const bytes = await this.#args.objects.read(file.container, file.path);
    assertWhole(file, bytes);
    return bytes;
  }
}

/** Files stay where they are until this is released. */
export class HeldFiles {
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  /** Undefined of a damaged one. */
  pathOf(file: LakeFileThere): string | undefined {
    return this.#held.pathOf(nameOf(file));
  }

  release(): void {
    this.#held.release();
  }
}

/** Reads every value of a file. Null where that goes well. Closes the connection. */
async function failureOf(path: string, connection: DuckDBConnection): Promise<Error | null> {
  const scan = `read_parquet(${quoteText(path)}, hive_partitioning = false)`;
  try {
    await connection.run(`SELECT bit_xor(hash(file)) FROM ${scan} AS file`);
    return null;
  } catch (error) {
    return mayComeOfDamage(error as Error) ? (error as Error) : null;
  } finally {
    connection.closeSync();
  }
}

/** Objects of the lake are made once under their name; one that was replaced all the same has another time or size. */
const nameOf = ({ container, path, bytes, modifiedMs }: LakeFileThere): string =>
  createHash("sha256")
    .update(JSON.stringify([container, path, bytes, modifiedMs]))
    .digest("hex");
