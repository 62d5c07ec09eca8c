/**
 * The schemas of one installed SDK, read when they are first asked for and kept in files, so that a later start
 * neither parses the SDK (megabytes) nor loads the TypeScript compiler.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { SdkReader } from "./read.ts";
import type { AnySchema, FunctionSchema, ProviderSchema, ResourceSchema } from "./schema.ts";

const require = createRequire(import.meta.url);

export class SdkLibrary {
  /** Version of the SDK. */
  readonly version: string;
  readonly #name: string;
  readonly #folder: string;
  readonly #cache: string;
  readonly #schemas = new Map<string, AnySchema | undefined>();
  #reader: Promise<SdkReader> | undefined;

  /**
   * @param name of the package: `aws` or `azure-native`
   * @param cache where files are kept; default: below node_modules, which goes with the SDK it describes
   */
  constructor(name: string, cache?: string) {
    const manifest = require.resolve(`@pulumi/${name}/package.json`);
    this.#name = name;
    this.#folder = dirname(manifest);
    this.version = String((JSON.parse(readFileSync(manifest, "utf8")) as { version: unknown }).version);
    const base = cache ?? join(this.#folder, "..", "..", ".cache", "fieldlake", "sdk-schemas");
    this.#cache = join(base, `${name}-${this.version}-${readerHash()}`);
  }

  /** A resource; undefined if the SDK has none of that token. */
  async resource(token: string): Promise<ResourceSchema | undefined> {
    return this.#schema("resource", token, (reader) => reader.resource(token));
  }

  /** A function; undefined if the SDK has none of that token. */
  async function(token: string): Promise<FunctionSchema | undefined> {
    return this.#schema("function", token, (reader) => reader.function(token));
  }

  /** The settings of the provider. */
  async provider(): Promise<ProviderSchema> {
    const token = `pulumi:providers:${this.#name}`;
    const schema = await this.#schema("provider", token, (reader) => reader.provider(token));
    if (!schema) throw new Error(`${this.#folder} has no settings of its provider`);
    return schema;
  }

  async #schema<Schema extends AnySchema>(
    kind: Schema["kind"],
    token: string,
    read: (reader: SdkReader) => Schema | undefined,
  ): Promise<Schema | undefined> {
    const key = `${kind}.${token.replaceAll(/[^\w-]/g, ".")}`;
    if (this.#schemas.has(key)) return this.#schemas.get(key) as Schema | undefined;
    const file = join(this.#cache, `${key}.json`);
    let schema = storedSchema(file) as Schema | undefined;
    if (!schema) {
      schema = read(await this.#readerOfSdk());
      if (schema) store(file, schema);
    }
    this.#schemas.set(key, schema);
    return schema;
  }

  /** Loaded only when it is needed: the compiler alone takes a third of a second. */
  #readerOfSdk(): Promise<SdkReader> {
    this.#reader ??= import("./read.ts").then(({ SdkReader }) => new SdkReader(this.#folder));
    return this.#reader;
  }
}

const storedSchema = (file: string): AnySchema | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as AnySchema;
  } catch {
    // Absent, or damaged: either way it is read from the SDK again.
    return undefined;
  }
};

const store = (file: string, schema: AnySchema): void => {
  const partial = `${file}.${process.pid}.partial`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, JSON.stringify(schema));
    renameSync(partial, file);
  } catch {
    // node_modules may be read-only; then every start reads the SDK.
  }
};

let hash: string | undefined;

/** Changes with this folder's programs, so that what an earlier version of them stored is not taken. */
const readerHash = (): string => {
  const files = readdirSync(import.meta.dirname).sort();
  hash ??= files
    .reduce((sum, file) => sum.update(readFileSync(join(import.meta.dirname, file))), createHash("sha256"))
    .digest("hex")
    .slice(0, 12);
  return hash;
};
