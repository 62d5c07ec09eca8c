/**
 * Bundles a handler: one ES module, minified, with a source map beside it. The same sources give the same bytes in
 * any folder and on any machine, so that a plan shows a change of code only where there is one.
 *
 * As a command: `node functions/build.ts <handler> [folder]` prints file, size and hash.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { bundleOptions } from "./build-options.ts";
import { buildCodecs } from "./build-codecs.ts";
import { buildParquet } from "./build-parquet.ts";
import { duckDbForFunctions, duckDbVersion } from "./build-duckdb.ts";

/** Handlers that there are; each is a file below handlers/. */
export const handlers = [
  "local",
  "aws-kinesis",
  "aws-firehose",
  "aws-landed",
  "aws-upload",
  "aws-insight",
  "aws-scoring",
  "aws-compaction",
  "azure-decoder",
  "azure-landed",
  "azure-upload",
  "azure-upload-grant",
  "azure-insight",
  "azure-scoring",
  "aws-enrol",
  "aws-admission",
  "aws-claim-signer",
  "aws-claim-hook",
  "azure-admission",
  "azure-enrol",
  "azure-query",
  "azure-compaction",
  "aws-declared-insights",
  "azure-declared-insights",
  "aws-report",
  "azure-report",
  "aws-api",
  "azure-api",
] as const;
export type HandlerName = (typeof handlers)[number];

interface TargetHandlers {
  /** By stream profile. */
  readonly decoder: Readonly<Record<"frugal" | "throughput", HandlerName>>;
  /** What keeps the knowledge fresh, takes devices in and answers SQL, where the target runs functions. */
  readonly functions: Readonly<Partial<Record<FunctionRole, HandlerName>>>;
}
export type FunctionRole =
  | ("upload" | "landed" | "insight" | "declared" | "scoring" | "query" | "compaction" | "report" | "api")
  | ("enrol" | "admission" | "claimSigner" | "claimHook" | "uploadGrant");

/** What each target runs. */
const byTarget = {
  local: { decoder: { frugal: "local", throughput: "local" }, functions: {} },
  aws: {
    decoder: { frugal: "aws-firehose", throughput: "aws-kinesis" },
    functions: {
      upload: "aws-upload",
      landed: "aws-landed",
      insight: "aws-insight",
      scoring: "aws-scoring",
      compaction: "aws-compaction",
      declared: "aws-declared-insights",
      report: "aws-report",
      api: "aws-api",
      enrol: "aws-enrol",
      admission: "aws-admission",
      claimSigner: "aws-claim-signer",
      claimHook: "aws-claim-hook",
    },
  },
  azure: {
    decoder: { frugal: "azure-decoder", throughput: "azure-decoder" },
    functions: {
      upload: "azure-upload",
      landed: "azure-landed",
      insight: "azure-insight",
      scoring: "azure-scoring",
      declared: "azure-declared-insights",
      report: "azure-report",
      query: "azure-query",
      api: "azure-api",
      compaction: "azure-compaction",
      enrol: "azure-enrol",
      admission: "azure-admission",
      uploadGrant: "azure-upload-grant",
    },
  },
} as const satisfies Record<string, TargetHandlers>;

/** Bytes that a bundle may have: a cold start loads it. A decoder of a cloud also writes Parquet and signs its requests. */
export const maximumBundleBytes: Readonly<Record<HandlerName, number>> = {
  // Loaded once by a process that stays.
  local: 100_000,
  "aws-kinesis": 200_000,
  "aws-firehose": 200_000,
  // The parser of XML is 30 kB; it is in what reads files only.
  "aws-upload": 250_000,
  // The detector of rules about anomalies is a third of it.
  "aws-landed": 120_000,
  "aws-insight": 100_000,
  // ONNX is read by protobufjs, and what a model says of itself checked by zod.
  "aws-scoring": 250_000,
  // The programming model of Azure Functions is 78 kB of each.
  "azure-decoder": 300_000,
  "azure-upload": 350_000,
  "azure-landed": 200_000,
  "azure-insight": 200_000,
  "azure-scoring": 350_000,
  // The registry's records are checked by zod.
  "aws-enrol": 450_000,
  "aws-admission": 450_000,
  "aws-claim-signer": 450_000,
  "aws-claim-hook": 450_000,
  "azure-admission": 550_000,
  "azure-enrol": 550_000,
  "azure-upload-grant": 550_000,
  // zod, and DuckDB's own JavaScript; its engine lies beside the bundle.
  "azure-query": 900_000,
  "azure-compaction": 900_000,
  "aws-compaction": 800_000,
  "aws-declared-insights": 800_000,
  "azure-declared-insights": 900_000,
  // zod, and pdfkit with the measures of the standard fonts.
  "aws-report": 750_000,
  "azure-report": 850_000,
  // zod, hono, the index of words, and DuckDB's own JavaScript.
  "aws-api": 1_000_000,
  "azure-api": 1_000_000,
};

/** CommonJS asks for what is not in the bundle by `require`, which an ES module does not have: Azure's host's module, DuckDB's engine. */
const requireBanner =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

