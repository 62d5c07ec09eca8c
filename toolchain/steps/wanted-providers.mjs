import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The providers of every environment: the local target's keys, certificates and names come from them. */
export const COMMON_PROVIDERS = Object.freeze(["tls", "random"]);

/**
 * The provider of each cloud, by target.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const CLOUD_PROVIDERS = Object.freeze({ aws: "aws", azure: "azure-native" });

/** The Pulumi commands that start providers; those with `true` change what exists. */
const ENGINE_COMMANDS = Object.freeze(
  new Map([
    ["preview", false],
    ["pre", false],
    ["up", true],
    ["update", true],
    ["destroy", true],
    ["down", true],
    ["dn", true],
    ["refresh", true],
    ["watch", true],
    ["import", true],
  ]),
);

/** The project's own commands that preview a stack; `plan` never needs a cloud's credentials. */
const PREVIEWING_COMMANDS = Object.freeze(
  new Map([
    ["evidence", { offline: false }],
    ["plan", { offline: true }],
  ]),
);

/**
 * Which providers a command needs.
 *
 * @typedef {object} WantedProviders
 * @property {readonly string[]} names
 * @property {boolean} deploys whether the command changes what exists
 * @property {boolean} offline whether a cloud's offline provider will do, whatever there is
 */

/**
 * Decides by the command, and for Pulumi's own commands by the target of their stack: a cloud's plugin is a download
 * of hundreds of megabytes.
 *
 * @param {readonly string[]} argv for example `["pulumi", "up", "--stack", "aws-dev"]`
 * @param {{ root: string, selectedStack: () => Promise<string | undefined> }} from
 * @returns {Promise<WantedProviders>}
 */
export async function wantedProviders(argv, { root, selectedStack }) {
  const [command = "", ...args] = argv;
  const verb = args.find((argument) => !argument.startsWith("-")) ?? "";
  const previewing = PREVIEWING_COMMANDS.get(command);
  const deploys = previewing ? false : command === "pulumi" ? ENGINE_COMMANDS.get(verb) : undefined;
  if (deploys === undefined) return { names: COMMON_PROVIDERS, deploys: false, offline: false };
  // Options of a command may have words behind them: its stack is the word that there is a stack file of.
  const named =
    stackArgument(args) ?? (previewing ? args.find((word) => hasStackFile(root, word)) : undefined);
  const target = givenTarget(args) ?? targetOfStack(root, named ?? (await selectedStack()));
  const cloud = target === undefined ? undefined : CLOUD_PROVIDERS[target];
  const names = cloud === undefined ? COMMON_PROVIDERS : [...COMMON_PROVIDERS, cloud];
  return { names, deploys, offline: previewing?.offline ?? false };
}

/** @param {readonly string[]} args @returns {string | undefined} the stack named by `--stack` or `-s` */
export function stackArgument(args) {
  for (const [index, argument] of args.entries()) {
    if (argument === "--stack" || argument === "-s") return args[index + 1];
    const [, name] = /^(?:--stack=|-s=?)(.+)$/.exec(argument) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** @param {readonly string[]} args @returns {string | undefined} the target set by `--config fieldlake:target=…` */
const givenTarget = (args) => /\bfieldlake:target=(\w+)/.exec(args.join(" "))?.[1];

/** @param {string} root @param {string} word */
const hasStackFile = (root, word) => !word.startsWith("-") && existsSync(join(root, `Pulumi.${word}.yaml`));

/** @param {string} root @param {string | undefined} stack as `aws-dev` or `organization/project/aws-dev` */
function targetOfStack(root, stack) {
  if (!stack) return undefined;
  try {
    const settings = readFileSync(join(root, `Pulumi.${stack.split("/").at(-1)}.yaml`), "utf8");
    return /^\s*["']?fieldlake:target["']?:\s*["']?(\w+)/m.exec(settings)?.[1];
  } catch {
    // A stack without a file has no target yet; the program says so.
    return undefined;
  }
}
