/** Looks for what must not lie plain in files: as it is, in base64 or hexadecimal, as UTF-16. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Needle = string | Buffer;

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** File and needle, for each that was found. */
export function hits(files: readonly string[], needles: readonly Needle[]): string[] {
  const forms = needles.map((needle) => ({ needle, forms: formsOf(needle) }));
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    return forms
      .filter((one) => one.forms.some((form) => bytes.includes(form)))
      .map(({ needle }) => `${file}: ${String(needle)}`);
  });
}

function formsOf(needle: Needle): Buffer[] {
  const bytes = Buffer.from(needle as string);
  const hex = bytes.toString("hex");
  const texts = [...base64Forms(bytes), hex, hex.toUpperCase()].map((text) => Buffer.from(text));
  return [bytes, ...(typeof needle === "string" ? [Buffer.from(needle, "utf16le")] : []), ...texts];
}

/** What base64 makes of the bytes wherever they stand in a text, without the characters that its neighbours share. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    const whole = text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
    // Short ones are found by chance.
    if (whole.length < 8) return [];
    return [whole, whole.replaceAll("-", "+").replaceAll("_", "/")];
  });
}
