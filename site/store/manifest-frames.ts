/** The frames of the manifest's journal: each a sealed commit behind its length. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sealMagic, type SealingKey } from "../seal.ts";
import type { Commit, CopiedRows, LakeFile } from "./manifest.ts";

const label = "manifest";
const headerBytes = 4;

interface Frame {
  readonly start: number;
  readonly end: number;
  readonly commit: Commit;
}

export function frameOf(commit: Commit, key: SealingKey): Buffer {
  const sealed = key.seal(Buffer.from(JSON.stringify(commit)), label);
  const frame = Buffer.alloc(headerBytes + sealed.length);
  frame.writeUInt32LE(sealed.length);
  sealed.copy(frame, headerBytes);
  return frame;
}

export interface ReadFrames {
  readonly frames: number;
  /** Behind the last whole frame. */
  readonly end: number;
  /** Between whole frames. */
  readonly damagedBytes: number;
}

/**
 * Hands each commit to `apply`, oldest first. A torn frame is the last thing a crash leaves; one that others follow was damaged
 * later. Throws where no frame can be opened.
 */
export function readFrames(journal: Buffer, key: SealingKey, apply: (commit: Commit) => void): ReadFrames {
  let [frames, damagedBytes, at] = [0, 0, 0];
  for (;;) {
    const frame = frameAt(journal, at, key) ?? frameBehind(journal, at, key);
    if (frame === null) break;
    damagedBytes += frame.start - at;
    at = frame.end;
    apply(frame.commit);
    frames++;
  }
  // Opens what is not torn, and so throws what is wrong with it.
  if (frames === 0 && journal.length >= headerBytes) {
    const end = headerBytes + journal.readUInt32LE(0);
    if (journal.length >= end) key.open(journal.subarray(headerBytes, end), label);
  }
  return { frames, end: at, damagedBytes };
}

export interface ReadManifest {
  readonly files: readonly LakeFile[];
  readonly copies: readonly CopiedRows[];
}

/** What a manifest names, whoever has it open for writing: nothing is changed. Throws as {@link readFrames}. */
export function readManifest(folder: string, key: SealingKey): ReadManifest {
  const file = join(folder, "journal");
  const files = new Map<string, LakeFile>();
  const all: CopiedRows[] = [];
  readFrames(existsSync(file) ? readFileSync(file) : Buffer.alloc(0), key, ({ add, remove, copies = [] }) => {
    for (const path of remove) files.delete(path);
    for (const one of add) files.set(one.path, one);
    all.push(...copies);
  });
  return { files: [...files.values()], copies: all };
}

function frameAt(journal: Buffer, start: number, key: SealingKey): Frame | null {
  const body = start + headerBytes;
  if (journal.length < body) return null;
  const end = body + journal.readUInt32LE(start);
  if (journal.length < end) return null;
  try {
    const plain = key.open(journal.subarray(body, end), label);
    return { start, end, commit: JSON.parse(plain.toString("utf8")) as Commit };
  } catch {
    return null;
  }
}

function frameBehind(journal: Buffer, start: number, key: SealingKey): Frame | null {
  let magic = journal.indexOf(sealMagic, start + headerBytes);
  for (; magic !== -1; magic = journal.indexOf(sealMagic, magic + 1)) {
    const frame = frameAt(journal, magic - headerBytes, key);
    if (frame !== null) return frame;
  }
  return null;
}
