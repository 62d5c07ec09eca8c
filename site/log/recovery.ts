/** What a restart finds in a log folder: good frames are kept, the rest is counted, copied aside and reported. */
import { readFile, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Keyring } from "../seal.ts";
import { LogKeyError } from "./errors.ts";
import { listSegments, makeFolder, segmentFile } from "./folder.ts";
import { firstReceivedAt } from "./record.ts";
import { identifySegment, segmentHeaderBytes, type SegmentLink } from "./segment-format.ts";
import { scanFrames, scanFromHeader, type DamagedStretch } from "./segment-scan.ts";
import type { Segment } from "./segment.ts";

/** One stretch of a log that could not be opened. */
export interface DamageReport {
  readonly kind: "torn tail" | "damage";
  readonly file: string;
  readonly offset: number;
  readonly size: number;
  /** Records that stood there, as far as it can be told. */
  readonly records: number;
  /** The sealed copy of the stretch; `null` where there was nothing to copy or no space for it. */
  readonly copy: string | null;
}

export interface Recovery {
  readonly segments: readonly Segment[];
  readonly damage: readonly DamageReport[];
}

interface LoadedSegment {
  readonly segment: Segment;
  readonly link: SegmentLink | null;
  readonly stretches: readonly DamagedStretch[];
  readonly size: number;
}

/** Throws LogKeyError, with nothing changed, where there are segments and none opens. */
export async function recoverSegments(folder: string, keyring: Keyring, purpose: string): Promise<Recovery> {
  await makeFolder(folder);
  const loaded: LoadedSegment[] = [];
  for (const number of await listSegments(folder)) {
    loaded.push(await loadSegment(segmentFile(folder, number), number, keyring, purpose));
  }
  refuseForeignKey(folder, loaded);
  const damage: DamageReport[] = [];
  for (const [index, one] of loaded.entries()) {
    const next = loaded[index + 1];
    damage.push(...(next === undefined ? await repairLast(folder, one) : await inspect(folder, one, next)));
  }
  const gone = loaded.filter(({ segment, size }) => segment.seal === null && size < segmentHeaderBytes);
  for (const { segment } of gone) await unlink(segment.file);
  return { segments: loaded.filter((one) => !gone.includes(one)).map((one) => one.segment), damage };
}

async function loadSegment(file: string, number: number, keyring: Keyring, purpose: string) {
  const bytes = await readFile(file);
  const identity = identifySegment(bytes, keyring, purpose);
  // Under another segment's name it is as good as damaged: its records have their place elsewhere.
  const own = identity?.seal.segment === number ? identity : null;
  const seal = own?.seal ?? null;
  const stretches: DamagedStretch[] = [];
  let end = Math.min(bytes.length, scanFromHeader.offset);
  let frames = 0;
  let records = 0;
  let first: number | null = null;
  for (const item of seal === null ? [] : scanFrames(bytes, seal)) {
    if (item.kind === "damage") {
      stretches.push(item);
    } else {
      end = item.offset + item.size;
      frames = item.header.sequence + 1;
      records = item.header.firstRecord + item.header.records;
      first ??= firstReceivedAt(item.body);
    }
  }
  const segment = { number, file, seal, frames, records, end, firstReceivedAt: first };
  return { segment, link: own?.link ?? null, stretches, size: bytes.length };
}

function refuseForeignKey(folder: string, loaded: readonly LoadedSegment[]): void {
  const written = loaded.filter(({ size }) => size >= segmentHeaderBytes);
  if (written.length === 0 || written.some(({ segment }) => segment.seal !== null)) return;
  throw new LogKeyError(
    `${folder}: none of its ${written.length} log segments opens with the key file at hand: ` +
      "it was replaced, or the folder is another environment's; restore the key file, nothing was changed",
  );
}

/** A segment that another one follows: the link in that one's header says how much it held. */
async function inspect(folder: string, one: LoadedSegment, next: LoadedSegment): Promise<DamageReport[]> {
  const { segment, stretches, size } = one;
  const held = next.link?.segment === segment.number ? next.link.records : null;
  const reports: DamageReport[] = [];
  if (next.link !== null && next.link.segment > segment.number && next.link.records > 0) {
    const file = segmentFile(folder, next.link.segment);
    reports.push({ kind: "damage", file, offset: 0, size: 0, records: next.link.records, copy: null });
  }
  if (segment.seal === null) {
    if (held !== 0 && size >= segmentHeaderBytes) {
      reports.push({ kind: "damage", file: segment.file, offset: 0, size, records: held ?? 1, copy: null });
    }
    return reports;
  }
  for (const stretch of stretches) {
    if (!stretch.tail) reports.push(await report(folder, segment, stretch, "damage", stretch.records));
  }
  const tail = stretches.find((stretch) => stretch.tail);
  const lost = held === null ? (tail?.records ?? 0) : Math.max(0, held - segment.records);
  if (lost > 0) {
    const cut = tail ?? { offset: size, size: 0 };
    reports.push(await report(folder, segment, cut, "damage", lost));
  }
  return reports;
}

/** The segment that was being written: what is torn was never acknowledged, and is cut off. */
async function repairLast(folder: string, one: LoadedSegment): Promise<DamageReport[]> {
  const { segment, stretches, size } = one;
  if (segment.seal === null) {
    if (size < segmentHeaderBytes) return [];
    return [{ kind: "damage", file: segment.file, offset: 0, size, records: 1, copy: null }];
  }
  const reports: DamageReport[] = [];
  for (const stretch of stretches) {
    const kind = stretch.tail ? "torn tail" : "damage";
    const found = await report(folder, segment, stretch, kind, stretch.records);
    reports.push(found);
    if (stretch.tail && found.copy !== null) await truncate(segment.file, stretch.offset);
  }
  return reports;
}

async function report(
  folder: string,
  segment: Segment,
  stretch: { readonly offset: number; readonly size: number },
  kind: DamageReport["kind"],
  records: number,
): Promise<DamageReport> {
  const { offset, size } = stretch;
  return { kind, file: segment.file, offset, size, records, copy: await copyAside(folder, segment, stretch) };
}

/** Damaged bytes are evidence, and may hold what somebody can still mend: they are kept, sealed as they are. */
async function copyAside(
  folder: string,
  segment: Segment,
  { offset, size }: { readonly offset: number; readonly size: number },
): Promise<string | null> {
  if (size === 0) return null;
  const copy = join(folder, "damaged", `${segment.number}-${offset}-${size}.bin`);
  const bytes = (await readFile(segment.file)).subarray(offset, offset + size);
  try {
    await makeFolder(join(folder, "damaged"));
    await writeFile(copy, bytes, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return null;
  }
  return copy;
}
