import { existsSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "../lib/errors.mjs";
import { projectName } from "./state.mjs";

const STEP = "stack";
/** The one stack that may come into being by itself: it costs nothing and lives on this machine. */
export const LOCAL_STACK = "local-dev";
/** The Pulumi commands that work on a stack that has just been created as well as on an old one. */
const CREATING_COMMANDS = new Set(["up", "update", "preview", "pre", "refresh", "watch", "config", "import"]);

/**
 * Whether a command works on the local stack and may create it.
 *
 * @param {readonly string[]} argv the command and its arguments, for example `["pulumi", "up", "-s", "local-dev"]`
 */
export function wantsLocalStack(argv) {
  const [command, ...args] = argv;
  if (command === "start") return true;
  if (
    command !== "pulumi" ||
    !CREATING_COMMANDS.has(args.find((argument) => !argument.startsWith("-")) ?? "")
  ) {
    return false;
  }
  return args.some((argument, index) => {
    if (argument === "--stack" || argument === "-s") return args[index + 1] === LOCAL_STACK;
    return (
      argument === `--stack=${LOCAL_STACK}` ||
      argument === `-s=${LOCAL_STACK}` ||
      argument === `-s${LOCAL_STACK}`
    );
  });
}

/**
 * Creates the local stack where it is missing, and selects it where no other is.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} pulumi
 * @param {NodeJS.ProcessEnv} env the environment for the engine
 * @param {import("./state.mjs").State} state
 * @throws {ToolchainError} where Pulumi can't create it
 */
export async function ensureLocalStack(context, pulumi, env, state) {
  const { root, local } = context.paths;
  const project = projectName(root);
  // Without a project there is nothing to create a stack in; Pulumi says so better than we could.
  if (!project) return;
  const file = join(local, "state", ".pulumi", "stacks", project, `${LOCAL_STACK}.json`);
  if (state.source === "local" && (existsSync(file) || existsSync(`${file}.gz`))) return;

  const options = { cwd: root, env, signal: context.signal };
  const created = await context.run(
    pulumi,
    ["stack", "init", LOCAL_STACK, "--no-select", "--non-interactive"],
    options,
  );
  if (!created.ok && !/already exists/.test(created.output)) {
    throw new ToolchainError(
      STEP,
      `Pulumi could not create the stack ${LOCAL_STACK}`,
      [
        "create it yourself: npm run pulumi -- stack init local-dev",
        `check the state's place: ${state.description}`,
      ],
      created.output,
    );
  }
  if (created.ok) context.progress.note(STEP, `${LOCAL_STACK} created, state in ${state.description}`);
  const selected = await context.run(pulumi, ["stack", "--show-name", "--non-interactive"], options);
  if (!selected.ok) await context.run(pulumi, ["stack", "select", LOCAL_STACK, "--non-interactive"], options);
}
