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
  connection: z.object({ renewalUrl: z.url().nullable() }).optional(),
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
export function readOutputs(project: string): Promise<StackOutputs> {
  return stackOutputs(localStack, project, outputsSchema);
}

/** Outputs of any stack, secrets in clear: for this process only. Throws {@link CommandError}. */
export async function stackOutputs<Schema extends z.ZodType>(
  stack: string,
  project: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const run = await runPulumi(["stack", "output", "--json", "--show-secrets", "--stack", stack], {
    cwd: project,
  });
  if (run.exitCode !== 0 && isStackMissing(run)) throw notDeployed(stack);
  if (run.exitCode !== 0) throw explainPulumiFailure("pulumi stack output", run);
  return parsed(run.stdout, stack, schema);
}

export const parseOutputs = (json: string): StackOutputs => parsed(json, localStack, outputsSchema);

function parsed<Schema extends z.ZodType>(json: string, stack: string, schema: Schema): z.output<Schema> {
  const outputs: unknown = JSON.parse(json);
  if (Object.keys(outputs as object).length === 0) throw notDeployed(stack);
  const result = schema.safeParse(outputs);
  if (result.success) return result.data;
  const missing = [...new Set(result.error.issues.map(({ path }) => path.join(".")))].join(", ");
  throw new CommandError(
    `the stack ${stack} is not whole: outputs ${missing} are missing or not as expected`,
    exitCodes.failed,
    stack === localStack
      ? `npm start completes it; if it does not, npm run pulumi -- up --stack ${stack} shows why`
      : `npm run pulumi -- up --stack ${stack} completes it, or shows why it can't`,
  );
}

const notDeployed = (stack: string): CommandError =>
  stack === localStack
    ? new CommandError(
        "there is no environment on this machine yet",
        exitCodes.notRunning,
        "npm start makes one",
      )
    : new CommandError(
        `there is no stack ${stack}, or it was never brought up`,
        exitCodes.notRunning,
        "npm run pulumi -- stack ls shows those that there are",
      );

/** The lake's data folder holds the run folder. */
export function runFolderFromOutputs({ rawUri }: StackOutputs): string {
  return join(fileURLToPath(rawUri), "..", "..", "run");
}

/** Where the sample devices connect. */
export function endpointOf({ mqttEndpoint, topicRoot, connection }: StackOutputs): Endpoint {
  return { ...mqttEndpoint, topicRoot, renewalUrl: connection?.renewalUrl ?? null };
}

/** The page's address with its access token: a click opens it. The token is in the fragment-free query of one request. */
export function pageLink({ dashboardUrl, dashboardToken }: StackOutputs): string {
  const link = new URL(dashboardUrl);
  link.searchParams.set("token", dashboardToken);
  return link.href;
}
