/** Text files of Windows programs that are UTF-16: with its mark in front they are read as the same text in UTF-8. */
import type { Profile } from "../core/profiles/profile.ts";

const utf8Texts: ReadonlySet<Profile["format"]> = new Set([
  "json",
  "ndjson",
  "senml-json",
  "opcua-json",
  "csv",
]);

/** Whether the profile's files are text in UTF-8. */
const isText = (profile: Profile): boolean =>
  utf8Texts.has(profile.format) && !("encoding" in profile && profile.encoding !== "utf-8");

/**
 * A unit that is no character becomes U+FFFD, so that it costs its own record and no other one. What has no such mark is left
 * as it is.
 */
export async function* withoutUtf16(
  content: AsyncIterable<Uint8Array>,
  profile: Profile,
): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let isFirst = isText(profile);
  for await (const chunk of content) {
    if (isFirst && chunk.length > 0) {
      const [first, second] = chunk;
      if (first === 0xff && second === 0xfe) decoder = new TextDecoder("utf-16le");
      if (first === 0xfe && second === 0xff) decoder = new TextDecoder("utf-16be");
      isFirst = false;
    }
    yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  if (decoder !== null) yield Buffer.from(decoder.decode());
}
