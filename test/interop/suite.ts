/** Runs a suite's own code against a broker behind mutual TLS and weighs what it says against the known deviations. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startOpenBroker } from "./open-broker.ts";
import { startTunnel } from "./tunnel.ts";

export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  /** Why it need not pass; `null` where it must. */
  readonly deviation: string | null;
}

export type SuiteStand = Awaited<ReturnType<typeof makeSuiteStand>>;

/** A suite knows one port; the broker behind it can be exchanged. */
export async function makeSuiteStand() {
  let broker = await startOpenBroker();
  const tunnel = await startTunnel(() => broker.credentials);
  return {
    port: tunnel.port,
    /** A broker that knows nothing of the former one. */
    async renew(): Promise<void> {
      await broker.stop();
      broker = await startOpenBroker();
    },
    async close(): Promise<void> {
      tunnel.close();
      await broker.stop();
    },
  };
}

const longestMs = 180_000;

/** What a program prints; `onStart` is waited for where it prints "start", and it is sent a line then. */
export async function linesOf(
  program: string,
  args: readonly string[],
  onStart: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], timeout: longestMs });
  const exit = once(child, "exit");
  const lines: string[] = [];
  createInterface(child.stderr).on("line", (line) => lines.push(line));
  for await (const line of createInterface(child.stdout)) {
    if (line !== "start") lines.push(line);
    else {
      await onStart();
      child.stdin.write("\n");
    }
  }
  await exit;
  return lines;
}

/** True where all is as deviations.ts has it: what passes although it is listed there makes the list out of date. */
export function report(title: string, verdicts: readonly Verdict[]): boolean {
  const passed = verdicts.filter((verdict) => verdict.passed);
  const known = verdicts.filter((verdict) => !verdict.passed && verdict.deviation !== null);
  const faults = verdicts.filter((verdict) => !verdict.passed && verdict.deviation === null);
  const stale = passed.filter((verdict) => verdict.deviation !== null);
  console.log(`${title}: ${passed.length} of ${verdicts.length} pass`);
  for (const { name, deviation } of known) console.log(`  deviates  ${name}: ${deviation}`);
  for (const { name } of faults) console.log(`  FAILED    ${name}`);
  for (const { name } of stale) console.log(`  PASSED    ${name}, though it is listed as a deviation`);
  return faults.length === 0 && stale.length === 0 && passed.length > 0;
}

export function verdict(
  name: string,
  passed: boolean,
  deviations: Readonly<Record<string, string>>,
): Verdict {
  return { name, passed, deviation: deviations[name] ?? null };
}
