/** What a profile keeps in files beside it: Avro schemas, protobuf descriptors, codecs. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { isAbsolute, join, normalize, sep } from "node:path";
import type { Ts013Codec } from "../functions/core/profiles/profile.ts";
import { sandbox } from "../functions/codecs/part.ts";
import { typesOfDescriptorSet, typesOfProto } from "./descriptor.ts";

type Json = Record<string, unknown>;

/** Bytes of a file that a profile may name. */
const maximumFileBytes = 4_194_304;

/**
 * Profile data with the content of the files that it names in their place.
 * Throws an Error that names the file, for one that can't be read, lies elsewhere, or is not what it should be.
 */
export async function withFiles(data: unknown, folder: string): Promise<unknown> {
  if (typeof data !== "object" || data === null) return data;
  const profile = data as Json;
  if (profile["format"] === "avro" && Array.isArray(profile["schemas"]))
    return {
      ...profile,
      schemas: await Promise.all(profile["schemas"].map((entry) => withSchema(entry, folder))),
    };
  if (profile["format"] === "ts013" && typeof profile["codec"] === "string")
    return { ...profile, codec: await readCodec(profile["codec"], folder) };
  const { descriptor } = profile;
  if (profile["format"] !== "protobuf" || typeof descriptor !== "object" || descriptor === null) return data;
  const { file, message } = descriptor as Json;
  if (typeof file !== "string" || typeof message !== "string") return data;
  return { ...profile, descriptor: await readDescriptor(file, message, folder) };
}

async function withSchema(entry: unknown, folder: string): Promise<unknown> {
  const schema = (entry as Json | null)?.["schema"];
  const file = typeof schema === "object" && schema !== null ? (schema as Json)["file"] : undefined;
  if (typeof file !== "string") return entry;
  const text = (await readBeside(file, folder)).toString("utf8");
  try {
    return { ...(entry as Json), schema: JSON.parse(text) as unknown };
  } catch (thrown) {
    throw new Error(`${file} is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** A codec's text, and the hash of its file. */
async function readCodec(file: string, folder: string): Promise<Ts013Codec> {
  const bytes = await readBeside(file, folder);
  const codec = { code: bytes.toString("utf8"), sha256: createHash("sha256").update(bytes).digest("hex") };
  const mistake = sandbox.check(codec.code);
  if (mistake !== null) throw new Error(`${file} is no TS013 codec: ${mistake}`);
  return codec;
}

async function readDescriptor(file: string, message: string, folder: string): Promise<unknown> {
  const bytes = await readBeside(file, folder);
  try {
    if (!file.endsWith(".proto")) return typesOfDescriptorSet(bytes, message);
    return typesOfProto(bytes.toString("utf8"), message, (path) => {
      try {
        return readFileSync(beside(path, folder), "utf8");
      } catch {
        return undefined;
      }
    });
  } catch (thrown) {
    const detail =
      thrown instanceof Error ? thrown.message : String((thrown as { detail?: unknown }).detail ?? thrown);
    throw new Error(`${file}: ${detail}`);
  }
}

async function readBeside(file: string, folder: string): Promise<Buffer> {
  const path = beside(file, folder);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw new Error(`${file} can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  if (bytes.length > maximumFileBytes)
    throw new Error(`${file} has ${bytes.length} bytes; allowed: ${maximumFileBytes}`);
  return bytes;
}

/** A profile names files of its own folder. */
function beside(file: string, folder: string): string {
  const path = normalize(file);
  if (isAbsolute(path) || path === ".." || path.startsWith(`..${sep}`))
    throw new Error(`${file} lies outside the profile's folder; put it beside profile.json`);
  return join(folder, path);
}
