/** What a stack file says, checked as when the stack is deployed. */
import { z } from "zod";
import { readConfig, stackConfig, type Config } from "../config.ts";
import { profileFamilies } from "../profiles/read.ts";
import { explainPulumiFailure, runPulumi } from "./pulumi.ts";

const settingsOf = z.record(z.string(), z.object({ value: z.string().optional() }));

/** Throws CommandError. */
export async function configOf(stack: string, project: string): Promise<Config> {
  const run = await runPulumi(["config", "--json", "--show-secrets", "--stack", stack], { cwd: project });
  if (run.exitCode !== 0) throw explainPulumiFailure("pulumi config", run);
  const settings = Object.entries(settingsOf.parse(JSON.parse(run.stdout))).flatMap(([key, { value }]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const all = Object.fromEntries(settings);
  return readConfig(stackConfig(all, "fieldlake"), all, await profileFamilies());
}
