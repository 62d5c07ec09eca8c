/** Raw binary messages: one frame or several, of one layout or of the one that a configuration byte chooses. */

import type { FrameTable } from "../model.ts";
import { Fault } from "../fault.ts";
import type { RawBinaryProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import type { MessageDecoder } from "./format.ts";
import { FrameWriter } from "./raw-binary-rows.ts";
import { FrameScanner } from "./raw-binary-stream.ts";
import type { FrameField } from "./raw-binary-layout.ts";
import type { Frame } from "./raw-binary-plan.ts";
import { frameReader } from "./raw-binary-read.ts";

/** A frame with the writer of its layout. */
interface ReadFrame {
  readonly frame: Frame;
  readonly writer: FrameWriter;
}

/** Reads a frame of a profile, or says in one line why it can't. */
type ProfileReader = (bytes: Uint8Array) => ReadFrame | string;

/** The writers of a profile's layouts. Throws an Error for a layout that makes no sense. */
function frameWriters(profile: RawBinaryProfile): { name: string | null; writer: FrameWriter }[] {
  const { layout, variants, tables } = profile;
  const table = `frames_${profile.name.replaceAll("-", "_")}`;
  CHECKED: if ((layout === undefined) === (variants === undefined))
    throw new Error("a raw binary profile has either a layout or variants");
  if (layout !== undefined) return [{ name: null, writer: new FrameWriter(layout, table, tables) }];
  return variants!.cases.map(({ name, layout: one }) => ({
    name,
    writer: new FrameWriter(one, `${table}_${name}`, tables),
  }));
}

/** The wide tables of a profile; none where its values go to the long table alone. */
export function frameTablesOf(profile: RawBinaryProfile): FrameTable[] {
  return frameWriters(profile).flatMap(({ writer }) => writer.table ?? []);
}

/** Reads the frames of a profile. */
function profileReader(profile: RawBinaryProfile): ProfileReader {
  const writers = frameWriters(profile);
  const { variants } = profile;
  if (variants === undefined) {
    const { writer } = writers[0]!;
    return (bytes) => {
      const frame = writer.read(bytes);
      return typeof frame === "string" ? frame : { frame, writer };
    };
  }
  const { at, type = "u8", endian = "little", bits, cases } = variants;
  const chosen = new Map<number, FrameWriter>();
  cases.forEach(({ is }, index) => {
    for (const raw of [is].flat()) {
      CHECKED: if (chosen.has(raw)) throw new Error(`variants: two layouts for ${raw}`);
      chosen.set(raw, writers[index]!.writer);
    }
  });
  const isLength = at === "length";
  const choice: FrameField = { name: "choice", at: isLength ? 0 : at, type, ...(bits ? { bits } : {}) };
  const { read } = frameReader({ endian, fields: [choice] });
  return (bytes) => {
    const head = isLength ? null : read(bytes);
    if (typeof head === "string") return head;
    const raw = head === null ? bytes.length : Number(head.fields[0]);
    const writer = chosen.get(raw);
    if (writer === undefined)
      return isLength ? `there is no layout for ${raw} bytes` : `there is no layout for ${raw} at byte ${at}`;
    const frame = writer.read(bytes);
    return typeof frame === "string" ? frame : { frame, writer };
  };
}

/** Finds the frames of a profile's streams; null where its messages are one frame each. */
export function frameScanner(profile: RawBinaryProfile): FrameScanner<ReadFrame> | null {
  const { stream, layout, variants } = profile;
  if (stream === undefined) return null;
  const first = layout ?? variants!.cases[0]!.layout;
  CHECKED: if (!stream.length && variants?.cases.some((one) => one.layout.length !== first.length))
    throw new Error("stream: variants of different lengths need a length, which says where it is");
  return new FrameScanner(stream, first.length, profileReader(profile));
}

/** Throws an Error for a profile that makes no sense. */
export function rawBinaryDecoder(profile: RawBinaryProfile): MessageDecoder {
  const scanner = frameScanner(profile);
  if (scanner !== null) return ({ payload }, rows) => writeStream(scanner, payload, rows);
  const read = profileReader(profile);
  return ({ payload }, rows) => {
    const answer = read(payload);
    if (typeof answer === "string") throw new Fault("schema", answer);
    answer.writer.write(answer.frame, rows, true);
  };
}

/** Bytes that are no frame cost none of the others. */
function writeStream(scanner: FrameScanner<ReadFrame>, payload: Uint8Array, rows: MessageRows): void {
  let at = 0;
  let isFirst = true;
  while (at < payload.length) {
    const { found, start, end, complaint } = scanner.next(payload, at, true);
    if (start > at) rows.problems.add(skipped(at, start, complaint));
    if (found === null) return;
    found.writer.write(found.frame, rows, isFirst);
    isFirst = false;
    at = end;
  }
}

/** Bytes of a stream that were passed over. */
export function skipped(from: number, to: number, complaint: string | null): Fault {
  return new Fault("not-well-formed", `${to - from} bytes at ${from} skipped: ${complaint ?? "no frame"}`);
}
