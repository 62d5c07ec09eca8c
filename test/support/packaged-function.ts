/** A function of Azure as it is packaged: its bundle, and the compiled code beside it. */
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { jest } from "@jest/globals";
import { buildHandler, type HandlerName } from "../../functions/build.ts";

export interface PackagedFunction<Module> {
  readonly module: Module;
  remove(): Promise<void>;
}

export async function packagedFunction<Module>(name: HandlerName): Promise<PackagedFunction<Module>> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const { file, files } = await buildHandler(name, folder);
  for (const [beside, path] of Object.entries(files)) {
    if (path === join(folder, beside)) continue;
    await mkdir(dirname(join(folder, beside)), { recursive: true });
    await symlink(path, join(folder, beside));
  }
  // Outside of its host, Microsoft's library says so at length.
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const module = (await import(pathToFileURL(file).href)) as Module;
  warned.mockRestore();
  return { module, remove: () => rm(folder, { recursive: true }) };
}
