/**
 * Random device certificates, seen by others: OpenSSL, Go's crypto/x509 and Node must accept each for a client, and zlint
 * (built from its Go module) must have nothing to say. As a command:
 *
 *     node test/soak/certificates.ts [--count 1000]
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { writeRandomLeaves } from "../fleet/authority/random-leaves.ts";
import { builtGo } from "../fleet/support/tools.ts";

const run = promisify(execFile);
const source = (name: string): string => resolve(import.meta.dirname, "../fleet/authority", name);
const most = { maxBuffer: 1 << 26 };

const { values } = parseArgs({ options: { count: { type: "string", default: "1000" } } });
const folder = await mkdtemp(join(tmpdir(), "fieldlake-certificates-"));
try {
  const files = await writeRandomLeaves(folder, Number(values.count));
  console.log(`Node ${process.version}: ${files.length} certificates accepted`);
  await byOpenssl(files);
  await byGo(files);
  await byLinter(files);
} finally {
  await rm(folder, { recursive: true });
}

async function byOpenssl(files: readonly string[]): Promise<void> {
  const chain = [
    "-x509_strict",
    "-purpose",
    "sslclient",
    "-CAfile",
    "root.pem",
    "-untrusted",
    "intermediate.pem",
  ];
  const { stdout } = await run("openssl", ["verify", ...chain, ...files], { ...most, cwd: folder });
  const accepted = stdout.split("\n").filter((line) => line.endsWith(": OK")).length;
  if (accepted !== files.length) throw new Error(`OpenSSL accepts ${accepted} of ${files.length}`);
  console.log(`${(await run("openssl", ["version"])).stdout.trim()}: ${accepted} certificates accepted`);
}

async function byGo(files: readonly string[]): Promise<void> {
  const around = ["root.pem", "intermediate.pem", "list.crl"].map((name) => join(folder, name));
  const { stdout } = await run("go", ["run", ".", ...around, ...files], { ...most, cwd: source("go-check") });
  const accepted = stdout.split("\n").filter((line) => line.startsWith("CN=")).length;
  if (accepted !== files.length) throw new Error(`Go accepts ${accepted} of ${files.length}`);
  console.log(`${(await run("go", ["version"])).stdout.trim()}: ${accepted} certificates accepted`);
}

async function byLinter(files: readonly string[]): Promise<void> {
  const linter = await builtGo("zlint", source("zlint"));
  if (linter === null) throw new Error("zlint can't be had: Go and its module are needed");
  const { stdout } = await run(linter, [join(folder, "intermediate.pem"), ...files], most);
  const lines = stdout.trim().split("\n");
  const looked = lines.pop();
  for (const finding of lines) console.log(finding);
  console.log(`zlint 3.7.3: ${looked}, ${lines.length} findings`);
  if (lines.length > 0) process.exitCode = 1;
}
