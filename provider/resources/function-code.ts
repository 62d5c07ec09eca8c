import { existsSync } from "node:fs";
import { packed, type PackedFiles } from "../azure/package.ts";
import { azureService, pause, refusal, type AzureService, type ServiceOptions } from "../azure/service.ts";
import { changed, unchanged, type LocalResource } from "../resource.ts";

interface FunctionCodeInputs {
  /** `<app>.azurewebsites.net` */
  readonly host: string;
  readonly files: PackedFiles;
  /** Over all of `files`; nothing else decides whether there is something to publish. */
  readonly hash: string;
}

/** Entra's name for what `az functionapp deployment` signs in to. */
const scope = "https://management.azure.com/.default";

/** Deployment states of the deployment service (projectkudu/kudu, DeployStatus). */
const states = { failed: 3, success: 4 };
const pollMilliseconds = 2_000;
const polls = 150;

/**
 * The code of a Flex Consumption app: one zip to its deployment endpoint (learn.microsoft.com, "Deployment technologies
 * in Azure Functions", one deploy), then the wait for what it says. Deleted with its app.
 */
export const functionCode = (options: ServiceOptions = {}): LocalResource<FunctionCodeInputs> => {
  const publish = async ({ host, files, hash }: FunctionCodeInputs): Promise<Record<string, unknown>> => {
    const service = azureService(scope, options);
    const site = `https://${deploymentHost(host)}/api`;
    const answer = await service({
      method: "POST",
      url: `${site}/publish?RemoteBuild=false&Deployer=fieldlake`,
      headers: { "content-type": "application/zip" },
      body: await packed(files),
    });
    if (!answer.ok) throw await refusal(`the code of ${host} was not taken`, answer);
    await answer.body?.cancel();
    await settled(service, site, host, options.firstPause ?? pollMilliseconds);
    return { published: hash };
  };
  return {
    check({ host, files }) {
      const missing = Object.values(files).flatMap((file) =>
        "path" in file && !existsSync(file.path) ? [file.path] : [],
      );
      return [
        ...(/^[a-z0-9-]+\.[a-z0-9.-]+$/i.test(host)
          ? []
          : [{ property: "host", reason: `received "${host}"; allowed: the host name of a function app` }]),
        ...missing.map((path) => ({
          property: "files",
          reason: `received ${path}; allowed: a file that is there. Code compiled for Linux comes by: npm install --no-save --os linux --cpu x64 --libc glibc`,
        })),
      ];
    },
    create: async (_name, inputs) => ({ id: inputs.host, outputs: await publish(inputs) }),
    async diff(_id, olds, news) {
      if (olds.host !== news.host) return { changes: true, replaces: ["host"] };
      return olds["published"] === news.hash ? unchanged : changed;
    },
    update: async (_id, _olds, news) => publish(news),
    async read(_id, state) {
      return { published: state["published"] };
    },
    async delete() {},
  };
};

/** `a.azurewebsites.net` → `a.scm.azurewebsites.net` */
const deploymentHost = (host: string): string => host.replace(".", ".scm.");

interface Deployment {
  readonly status?: number;
  readonly complete?: boolean;
  readonly status_text?: string;
}

async function settled(service: AzureService, site: string, host: string, interval: number): Promise<void> {
  for (let poll = 0; poll < polls; poll++) {
    const answer = await service({ method: "GET", url: `${site}/deployments/latest` });
    if (answer.ok) {
      const { status, complete, status_text: text } = (await answer.json()) as Deployment;
      if (status === states.failed)
        throw new Error(`the code of ${host} was not deployed: ${text ?? "no reason given"}`);
      if (status === states.success || complete === true) return;
    } else if (answer.status !== 404) {
      throw await refusal(`the deployment of ${host} can't be watched`, answer);
    } else {
      await answer.body?.cancel();
    }
    await pause(interval);
  }
  throw new Error(
    `the deployment of ${host} did not end within ${(polls * interval) / 60_000} minutes; look at its log in the portal`,
  );
}
