/** What holds of a shipped environment whatever its cloud: refused mistakes, made, guarded, unchanged, removed. */
import { expect } from "@jest/globals";
import { judge } from "../../../policies/kit/judge.ts";
import { rules } from "../../../policies/rules/index.ts";
import { graphOfState } from "../../../policies/sources/state.ts";
import { nameOf } from "../../policies/mutation/mutants.ts";
import { survivorsOf } from "../../policies/mutation/survivors.ts";
import { createCloudStack, type CloudStack } from "./cloud-stack.ts";
import type { Planned } from "./plan-command.ts";

/** What the engine counts: providers are no part of it. */
export const countedOf = ({ exported }: Planned) =>
  exported.deployment.resources.filter(({ type }) => !type.startsWith("pulumi:providers:"));

/** @param lines of configuration, with three mistakes. @returns what the engine says of them */
export async function expectThreeMistakes(shipped: string, ...lines: readonly string[]): Promise<string> {
  const stack = await createCloudStack(shipped);
  await stack.configure(...lines);
  const { status, text } = await stack.pulumi("preview");
  await stack.dispose();
  expect(status).not.toBe(0);
  expect(text).toContain("the configuration has 3 mistakes:");
  expect(text).not.toMatch(/demo-(fleet|lake|stream|operations)/);
  return text;
}

/** Brings the stack up. @param cloud the name under which the offline provider says that it is not asked */
export async function expectMadeAsPlanned(stack: CloudStack, planned: Planned, cloud: string): Promise<void> {
  const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
  expect([status, text.split("\n").slice(-15).join("\n")]).toEqual([
    0,
    expect.stringContaining(`${countedOf(planned).length} created`),
  ]);
  expect(text).toContain(`OFFLINE: ${cloud} is not asked`);
  const state = await stack.state();
  expect(state).not.toContain("PRIVATE KEY");
  expect(state).toContain("ciphertext");
}

/** The policy pack has nothing against what is there, and something against each weakening of it. */
export async function expectGuarded(stack: CloudStack): Promise<void> {
  const graph = graphOfState(await stack.state(), "state");
  expect(judge(graph, rules).findings.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  const { mutants, survivors } = survivorsOf(graph, rules);
  expect(survivors.map(nameOf)).toEqual([]);
  expect(mutants).toBeGreaterThan(700);
}

export async function expectUnchanged(stack: CloudStack, planned: Planned): Promise<void> {
  const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  expect([status, text]).toEqual([0, expect.stringContaining(`${countedOf(planned).length} unchanged`)]);
}

export async function expectRemoved(stack: CloudStack): Promise<void> {
  const { status, text } = await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect([status, text]).toEqual([0, expect.stringMatching(/\d+ deleted/)]);
  const { deployment } = JSON.parse(await stack.state()) as { deployment: { resources?: unknown[] } };
  expect(deployment.resources ?? []).toEqual([]);
}
