import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { isExecutable, which } from "../lib/processes.mjs";
import { isAtLeast, MINIMUM_PULUMI, versionIn } from "../versions.mjs";

/** The CLI answers in well under a second; on a cold disk it is 80 MB to read. */
const ANSWER_MILLISECONDS = 60_000;

/**
 * Looks for a usable Pulumi on PATH: recent enough, with a Node language host beside it or on PATH.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {Promise<{ engine: import("./engine.mjs").Engine, reason?: undefined } | { engine?: undefined, reason: string }>}
 *   the engine, or why there is none
 */
export async function engineOnPath(context) {
  const pulumi = which("pulumi", context.env);
  if (!pulumi) return { reason: "there is no pulumi on PATH" };
  const version = await pulumiVersion(context, pulumi);
  if (!version) return { reason: `${pulumi} does not run` };
  if (!isAtLeast(version, MINIMUM_PULUMI)) return { reason: `${pulumi} is ${version}` };
  const host = languageHost(context, pulumi);
  if (!host) return { reason: `${pulumi} has no pulumi-language-nodejs beside it, nor is one on PATH` };
  const answer = await context.run(host, ["--help"], {
    timeout: ANSWER_MILLISECONDS,
    signal: context.signal,
  });
  if (answer.code === null) return { reason: `${host} does not run` };
  return { engine: { pulumi, version, source: "path" } };
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} pulumi
 * @returns {Promise<string | undefined>} undefined where it does not run or prints no version
 */
export async function pulumiVersion(context, pulumi) {
  const { ok, stdout } = await context.run(pulumi, ["version"], {
    env: { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: ANSWER_MILLISECONDS,
    signal: context.signal,
  });
  return ok ? versionIn(stdout) : undefined;
}

/** @param {import("../toolchain.mjs").Context} context @param {string} pulumi */
function languageHost(context, pulumi) {
  const name = context.platform === "win32" ? "pulumi-language-nodejs.exe" : "pulumi-language-nodejs";
  const beside = join(dirname(realpathSync(pulumi)), name);
  return isExecutable(beside) ? beside : which("pulumi-language-nodejs", context.env);
}
