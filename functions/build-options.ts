import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions } from "esbuild";

/** How everything is bundled; what is made depends on the sources alone. */
export const bundleOptions = {
  // Relative to the sources: absolute paths would get into the source map.
  absWorkingDir: dirname(fileURLToPath(import.meta.url)),
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
  target: "node24",
  minify: true,
  treeShaking: true,
  legalComments: "none",
  charset: "utf8",
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "silent",
  // Statements with this label refuse profiles, which were validated when the environment was composed: `compileProfile` is
  // a part of that. What guards generated code, or keys of objects, has no label.
  dropLabels: ["CHECKED"],
} as const satisfies BuildOptions;
