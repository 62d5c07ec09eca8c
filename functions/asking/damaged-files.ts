/** Files of a cloud's lake that are not what they were written as: what an instance has come upon, for as long as it believes it. */
import { createHash } from "node:crypto";
import { contentHash } from "../lake/changed-name.ts";
import { MissingObject } from "../missing-object.ts";
import type { LakeFileThere } from "./lake-listing.ts";

/** The bytes are no Parquet file, or not those that the file is named by. */
export class DamagedFile extends Error {
  override readonly name = "DamagedFile";
}

/** Milliseconds after which a file is looked at again: it may have been mended in its place. */
const believedMs = 600_000;
/** Of what is remembered. */
const mostKept = 10_000;

const magic = "PAR1";

/**
 * Throws {@link DamagedFile} that says why, MissingObject where another file lies there since it was listed. What its writer
 * did not name by its content may be damaged all the same.
 */
export function assertWhole({ path, bytes: listed }: LakeFileThere, bytes: Uint8Array): void {
  if (bytes.length !== listed) throw new MissingObject(`${path} is not there any more as it was listed`);
  const damaged = (why: string) => new DamagedFile(`${path} is damaged: ${why}`);
  const ends = [bytes.subarray(0, 4), bytes.subarray(-4)].map((end) => Buffer.from(end).toString("latin1"));
  if (bytes.length < 12 || ends.some((end) => end !== magic))
    throw damaged("it does not begin and end as a Parquet file does");
  const named = contentHash(path);
  if (named !== null && createHash("sha256").update(bytes).digest("hex") !== named)
    throw damaged("its content is not the one that it is named by");
}

export interface DamagedFilesArgs {
  /** Told of each file once, as long as it is remembered. */
  readonly tell: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class DamagedFiles {
  readonly #args: DamagedFilesArgs;
  /** By the name that a file has on this machine. */
  readonly #damaged = new Map<string, { readonly path: string; readonly until: number }>();
  readonly #whole = new Set<string>();

  constructor(args: DamagedFilesArgs) {
    this.#args = args;
  }

  /** Paths in their containers. */
  get paths(): readonly string[] {
    const now = this.#args.now();
    const believed = [...this.#damaged.values()].filter(({ until }) => until > now);
    return believed.map(({ path }) => path).toSorted();
  }

  has(name: string): boolean {
    const known = this.#damaged.get(name);
    if (known === undefined) return false;
    if (known.until > this.#args.now()) return true;
    this.#damaged.delete(name);
    return false;
  }

  add(name: string, path: string, why: string): void {
    if (this.has(name)) return;
    if (this.#damaged.size >= mostKept) this.#damaged.clear();
    this.#damaged.set(name, { path, until: this.#args.now() + believedMs });
    this.#args.tell(why);
  }

  /** Whether an engine has read all of it. */
  isWhole(name: string): boolean {
    return this.#whole.has(name);
  }

  addWhole(name: string): void {
    if (this.#whole.size >= mostKept) this.#whole.clear();
    this.#whole.add(name);
  }
}
