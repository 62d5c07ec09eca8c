/** What was taken over from another lake, beside a cloud's rows: numbered records of a table's day, each made once. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { manifestFolder } from "../../functions/agreements.ts";
import type { BlobList } from "../../functions/adapters/blob-list.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import type { CopiedFile } from "./places.ts";

const schema = z.object({
  format: z.literal(1),
  /** RFC 3339. */
  at: z.iso.datetime(),
  source: z.string(),
  files: z.array(
    z.object({
      from: z.string(),
      sha256: z.string(),
      rows: z.number(),
      to: z.array(z.string()),
      known: z.number(),
      otherwise: z.number(),
    }),
  ),
});

const attempts = 20;

export class CopiedRecords {
  readonly #container: string;
  readonly #source: string;
  readonly #ports: { readonly objects: ObjectStore; readonly list: BlobList };
  /** By table and day; listed once. */
  #keys: Promise<ReadonlyMap<string, readonly string[]>> | null = null;

  /** @param container of curated rows; @param source names the other lake */
  constructor(
    container: string,
    source: string,
    ports: { readonly objects: ObjectStore; readonly list: BlobList },
  ) {
    this.#container = container;
    this.#source = source;
    this.#ports = ports;
  }

  /** By path in the source. */
  async of(table: string, day: string): Promise<Map<string, CopiedFile>> {
    this.#keys ??= this.#list();
    const copied = new Map<string, CopiedFile>();
    for (const key of (await this.#keys).get(`${table}/${day}`) ?? []) {
      const bytes = await this.#ports.objects.read(this.#container, key);
      for (const file of read(key, bytes).files) copied.set(file.from, file);
    }
    return copied;
  }

  async add(table: string, day: string, files: readonly CopiedFile[], now: number): Promise<void> {
    const record = { format: 1, at: new Date(now).toISOString(), source: this.#source, files };
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    const first = (await (this.#keys ??= this.#list())).get(`${table}/${day}`)?.length ?? 0;
    for (let number = first + 1; number <= first + attempts; number++) {
      const key = `${this.#folder}${table}/dt=${day}/${String(number).padStart(8, "0")}.json`;
      const isMade = await this.#ports.objects.create(this.#container, key, bytes);
      this.#keys = null;
      if (isMade) return;
    }
    throw new Error(
      `records of copies to ${this.#container} are made all the time: is another copy at work?`,
    );
  }

  /** Of this source alone. */
  get #folder(): string {
    const id = createHash("sha256").update(this.#source).digest("hex").slice(0, 16);
    return `${manifestFolder}/copied/${id}/`;
  }

  async #list(): Promise<ReadonlyMap<string, readonly string[]>> {
    const keys = new Map<string, string[]>();
    for (const { key } of await this.#ports.list.all(this.#container, this.#folder)) {
      const [, table, day] = /\/([^/]+)\/dt=(\d{4}-\d\d-\d\d)\/\d{8}\.json$/.exec(key) ?? [];
      if (table === undefined) continue;
      const own = keys.get(`${table}/${day}`) ?? [];
      own.push(key);
      keys.set(`${table}/${day}`, own);
    }
    for (const own of keys.values()) own.sort();
    return keys;
  }
}

function read(key: string, bytes: Uint8Array): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new Error(`the record ${key} of an earlier copy is damaged: ${(error as Error).message}`);
  }
}
