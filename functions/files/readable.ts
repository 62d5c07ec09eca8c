/** What is in a file, as the decoder of its profile reads it: the file itself, or its records as the device would have sent them. */
import type { Profile } from "../core/profiles/profile.ts";
import { fileRuleOf, recordsOf } from "./records/records-of.ts";
import { withoutUtf16 } from "./utf16.ts";

/** While it is read, throws {@link FileRefusal} where the file is none of its profile's. */
export const readable = (content: AsyncIterable<Uint8Array>, profile: Profile): AsyncIterable<Uint8Array> =>
  fileRuleOf(profile) === null ? withoutUtf16(content, profile) : recordsOf(content, profile);
