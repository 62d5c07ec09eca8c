import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isSiteUnreachable, SiteClient } from "../../site/client.ts";
import { moduleSettings, type DecoderSettings, type ModuleName } from "../../site/settings.ts";
import { changed, unchanged, type LocalResource } from "../resource.ts";
import { isSame } from "../values.ts";

interface ModuleInputs {
  readonly runFolder: string;
  readonly settings: Record<string, unknown>;
}

/** One module of the site: created means running with these settings. */
export function siteModule(name: ModuleName): LocalResource<ModuleInputs> {
  const put = async ({ runFolder, settings }: ModuleInputs) => {
    await SiteClient.at(runFolder).putModule(
      name,
      name === "decoder" ? await withOwnBundle(runFolder, settings) : settings,
    );
  };
  return {
    check({ settings }) {
      const result = moduleSettings[name].safeParse(settings);
      return result.success
        ? []
        : result.error.issues.map((issue) => ({
            property: ["settings", ...issue.path.map(String)].join("."),
            reason: issue.message,
          }));
    },

    async create(resource, inputs) {
      await put(inputs);
      return { id: resource, outputs: {} };
    },

    async diff(_id, olds, news) {
      if (!isSame(olds.settings, news.settings) || olds.runFolder !== news.runFolder) return changed;
      return (await isRunning(news.runFolder, name)) ? unchanged : changed;
    },

    async update(_id, _olds, news) {
      await put(news);
      return {};
    },

    async read(_id, { runFolder }) {
      return { runFolder };
    },

    async delete(_id, { runFolder, settings }) {
      await SiteClient.at(runFolder)
        .deleteModule(name)
        .catch((error: unknown) => {
          if (!isSiteUnreachable(error)) throw error;
        });
      if (name === "lake") await removeLake(String(settings["dataFolder"]));
    },
  };
}

/** A site that is down is the Site resource's business: its settings are kept, and it starts the module again. */
export async function isRunning(runFolder: string, name: ModuleName): Promise<boolean> {
  try {
    const { modules } = await SiteClient.at(runFolder).health();
    return modules[name]?.state === "running";
  } catch (error) {
    if (isSiteUnreachable(error)) return true;
    throw error;
  }
}

/** The site keeps a copy of its decoder: a later build, or a removed one, does not touch what runs. */
async function withOwnBundle(
  runFolder: string,
  settings: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { file, sha256 } = settings["bundle"] as DecoderSettings["bundle"];
  const folder = join(runFolder, "bundles");
  const copy = join(folder, `${sha256}.mjs`);
  await mkdir(folder, { recursive: true });
  await copyFile(file, copy);
  return { ...settings, bundle: { file: copy, sha256 } };
}

/** Everything that is sealed under the lake's key, and the tokens for asking it; the run folder is the Site's. */
async function removeLake(dataFolder: string): Promise<void> {
  for (const folder of ["log", "lake", "broker", "births", "alarms", "reports", "access"]) {
    await rm(join(dataFolder, folder), { recursive: true, force: true });
  }
}
