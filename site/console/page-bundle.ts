/** The page's files, bundled in process when the first console starts and kept in memory: no build step, no network. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type OutputFile } from "esbuild";

export interface PageAsset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

export interface PageBundle {
  readonly html: string;
  /** By path. Names carry a hash of the content: a browser may keep them for ever. */
  readonly assets: ReadonlyMap<string, PageAsset>;
  /** Style of the page that asks for the token; its path is fixed. */
  readonly accessStyle: PageAsset;
  readonly icon: PageAsset;
  /** Changes with any byte of the page. */
  readonly version: string;
}

const source = resolve(dirname(fileURLToPath(import.meta.url)), "../page");

let bundle: Promise<PageBundle> | undefined;

/** Rejects where the sources don't build; the next call then tries again. */
export function pageBundle(): Promise<PageBundle> {
  bundle ??= buildPage().catch((error: unknown) => {
    bundle = undefined;
    throw new Error(`console: the page does not build: ${(error as Error).message}`, { cause: error });
  });
  return bundle;
}

const contentTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

async function buildPage(): Promise<PageBundle> {
  const [template, icon, { outputFiles }] = await Promise.all([
    readFile(join(source, "index.html"), "utf8"),
    readFile(join(source, "favicon.svg")),
    build({
      absWorkingDir: source,
      entryPoints: ["main.ts", "theme.ts", "access.css"],
      entryNames: "[name]-[hash]",
      outdir: "assets",
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      target: ["chrome123", "firefox128", "safari17.5"],
      minify: true,
      legalComments: "none",
      charset: "utf8",
      logLevel: "silent",
    }),
  ]);
  const find = (pattern: RegExp): OutputFile => {
    const file = outputFiles.find(({ path }) => pattern.test(basename(path)));
    if (file === undefined) throw new Error(`no output file ${pattern.source}`);
    return file;
  };
  const names = {
    style: find(/^main-.*\.css$/),
    script: find(/^main-.*\.js$/),
    theme: find(/^theme-.*\.js$/),
  };
  const pathOf = ({ path }: OutputFile): string => `/assets/${basename(path)}`;
  const assets = new Map(Object.values(names).map((file) => [pathOf(file), asset(file)]));
  const html = Object.entries(names).reduce(
    (text, [name, file]) => text.replaceAll(`{{${name}}}`, pathOf(file)),
    template,
  );
  return {
    html,
    assets,
    accessStyle: asset(find(/^access-.*\.css$/)),
    icon: { body: new Uint8Array(icon), contentType: "image/svg+xml" },
    version: createHash("sha256").update(html).digest("hex").slice(0, 16),
  };
}

function asset({ path, contents }: OutputFile): PageAsset {
  const type = contentTypes[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  return { body: new Uint8Array(contents), contentType: type };
}
