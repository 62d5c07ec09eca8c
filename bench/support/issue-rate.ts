/**
 * One contender of bench/issue.ts that Node runs: `node issue-rate.ts <contender> <folder> <requests>` prints what it
 * took as JSON. The first tenth of the requests warms up.
 */
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { execFileSync } from "node:child_process";
import { webcrypto, createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { defaultKeys, verifyRequest } from "../../fleet/authority/certificate-request.ts";
import { Issuer } from "../../fleet/authority/issuer.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import { cpuSeconds } from "./cpu.ts";
import { readRequests } from "./issue-requests.ts";

const [contender = "", folder = "", count = ""] = process.argv.slice(2);
const environment = "bench";
const days = 90;
const certificate = readFileSync(join(folder, "issuer.pem"), "utf8");
const key = createPrivateKey(readFileSync(join(folder, "issuer.key")));

const contenders: Readonly<Record<string, () => Promise<(request: Buffer) => Promise<Buffer>>>> = {
  fieldlake: async () => {
    const issuer = new Issuer({ certificate, signer: inProcessSigner(key, "bench"), environment });
    const policy = { environment, keys: defaultKeys };
    return async (request) => (await issuer.issue(verifyRequest(request, policy), issuer.validity(days))).der;
  },
  peculiar: async () => {
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const pkcs8 = key.export({ type: "pkcs8", format: "der" });
    const signingKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    const issuer = new X509Certificate(certificate);
    return async (der) => {
      const request = new Pkcs10CertificateRequest(der);
      if (!(await request.verify(webcrypto))) throw new Error("not proved");
      const made = await X509CertificateGenerator.create(
        {
          subject: request.subject,
          issuer: issuer.subjectName,
          notBefore: new Date(),
          notAfter: new Date(Date.now() + days * 86_400_000),
          publicKey: request.publicKey,
          signingKey,
          signingAlgorithm: algorithm,
          extensions: [
            new BasicConstraintsExtension(false, undefined, true),
            new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
            new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
            await SubjectKeyIdentifierExtension.create(request.publicKey),
            await AuthorityKeyIdentifierExtension.create(issuer),
            new SubjectAlternativeNameExtension([
              { type: "url", value: `urn:fleet:${environment}:${request.subject.slice("CN=".length)}` },
            ]),
          ],
        },
        webcrypto,
      );
      return Buffer.from(made.rawData);
    };
  },
  openssl: async () => {
    writeFileSync(
      join(folder, "extensions"),
      "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n" +
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
    );
    const args =
      `x509 -req -inform DER -outform DER -CA issuer.pem -CAkey issuer.key -days ${days} -extfile extensions`.split(
        " ",
      );
    return async (input) =>
      execFileSync("openssl", args, { cwd: folder, input, stdio: ["pipe", "pipe", "ignore"] });
  },
};

const issue = await contenders[contender]?.();
if (issue === undefined) throw new Error(`the contenders are ${Object.keys(contenders).join(", ")}`);
const requests = [...readRequests(join(folder, "requests"))].slice(0, Number(count));
const warm = Math.floor(requests.length / 10);
for (const request of requests.slice(0, warm)) await issue(request);
const before = await cpuSeconds(process.pid, contender === "openssl");
const started = performance.now();
let last: Buffer = Buffer.alloc(0);
for (const request of requests.slice(warm)) last = await issue(request);
const seconds = (performance.now() - started) / 1000;
const used = (await cpuSeconds(process.pid, contender === "openssl")) - before;
writeFileSync(join(folder, `${contender}.der`), last);
console.log(JSON.stringify({ certificates: requests.length - warm, seconds, cpuSeconds: used }));
