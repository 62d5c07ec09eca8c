/**
 * Random device certificates, seen by others: OpenSSL, Go's crypto/x509 and Node must accept each for a client, and zlint
 * (built from its Go module) must have nothing to say. As a command:
 *
 *     node test/soak/certificates.ts [--count 1000]
 */
import { execFile } from "node:child_process";
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomInt,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { makeRequest } from "../../fleet/authority/make-request.ts";
import { verifyRequest } from "../../fleet/authority/certificate-request.ts";
import { issueRevocationList, nextListUpdate } from "../../fleet/authority/revocation-list.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import { toPem } from "../../fleet/x509/pem.ts";
import { environment, issuerOf, makeAuthority, type Authority } from "../fleet/authority/support.ts";
import { builtGo } from "../fleet/support/tools.ts";

const run = promisify(execFile);
const source = (name: string): string => resolve(import.meta.dirname, "../fleet/authority", name);
const most = { maxBuffer: 1 << 26 };

const { values } = parseArgs({ options: { count: { type: "string", default: "1000" } } });
const folder = await mkdtemp(join(tmpdir(), "fieldlake-certificates-"));
try {
  const root = await makeAuthority("soak root");
  const authority = await makeAuthority("soak devices", { parent: root });
  const files = await writeLeaves(Number(values.count), root, authority);
  await byOpenssl(files);
  await byGo(files);
  await byLinter(files);
} finally {
  await rm(folder, { recursive: true });
}

async function writeLeaves(count: number, root: Authority, authority: Authority): Promise<readonly string[]> {
  const list = await issueRevocationList({
    ...{
      issuer: authority.certificate,
      signer: inProcessSigner(authority.key, "soak"),
      entries: [],
      number: 1,
    },
    ...{ thisUpdate: new Date(), nextUpdate: nextListUpdate(new Date()) },
  });
  const around = {
    "root.pem": root.certificate,
    "intermediate.pem": authority.certificate,
    "list.crl": list,
  };
  for (const [name, text] of Object.entries(around)) await writeFile(join(folder, name), text);
  const withUrl = { revocationListUrl: "http://crl.example/devices.crl" };
  const issuers = [issuerOf(authority), issuerOf(authority, withUrl)];
  const above = new X509Certificate(authority.certificate);
  const files: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const key = randomKey(index);
    const request = await makeRequest(randomId(), inProcessSigner(key, "device"));
    const wanted = verifyRequest(request, { environment, keys: ["P-256", "P-384", "RSA"] });
    const issuer = issuers[index % 2] as (typeof issuers)[number];
    const { der } = await issuer.issue(wanted, issuer.validity(randomInt(7, 398)));
    const leaf = new X509Certificate(der);
    const isGood =
      leaf.checkIssued(above) && leaf.verify(createPublicKey(authority.key)) && leaf.checkPrivateKey(key);
    if (!isGood) throw new Error(`Node: ${leaf.subject}`);
    files.push(join(folder, `${index}.pem`));
    await writeFile(files.at(-1) as string, toPem(der, "CERTIFICATE"));
  }
  console.log(`Node ${process.version}: ${files.length} certificates accepted`);
  return files;
}

/** Mostly what devices have; RSA is slow to make. */
function randomKey(index: number): KeyObject {
  if (index % 50 === 49) return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  return generateKeyPairSync("ec", { namedCurve: index % 10 === 9 ? "P-384" : "P-256" }).privateKey;
}

function randomId(): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  const inner = `${alphabet}_-`;
  const pick = (from: string): string => from[randomInt(from.length)] as string;
  // Ten letters of chance in the middle: no id comes twice.
  const middle = Array.from({ length: randomInt(10, 60) }, () => pick(inner)).join("");
  return `${pick(alphabet)}${middle}${randomBytes(1).toString("hex")}`.slice(0, 64);
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
