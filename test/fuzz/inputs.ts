/** Hostile payloads: good ones of every format, bent; and bytes that are nothing at all. Reproducible by seed and number. */
import { gzipSync } from "node:zlib";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { validateProfile } from "../../functions/core/profiles/schema.ts";
import { withFiles } from "../../profiles/files.ts";
import { profileFamilies, readProfiles } from "../../profiles/read.ts";
import { profileTemplates } from "../../profiles/templates.ts";
import { readVectors } from "../../profiles/vectors.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A small generator of random numbers (splitmix32): the same seed gives the same ones on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 to 2^32-1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 4_294_967_296) * limit);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** A profile with payloads that it reads. */
export interface Target {
  readonly profile: Profile;
  readonly seeds: readonly { readonly payload: Uint8Array; readonly channel: string }[];
}

const root = fileURLToPath(new URL("../../profiles/", import.meta.url));

/** Every shipped profile, and one of each format that none of them is of. */
export async function fuzzTargets(): Promise<Target[]> {
  const utf8 = new TextEncoder();
  const families = await profileFamilies();
  const targets: Target[] = [];
  for (const profile of await readProfiles(families)) {
    const vectors = await readVectors(join(root, profile.name), profile.name);
    targets.push({
      profile,
      seeds: vectors.map(({ payloadHex, payloadText = "", channel = "telemetry" }) => ({
        payload:
          payloadHex === undefined
            ? utf8.encode(payloadText)
            : Uint8Array.from(Buffer.from(payloadHex, "hex")),
        channel,
      })),
    });
  }
  const shipped = new Set<string>(targets.map(({ profile }) => profile.format));
  for (const [format, { profile: parts, files = {}, vectors }] of Object.entries(profileTemplates)) {
    if (shipped.has(format)) continue;
    const folder = await mkdtemp(join(tmpdir(), "fuzz-"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const data = { name: `any-${format}`, version: "1", description: "d", format, ...parts };
    const profile = validateProfile(await withFiles(data, folder), format);
    await rm(folder, { recursive: true });
    targets.push({
      profile,
      seeds: vectors.map(({ payloadHex, payloadText = "", channel = "telemetry" }) => ({
        payload:
          payloadHex === undefined
            ? utf8.encode(payloadText)
            : Uint8Array.from(Buffer.from(payloadHex, "hex")),
        channel,
      })),
    });
  }
  return targets;
}

/** Numbers that break decoders: lengths, counts, signs, ends of ranges. */
const spiteful = [0, 1, 0x7f, 0x80, 0xc1, 0xdd, 0xdf, 0xf4, 0xf5, 0xfe, 0xff] as const;
const texts = [
  "null",
  "NaN",
  "1e999",
  "-0",
  "9007199254740993",
  "18446744073709551616",
  "[",
  "{",
  '"',
  "\\u0000",
  "__proto__",
  '"constructor":',
  "[[[[[[[[",
  '{"a":{"a":{"a":',
  "\uFEFF",
  "\ud800",
  ",,,,",
  "\n\n",
  "1".repeat(400),
].map((text) => Buffer.from(text));

const bombs = [gzipSync(Buffer.alloc(2_000_000)), gzipSync(Buffer.from("x"))];

/** One input: a seed bent a few times, or random bytes. */
export function hostile(seeds: Target["seeds"], random: Random): { payload: Uint8Array; channel: string } {
  const { payload, channel } = random.one(seeds);
  const kind = random.below(20);
  if (kind === 0) return { payload: randomBytes(random, 1 << random.below(9)), channel };
  if (kind === 1 && random.below(200) === 0) return { payload: Uint8Array.from(random.one(bombs)), channel };
  let bytes = payload;
  for (let times = random.below(3) === 0 ? 1 + random.below(5) : 1; times > 0; times--)
    bytes = bent(bytes, seeds, random);
  return { payload: bytes, channel: random.below(50) === 0 ? random.one(seeds).channel : channel };
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.next());
}

function bent(bytes: Uint8Array, seeds: Target["seeds"], random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  switch (random.below(9)) {
    case 0:
      return changed(bytes, at, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return changed(bytes, at, () => random.one(spiteful));
    case 2:
      return bytes.slice(0, at);
    case 3:
      return bytes.slice(at);
    case 4:
      return spliced(bytes, at, at, randomBytes(random, random.below(9)));
    case 5:
      return spliced(bytes, at, Math.min(bytes.length, at + random.below(9)), new Uint8Array(0));
    case 6: {
      const piece = bytes.slice(at, at + 1 + random.below(16));
      const times = random.below(300) === 0 ? 2_000 : 1 + random.below(12);
      return spliced(bytes, at, at, Buffer.concat(Array.from({ length: times }, () => piece)));
    }
    case 7: {
      const other = random.one(seeds).payload;
      return spliced(bytes, at, bytes.length, other.slice(random.below(other.length + 1)));
    }
    default:
      return spliced(bytes, at, at, random.one(texts));
  }
}

function changed(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? change(byte) : byte));
}

function spliced(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length - (to - from) + piece.length);
  whole.set(bytes.subarray(0, from));
  whole.set(piece, from);
  whole.set(bytes.subarray(to), from + piece.length);
  return whole;
}
