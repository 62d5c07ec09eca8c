/**
 * Certificate requests into certificates, and a whole fleet with registry and revocation list:
 *
 *     node bench/issue.ts [--requests 10000] [--rounds 3] [--fleet 100000]
 *
 * The first part: each request read, its proof of possession verified, a certificate signed by a P-256 intermediate,
 * one after the other on one core (`taskset`), beside Go's crypto/x509, CFSSL and step-ca's authority as libraries,
 * @peculiar/x509, and a process of `openssl` for each. The second: `fleet issue` for the fleet on all cores; `--rounds 0`
 * is that part alone.
 */
import { execFile, execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { makeAuthority } from "../test/fleet/authority/support.ts";
import { userCacheFolder } from "../toolchain/paths.mjs";
import { writeRequests } from "./support/issue-requests.ts";
import { median } from "./support/median.ts";

const run = promisify(execFile);

interface Took {
  readonly certificates: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Contender {
  readonly name: string;
  /** Where it leaves its last certificate. */
  readonly key: string;
  readonly command: readonly string[];
}

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    fleet: { type: "string", default: "100000" },
  },
});
const requests = Number(values.requests);
const folder = await mkdtemp(join(tmpdir(), "fieldlake-bench-issue-"));
/** As toolchain/fieldlake.mjs starts the command line. */
const cliFlags = ["--max-semi-space-size=8"];
const support = (name: string): string => resolve(import.meta.dirname, "support", name);

const perSecond = ({ certificates, seconds }: Took): number => certificates / seconds;
const perCpuSecond = ({ certificates, cpuSeconds }: Took): number => certificates / cpuSeconds;
const line = (rate: number, onCpu: number): string =>
  `${rate.toFixed(0).padStart(5)}/s  ${onCpu.toFixed(0).padStart(5)} a second of CPU`;

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${execFileSync("go", ["version"], { encoding: "utf8" }).trim()}, ${execFileSync("openssl", ["version"], { encoding: "utf8" }).trim()}`,
);
try {
  if (Number(values.rounds) > 0) await rates();
  await wholeFleet(Number(values.fleet));
} finally {
  await rm(folder, { recursive: true });
}

async function rates(): Promise<void> {
  const issuer = await writeIssuer(folder);
  writeRequests(join(folder, "requests"), requests);
  const peers = await buildPeers();
  const node = (contender: string, count: number) => [
    process.execPath,
    support("issue-rate.ts"),
    contender,
    folder,
    String(count),
  ];
  const contenders: readonly Contender[] = [
    { name: "Fieldlake", key: "fieldlake", command: node("fieldlake", requests) },
    { name: "Go crypto/x509", key: "go", command: [peers, "go", folder] },
    { name: "CFSSL 1.6.5", key: "cfssl", command: [peers, "cfssl", folder] },
    { name: "step-ca 0.30.2", key: "step-ca", command: [peers, "step-ca", folder] },
    { name: "@peculiar/x509", key: "peculiar", command: node("peculiar", Math.ceil(requests / 10)) },
    { name: "openssl processes", key: "openssl", command: node("openssl", Math.ceil(requests / 100)) },
  ];
  const all = new Map<string, Took[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const { name, key, command } of contenders) {
      const { stdout } = await run("taskset", ["-c", "0", ...command]);
      const took = JSON.parse(stdout) as Took;
      all.get(name)?.push(took);
      const made = new X509Certificate(await readFile(join(folder, `${key}.der`)));
      if (!made.verify(issuer.publicKey)) throw new Error(`${name}: not signed by the issuer`);
      console.log(`  round ${round}  ${name.padEnd(18)} ${line(perSecond(took), perCpuSecond(took))}`);
    }
  }
  console.log(`\nmedian of ${values.rounds}: verified requests into certificates, one core`);
  const medians = contenders.map(({ name }) => {
    const took = all.get(name) ?? [];
    return { name, rate: median(took.map(perSecond)), onCpu: median(took.map(perCpuSecond)) };
  });
  const ours = medians[0]?.onCpu ?? Number.NaN;
  for (const { name, rate, onCpu } of medians) {
    console.log(`  ${name.padEnd(18)} ${line(rate, onCpu)}  ours ${(ours / onCpu).toFixed(1)} ×`);
  }
}

async function wholeFleet(devices: number): Promise<void> {
  const own = join(folder, "fleet");
  await mkdir(own);
  await writeIssuer(own);
  writeRequests(join(own, "requests"), devices);
  const { stdout } = await run(process.execPath, [...cliFlags, support("issue-fleet.ts"), own]);
  const figures = JSON.parse(stdout) as Record<string, number>;
  const of = (name: string): number => figures[name] ?? Number.NaN;
  const total = of("issueSeconds") + of("revokeSeconds") + of("listSeconds");
  console.log(`\n${of("issued")} certificates with registry, and a list of ${of("listed")}`);
  console.log(
    `  ${total.toFixed(1)} s (issue ${of("issueSeconds").toFixed(1)}, revoke ${of("revokeSeconds").toFixed(1)}, ` +
      `list ${of("listSeconds").toFixed(1)}), ${of("cpuSeconds").toFixed(1)} s CPU, ` +
      `${(of("peakBytes") / 2 ** 20).toFixed(0)} MiB at most`,
  );
  await run("openssl", ["crl", "-in", join(own, "fleet.crl"), "-CAfile", join(own, "issuer.pem"), "-noout"]);
}

async function writeIssuer(into: string): Promise<X509Certificate> {
  const { certificate, key } = await makeAuthority("bench");
  await writeFile(join(into, "issuer.pem"), certificate);
  await writeFile(join(into, "issuer.key"), key.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return new X509Certificate(certificate);
}

/** Path of the Go peers; built once from their modules, then kept. */
async function buildPeers(): Promise<string> {
  const cache = join(userCacheFolder(), "bench", "issue-cfssl-1.6.5-step-0.30.2");
  const binary = join(cache, "peers");
  if (existsSync(binary)) return binary;
  console.log("building CFSSL and step-ca from their Go modules (once) …");
  await mkdir(cache, { recursive: true });
  await run("go", ["build", "-trimpath", "-o", `${binary}.new`, "."], {
    cwd: resolve(import.meta.dirname, "peers/issue"),
  });
  await rename(`${binary}.new`, binary);
  return binary;
}
