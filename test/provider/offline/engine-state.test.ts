/** A state that the real providers wrote, taken over by the offline ones. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { StoredStack } from "./engine-project.ts";
import { EngineProject } from "./engine-project.ts";
import { realState, realStateProgram } from "./real-state.ts";
import { available } from "./support.ts";

const enginePresent = await available("pulumi", ["version"]);
if (!enginePresent) console.warn("no pulumi on PATH: no state of the real providers is taken over");

const require = createRequire(join(process.cwd(), "package.json"));
const sdkVersion = (name: string): string =>
  (JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8")) as { version: string })
    .version;

/** Opens exported secrets, since the engine escapes other characters in their JSON than JavaScript does. */
const readable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return { secret: JSON.parse(String(value.plaintext)) as unknown };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, readable(item)]));
};

const outputsOf = (stack: StoredStack, name: string): Record<string, unknown> =>
  readable(stack.deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs) as Record<
    string,
    unknown
  >;

(enginePresent ? describe : describe.skip)("under the engine", () => {
  let project: EngineProject;
  let state: StoredStack;
  beforeAll(async () => {
    project = await EngineProject.create(realStateProgram);
    state = await realState(await project.export(), { tls: sdkVersion("tls"), random: sdkVersion("random") });
    await project.import(state);
  }, 60_000);
  afterAll(() => project?.remove());

  test("a state of the real providers is read without a change, and goes on being theirs", async () => {
    expect(await project.preview()).toEqual([]);
    await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    const refreshed = await project.export("--show-secrets");
    for (const name of ["key", "certificate", "password", "string", "pet"]) {
      expect(outputsOf(refreshed, name)).toEqual(outputsOf(state, name));
    }

    // A change in place goes on from their values, without what described their own form of the old ones.
    await project.up("--config", "early=10");
    const { __pulumi_raw_state_delta: _delta, ...before } = outputsOf(state, "certificate");
    const updated = await project.export("--show-secrets");
    expect(outputsOf(updated, "certificate")).toEqual({ ...before, earlyRenewalHours: 10 });
    expect(outputsOf(updated, "pet")).toEqual(outputsOf(state, "pet"));
  }, 90_000);
});
