/** TS013 codecs for a bundle: in a file beside it, which is loaded by the first profile that has a codec. */

import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Ts013 } from "../core/formats/format.ts";
import { codecFiles, codecFolder } from "./files.ts";

/** SHA-256 of the file in hexadecimal digits, put in place by build-codecs.ts. */
declare const codecPartHash: string;

export const ts013: Ts013 = (profile) => {
  const file = fileURLToPath(new URL(`${codecFolder}/${codecFiles.part}`, import.meta.url));
  const sha256 = hash("sha256", readFileSync(file));
  if (sha256 !== codecPartHash)
    throw new Error(`${file} has the hash ${sha256}; expected ${codecPartHash}: deploy again`);
  const part = createRequire(import.meta.url)(file) as { readonly ts013: Ts013 };
  return part.ts013(profile);
};