export interface Bundle {
  /** Absolute path. */
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Absolute paths of files that have to lie in a folder `codecs` beside it where profiles have such; it checks their hashes itself. */
  readonly codecs: readonly string[];
  /** Paths of files by their name beside it: compiled code that can't be bundled, and what runs in a process of its own. */
  readonly files: Readonly<Record<string, string>>;
}

/** Handlers that ask in SQL. */
export const withDuckDb: readonly HandlerName[] = [
  "azure-query",
  "aws-compaction",
  "azure-compaction",
  "aws-declared-insights",
  "azure-declared-insights",
  "aws-api",
  "azure-api",
];

/** Handlers that decode. */
const decoders: readonly HandlerName[] = [
  ...(["local", "aws-kinesis", "aws-firehose", "aws-upload", "azure-decoder", "azure-upload"] as const),
];

/** Handlers that take files in. */
const fileReaders: readonly HandlerName[] = ["aws-upload", "azure-upload"];

/** What TS013 codecs need stays out of the bundle. */
const codecsApart: Plugin = {
  name: "codecs-apart",
  setup({ onResolve, resolve: find }) {
    onResolve({ filter: /\/codecs\/part\.ts$/ }, ({ resolveDir, kind }) =>
      find("./codecs/part-apart.ts", { resolveDir, kind }),
    );
  },
};

/** pdfkit asks for the measures of its fonts by a `require` of its own making, which esbuild does not follow. */
const fontMeasures = "require$1('#standard-fonts/";

/** PDF in the standard fonts. */
const standardFonts: Plugin = {
  name: "standard-fonts",
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /^fontkit$/ }, ({ kind }) =>
      find("./no-font-files.ts", { resolveDir: import.meta.dirname, kind }),
    );
    onLoad({ filter: /[\\/]pdfkit\.node\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes(fontMeasures))
        throw new Error(`functions: ${path} asks for its fonts in another way`);
      return { contents: source.replaceAll(fontMeasures, "require('#standard-fonts/"), loader: "js" };
    });
  },
};

/**
 * Bundle a handler into a folder, which is made if need be.
 * Throws where the sources don't build, or the bundle has more bytes than are allowed.
 */
export async function buildHandler(
  name: HandlerName,
  outFolder: string,
  allowed = maximumBundleBytes[name],
): Promise<Bundle> {
  const file = resolve(outFolder, `${name}.mjs`);
  const codecs = decoders.includes(name) ? await buildCodecs(outFolder) : null;
  const parquet = fileReaders.includes(name) ? await buildParquet(outFolder) : null;
  const result = await build({
    ...bundleOptions,
    entryPoints: [`handlers/${name}.ts`],
    outfile: `bundle/${name}.mjs`,
    // The host hands the first to `require` of whoever asks, it is no package; the second is compiled code.
    external: ["@azure/functions-core", "@duckdb/node-bindings-*"],
    banner: name.startsWith("azure-") || withDuckDb.includes(name) ? { js: requireBanner } : {},
    define: {
      codecPartHash: JSON.stringify(codecs?.sha256 ?? ""),
      parquetHashes: JSON.stringify(parquet?.hashes ?? {}),
    },
    plugins: [codecsApart, standardFonts],
  });
  const [map, code] = ["map", "mjs"].map((end) => result.outputFiles.find(({ path }) => path.endsWith(end)));
  if (!map || !code) throw new Error(`functions: esbuild gave no bundle for handler "${name}"`);
  const bytes = code.contents.length;
  if (bytes > allowed) {
    throw new Error(
      `functions: handler "${name}" is ${bytes} bytes, allowed: ${allowed}; see what it imports`,
    );
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(join(dirname(file), basename(map.path)), map.contents);
  await writeFile(file, code.contents);
  const hash = createHash("sha256").update(code.contents);
  const files = { ...(withDuckDb.includes(name) ? duckDbForFunctions : {}), ...parquet?.files };
  if (withDuckDb.includes(name)) hash.update(duckDbVersion());
  return { file, sha256: hash.digest("hex"), bytes, codecs: codecs?.files ?? [], files };
}

export interface Bundles {
  readonly decoder: Bundle;
  readonly functions: Readonly<Partial<Record<FunctionRole, Bundle>>>;
}

/** Everything that a target runs with a stream profile. Throws as {@link buildHandler} does. */
export async function buildBundles(
  target: keyof typeof byTarget,
  profile: "frugal" | "throughput",
  outFolder: string,
): Promise<Bundles> {
  const { decoder, functions }: TargetHandlers = byTarget[target];
  const [built, ...others] = await Promise.all([
    buildHandler(decoder[profile], outFolder),
    ...Object.entries(functions).map(
      async ([role, name]) => [role, await buildHandler(name, outFolder)] as const,
    ),
  ]);
  return { decoder: built, functions: Object.fromEntries(others) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = "local", folder = "dist/functions"] = process.argv.slice(2);
  const known = handlers.find((handler) => handler === name);
  if (!known) {
    console.error(`functions: there is no handler "${name}"; allowed: ${handlers.join(", ")}`);
    process.exitCode = 2;
  } else {
    const { file, sha256, bytes } = await buildHandler(known, folder);
    console.log(`${file}  ${bytes} bytes  sha256 ${sha256}`);
  }
}
