import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { CommandOutcome } from "../../site/broker/broker.ts";
import { TlsBench } from "../site/broker/tls-bench.ts";

/** The broker as the site runs it, with the device contract in force, and a device's files for clients that read files. */
export interface Stand {
  readonly tls: TlsBench;
  readonly deviceId: string;
  readonly port: number;
  /** `ca.pem`, `device.pem` and `device.key`. */
  readonly folder: string;
}

/** Throws where the behaviour is not the wanted one. */
export type Check = (stand: Stand) => Promise<void>;

export interface Outcome {
  readonly name: string;
  /** What went wrong, or `null`. */
  readonly fault: string | null;
}

/** A line for each as it ends. */
export function tell(outcome: Outcome): Outcome {
  console.log(`  ${outcome.fault === null ? "passed" : "FAILED"}  ${outcome.name}${outcome.fault ?? ""}`);
  return outcome;
}

/** Runs each on a stand of its own. */
export async function runChecks(
  deviceId: string,
  checks: Readonly<Record<string, Check>>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, check] of Object.entries(checks)) {
    const stand = await makeStand(deviceId);
    const fault = await check(stand).then(
      () => null,
      (error: unknown) => `: ${String(error)}`,
    );
    await stand.tls.bench.remove();
    outcomes.push(tell({ name, fault }));
  }
  return outcomes;
}

async function makeStand(deviceId: string): Promise<Stand> {
  const tls = await TlsBench.make();
  const { certificate, key } = await tls.authority.issue(deviceId);
  const folder = join(tls.bench.root, "device");
  await mkdir(folder);
  await writeFile(join(folder, "ca.pem"), tls.root.certificate);
  await writeFile(join(folder, "device.pem"), certificate + tls.authority.certificate);
  await writeFile(join(folder, "device.key"), key, { mode: 0o600 });
  return { tls, deviceId, port: tls.settings.port, folder };
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

const longestMs = 60_000;

/** Runs a program to its end; a code other than 0 is an answer, too. Throws where it is not there. */
export function run(program: string, args: readonly string[], input = ""): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = execFile(program, [...args], { timeout: longestMs }, (error, stdout, stderr) => {
    const output = stdout + stderr;
    if (error === null) resolve({ code: 0, output });
    else if (typeof error.code === "number") resolve({ code: error.code, output });
    else reject(new Error(`${program}: ${error.message} ${output}`));
  });
  child.stdin?.end(input);
  return promise;
}

/** To a device that is about to subscribe. */
export async function command({ tls, deviceId }: Stand, name: string, text: string): Promise<CommandOutcome> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const outcome = await tls.broker.publishCommand(deviceId, name, Buffer.from(text));
    if (outcome !== "unreachable") return outcome;
    await setTimeout(10);
  }
  return "unreachable";
}
