/**
 * `npm run policies:build`: the pack as plain JavaScript in dist/policies, for `--policy-pack` and for publishing: the
 * rules in one file, @pulumi/policy beside it as its only dependency. It loads no provider SDK.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const source = join(import.meta.dirname, "..");
const root = join(source, "..");

/** @param folder default: dist/policies. Returns the names of all modules that went in. */
export async function buildPack(folder = join(root, "dist/policies")): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(source, "index.ts")],
    outfile: join(folder, "index.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["@pulumi/policy"],
    metafile: true,
    logLevel: "error",
  });
  const { version, license } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  const { dependencies = {} } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  const manifest = {
    name: "fieldlake-policies",
    version,
    license,
    main: "index.cjs",
    dependencies: { "@pulumi/policy": dependencies["@pulumi/policy"] },
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const description = await readFile(join(source, "PulumiPolicy.yaml"), "utf8");
  await writeFile(join(folder, "PulumiPolicy.yaml"), description.replace(/^main: .*$/m, "main: index.cjs"));
  return Object.keys(metafile.inputs);
}

if (process.argv[1] === import.meta.filename) await buildPack();
