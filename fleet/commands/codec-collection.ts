import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { messageOf } from "../errors.ts";
import { filesBelow } from "./codec-files.ts";

/** An uplink with what its codec must return, as a collection publishes it. */
export interface CodecExample {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly fPort: number;
  /** RFC 3339. */
  readonly recvTime: string | null;
  /** `data`, `errors` and `warnings`, as far as they are published. */
  readonly expected: Readonly<Record<string, unknown>>;
}

/** A file of examples, and the codec that they are of. */
export interface ExampleFile {
  readonly path: string;
  /** Null where the file names none. */
  readonly codec: string | null;
  readonly examples: readonly CodecExample[];
  /** Why the file can't be read. */
  readonly mistake: string | null;
}

/** The Things Network's form, and ChirpStack's. */
const exampleFiles = /(-codec\.ya?ml|^test_decode_.*\.json)$/;

/** All examples of uplinks below a folder. Throws a CommandError for a folder that can't be read. */
export async function* examplesBelow(folder: string): AsyncGenerator<ExampleFile> {
  const names = await filesBelow(folder, /\.js$/);
  for (const path of await filesBelow(folder, exampleFiles)) {
    try {
      const text = await readFile(path, "utf8");
      // ChirpStack's files are JSON with numbers like 0x1f here and there, which is YAML, and with comments, which is not.
      yield path.endsWith(".json")
        ? chirpStack(path, parse(text.replace(/(^|[\s,])\/\/[^"\n]*$/gm, "$1")), names)
        : thingsNetwork(path, parse(text));
    } catch (error) {
      yield { path, codec: null, examples: [], mistake: messageOf(error) };
    }
  }
}

type Given = Readonly<Record<string, unknown>>;

function thingsNetwork(path: string, data: unknown): ExampleFile {
  const { fileName, examples } = ((data as Given | null)?.["uplinkDecoder"] ?? {}) as Given;
  const codec = typeof fileName === "string" ? join(dirname(path), fileName) : null;
  return { path, codec, examples: list(examples, "description", "output"), mistake: null };
}

/** The examples are of the codec of the same name, or of the first that has a variant's name behind it. */
function chirpStack(path: string, data: unknown, codecs: readonly string[]): ExampleFile {
  const stem = join(dirname(path), basename(path).replace(/^test_decode_(.*)\.json$/, "$1"));
  const codec = codecs.includes(`${stem}.js`)
    ? `${stem}.js`
    : (codecs.find((name) => name.startsWith(`${stem}-`)) ?? null);
  return { path, codec, examples: list(data, "name", "expected"), mistake: null };
}

function list(examples: unknown, name: string, expected: string): CodecExample[] {
  return (Array.isArray(examples) ? (examples as Given[]) : []).map((example) => {
    const { bytes, fPort, recvTime } = example["input"] as Given;
    return {
      name: String(example[name] ?? ""),
      bytes: Array.isArray(bytes) ? bytes.map(Number) : [],
      fPort: typeof fPort === "number" ? fPort : 1,
      recvTime: typeof recvTime === "string" ? recvTime : null,
      expected: example[expected] as Given,
    };
  });
}
