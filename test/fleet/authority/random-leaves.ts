/** Random device certificates in files of their own, with what stands above them: for those who judge certificates. */
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomInt,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeRequest } from "../../../fleet/authority/make-request.ts";
import { verifyRequest } from "../../../fleet/authority/certificate-request.ts";
import { issueRevocationList, nextListUpdate } from "../../../fleet/authority/revocation-list.ts";
import { inProcessSigner } from "../../../fleet/authority/signers/in-process.ts";
import { toPem } from "../../../fleet/x509/pem.ts";
import { environment, issuerOf, makeAuthority } from "./support.ts";

/**
 * Writes `root.pem`, `intermediate.pem`, `list.crl` and a file for each certificate; their paths. Rejects where Node does
 * not accept one.
 */
export async function writeRandomLeaves(folder: string, count: number): Promise<readonly string[]> {
  const root = await makeAuthority("soak root");
  const authority = await makeAuthority("soak devices", { parent: root });
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
