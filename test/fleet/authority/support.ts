/** Authorities and requests that somebody else's code made (@peculiar/x509, OpenSSL): what ours is checked against. */
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { execFileSync } from "node:child_process";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  webcrypto,
  type KeyObject,
} from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type X509Certificate,
} from "@peculiar/x509";
import { Issuer, type IssuerOptions } from "../../../fleet/authority/issuer.ts";
import { inProcessSigner } from "../../../fleet/authority/signers/in-process.ts";

export const environment = "plant-7";
const day = 86_400_000;

export interface Authority {
  readonly name: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
  /** PEM of the root above, or its own. */
  readonly root: string;
  readonly parsed: X509Certificate;
}

type Curve = "P-256" | "P-384";

const algorithmOf = (curve: Curve) => ({
  name: "ECDSA",
  namedCurve: curve,
  hash: curve === "P-256" ? "SHA-256" : "SHA-384",
});

export interface AuthorityOptions {
  readonly parent?: Authority;
  readonly curve?: Curve;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly isAuthority?: boolean;
}

export async function makeAuthority(name: string, options: AuthorityOptions = {}): Promise<Authority> {
  const { parent, curve = "P-256", from = -1, until = 1000, isAuthority = true } = options;
  const algorithm = algorithmOf(curve);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const signer = parent === undefined ? keys.privateKey : await imported(parent);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: "5a".repeat(16),
      subject: `CN=${name}, O=Fieldlake tests`,
      issuer: parent === undefined ? `CN=${name}, O=Fieldlake tests` : parent.parsed.subjectName,
      notBefore: new Date(Date.now() + from * day),
      notAfter: new Date(Date.now() + until * day),
      signingAlgorithm: parent === undefined ? algorithm : algorithmOf("P-256"),
      publicKey: keys.publicKey,
      signingKey: signer,
      extensions: [
        new BasicConstraintsExtension(isAuthority, undefined, true),
        new KeyUsagesExtension(
          isAuthority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature,
          true,
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(parent?.parsed.publicKey ?? keys.publicKey),
      ],
    },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const pem = `${certificate.toString("pem")}\n`;
  return {
    name,
    certificate: pem,
    key: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
    root: parent === undefined ? pem : parent.root,
    parsed: certificate,
  };
}

function imported({ key }: Authority) {
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", pkcs8, algorithmOf("P-256"), false, ["sign"]);
}

export function issuerOf(authority: Authority, options: Partial<IssuerOptions> = {}): Issuer {
  return new Issuer({
    certificate: authority.certificate,
    signer: inProcessSigner(authority.key, "test key"),
    environment,
    ...options,
  });
}

export interface RequestOptions {
  /** Default `CN=<id>`. */
  readonly subject?: string;
  readonly extensions?: readonly Extension[];
  readonly curve?: Curve;
  /** Default: a new one. */
  readonly key?: KeyObject;
}

/** DER of a request, and the key that it proves. */
export async function makeRequest(
  id: string,
  { subject = `CN=${id}`, extensions = [], curve = "P-256", key }: RequestOptions = {},
): Promise<{ readonly der: Buffer; readonly key: KeyObject }> {
  const algorithm = algorithmOf(curve);
  const keys =
    key === undefined
      ? await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
      : await pairOf(key, algorithm);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: subject, keys, signingAlgorithm: algorithm, extensions: [...extensions] },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    der: Buffer.from(request.rawData),
    key: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
  };
}

async function pairOf(key: KeyObject, algorithm: ReturnType<typeof algorithmOf>) {
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    privateKey: await subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
}

export const alternativeNames = (
  ...names: ConstructorParameters<typeof SubjectAlternativeNameExtension>[0] & object[]
) => new SubjectAlternativeNameExtension(names as never);

/** A folder that is gone after the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "fieldlake-fleet-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Whether a program is there; a test that goes without says so. */
export function hasProgram(name: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(name, args, { stdio: "ignore" });
    return true;
  } catch {
    console.warn(`${name} is not on this machine: what only it can tell is left out`);
    return false;
  }
}

export const openssl = (args: readonly string[], cwd: string): string =>
  execFileSync("openssl", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

export const newKey = (namedCurve = "P-256"): KeyObject =>
  generateKeyPairSync("ec", { namedCurve }).privateKey;
