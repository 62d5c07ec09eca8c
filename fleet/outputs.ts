/** The outputs of the stack `local-dev` that the command line uses. */
import { z } from "zod";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Endpoint } from "../samples/session.ts";
import { localStack } from "./environment.ts";
import { CommandError, exitCodes } from "./errors.ts";
import { explainPulumiFailure, isStackMissing, runPulumi } from "./pulumi.ts";

const outputsSchema = z.object({
  environment: z.string(),
  mqttEndpoint: z.object({ host: z.string(), port: z.number(), trustBundle: z.string() }),
  topicRoot: z.string(),
  devices: z.record(
    z.string(),
    z.object({ profile: z.string().nullable(), certificate: z.string(), privateKey: z.string() }),
  ),
  rawUri: z.string().startsWith("file://"),
  dashboardUrl: z.url(),
  dashboardToken: z.string(),
});
export type StackOutputs = z.infer<typeof outputsSchema>;

/** Throws {@link CommandError} where there is no such stack, or it is not whole. */
export async function readOutputs(project: string): Promise<StackOutputs> {
  const run = await runPulumi(["stack", "output", "--json", "--show-secrets", "--stack", localStack], {
    cwd: project,
  });
  if (run.exitCode !== 0 && isStackMissing(run)) throw notDeployed();
  if (run.exitCode !== 0) throw explainPulumiFailure("pulumi stack output", run);
  return parseOutputs(run.stdout);
}

export function parseOutputs(json: string): StackOutputs {
  const outputs: unknown = JSON.parse(json);
  if (Object.keys(outputs as object).length === 0) throw notDeployed();
  const result = outputsSchema.safeParse(outputs);
  if (result.success) return result.data;
  const missing = [...new Set(result.error.issues.map(({ path }) => path.join(".")))].join(", ");
  throw new CommandError(
    `the stack ${localStack} is not whole: outputs ${missing} are missing or not as expected`,
    exitCodes.failed,
    `npm start completes it; if it does not, npm run pulumi -- up --stack ${localStack} shows why`,
  );
}

const notDeployed = (): CommandError =>
  new CommandError(
    "there is no environment on this machine yet",
    exitCodes.notRunning,
    "npm start makes one",
  );

/** The lake's data folder holds the run folder. */
export function runFolderFromOutputs({ rawUri }: StackOutputs): string {
  return join(fileURLToPath(rawUri), "..", "..", "run");
}

/** Where the sample devices connect: an address to listen on everywhere is none to connect to. */
export function endpointOf({ mqttEndpoint, topicRoot }: StackOutputs): Endpoint {
  const isAny = mqttEndpoint.host === "0.0.0.0" || mqttEndpoint.host === "::";
  return { ...mqttEndpoint, host: isAny ? "localhost" : mqttEndpoint.host, topicRoot };
}

/** The page's address with its access token: a click opens it. The token is in the fragment-free query of one request. */
export function pageLink({ dashboardUrl, dashboardToken }: StackOutputs): string {
  const link = new URL(dashboardUrl);
  link.searchParams.set("token", dashboardToken);
  return link.href;
}
