/** The literal `pulumi up` of the local stack, its output passed on as it comes. */
import { localStack } from "../environment.ts";
import { CommandError, exitCodes, interrupted } from "../errors.ts";
import { readOutputs, type StackOutputs } from "../outputs.ts";
import {
  explainPulumiFailure,
  isStackMissing,
  resourceChanges,
  runPulumi,
  type ResourceChanges,
} from "../pulumi.ts";
import type { CommandContext } from "../commands/context.ts";

export interface Deployment {
  readonly outputs: StackOutputs;
  readonly changes: ResourceChanges;
}

/** Outputs are shown neither secret nor long: certificates of fifteen devices help nobody on a screen. */
export const upCommand = ["up", "--yes", "--stack", localStack, "--suppress-outputs"] as const;

/** Throws {@link CommandError}. */
export async function deploy({ terminal, folders, signal }: CommandContext): Promise<Deployment> {
  terminal.print(terminal.style("faint", `$ pulumi ${upCommand.join(" ")}`));
  const run = await runPulumi(upCommand, {
    cwd: folders.project,
    color: terminal.style("strong", "x") !== "x",
    onOutput: (text) => terminal.write(text),
  });
  if (signal.aborted) throw interrupted();
  if (run.exitCode !== 0 && isStackMissing(run)) {
    throw new CommandError(
      `there is no stack ${localStack}`,
      exitCodes.notRunning,
      "run the command through npm start, which makes it",
    );
  }
  if (run.exitCode !== 0) throw explainPulumiFailure("pulumi up", run);
  return { outputs: await readOutputs(folders.project), changes: resourceChanges(run.output) };
}
