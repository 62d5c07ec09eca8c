/**
 * Files whose records are not what devices of their profile send live, as lines of what they do send: XML and INI become JSON by
 * lines. So everything behind it, decoding, identity, replay, is as for any other file, and the decoder's bundle knows of none of it.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { FileRefusal } from "../../core/files/refusal.ts";
import type { FileRule, Profile } from "../../core/profiles/profile.ts";
import type { Mapping } from "../../core/profiles/mapping.ts";
import { IniRecords } from "./ini-records.ts";
import type { RecordSource } from "./record-source.ts";
import { Claims } from "./typed-text.ts";
import { XmlRecords } from "./xml-records.ts";

/** Bytes that are read before others have their turn. */
const sliceBytes = 128 << 10;
/** Labels of the Encoding Standard (WHATWG) that an XML declaration may name. */
const encodings = /^(utf-8|us-ascii|iso-8859-(1|2|15)|windows-125[0-2])$/;

type Decoder = InstanceType<typeof TextDecoder>;

/** Null where the file's bytes are its records already. */
export const fileRuleOf = (profile: Profile): FileRule | null =>
  profile.format === "json" || profile.format === "ndjson" ? (profile.file ?? null) : null;

/** The records of the file, a line each. Throws {@link FileRefusal} where it can't be read to its end. */
export async function* recordsOf(
  content: AsyncIterable<Uint8Array>,
  profile: Profile,
): AsyncGenerator<Buffer> {
  const rule = fileRuleOf(profile);
  if (rule === null) throw new Error(`the profile ${profile.name} has no rule for files`);
  const claims = new Claims(profile as Profile & Mapping, rule);
  const source: RecordSource =
    rule.format === "xml" ? new XmlRecords(claims, rule) : new IniRecords(claims, rule);
  let decoder: Decoder | null = null;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      const bytes = chunk.subarray(at, at + sliceBytes);
      decoder ??= decoderOf(bytes, rule);
      const lines = source.push(textOf(decoder, bytes));
      if (lines !== "") yield Buffer.from(lines);
      await nextTurn();
    }
  }
  const last = source.push(decoder === null ? "" : textOf(decoder)) + source.end();
  if (last !== "") yield Buffer.from(last);
}

/** By its mark, else by its declaration (XML 1.0, appendix F), else by the profile. */
function decoderOf(head: Uint8Array, rule: FileRule): Decoder {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le", { fatal: true });
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be", { fatal: true });
  const declared =
    rule.format === "xml"
      ? /^(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.-]{1,40})["']/.exec(
          Buffer.from(head.subarray(0, 300)).toString("latin1"),
        )?.[1]
      : rule.encoding;
  const label = (declared ?? "utf-8").toLowerCase();
  if (!encodings.test(label))
    throw new FileRefusal(
      `its encoding is ${label}; allowed: utf-8, utf-16, iso-8859-1, windows-1252 and their kin`,
    );
  return new TextDecoder(label, { fatal: true });
}

function textOf(decoder: Decoder, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new FileRefusal(`its bytes are no ${decoder.encoding}`);
  }
}
