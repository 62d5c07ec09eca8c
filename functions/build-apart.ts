/** Bundles of what lies beside a function and is loaded, or run, by itself. */
import { createHash } from "node:crypto";
import { build } from "esbuild";
import { bundleOptions } from "./build-options.ts";

/** Throws where the sources don't build. @param file its name, beside the function */
export async function bundledApart(
  source: string,
  file: string,
  define: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: [source],
    outfile: `bundle/${file}`,
    sourcemap: false,
    define,
  });
  return outputFiles[0]!.contents;
}

/** Hexadecimal digits. */
export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
