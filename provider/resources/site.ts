import { isAbsolute } from "node:path";
import { isSiteHealthy, removeRunFolder, startSite, stopSite } from "../site-process.ts";
import { changed, unchanged, type LocalResource } from "../resource.ts";

interface SiteInputs {
  readonly runFolder: string;
  readonly keyFile: string;
}

/** The site process. `diff` looks at the process itself, so that a plain `pulumi up` starts it again after a reboot. */
export const site: LocalResource<SiteInputs> = {
  check({ runFolder }) {
    return isAbsolute(runFolder)
      ? []
      : [{ property: "runFolder", reason: `received "${runFolder}"; allowed: an absolute folder` }];
  },

  async create(name, inputs) {
    await startSite(inputs);
    return { id: name, outputs: {} };
  },

  async diff(_id, olds, news) {
    if (olds.runFolder !== news.runFolder || olds.keyFile !== news.keyFile) return changed;
    return (await isSiteHealthy(news.runFolder)) ? unchanged : changed;
  },

  async update(_id, olds, news) {
    await stopSite(olds.runFolder);
    await startSite(news);
    return {};
  },

  async read(_id, { runFolder }) {
    return { runFolder };
  },

  async delete(_id, { runFolder }) {
    await stopSite(runFolder);
    await removeRunFolder(runFolder);
  },
};
