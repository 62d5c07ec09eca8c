/** A throw-away authority for benchmarks and soaks: root, server, devices, an empty revocation list. */
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
} from "@peculiar/x509";
import { issueRevocationList } from "../../provider/revocation-list.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

export interface Credential {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

export interface Authority {
  /** PEM of the root. */
  readonly trust: string;
  readonly revocationList: string;
  server(): Promise<Credential>;
  device(id: string): Promise<Credential>;
}

export async function createAuthority(): Promise<Authority> {
  const keys = await newKeys();
  const validity = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 30 * dayMs) };
  const root = await X509CertificateGenerator.createSelfSigned({
    name: "CN=bench root",
    keys,
    ...validity,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const trust = root.toString("pem");
  const leaf = async (name: string, extensions: Extension[]): Promise<Credential> => {
    const own = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: root.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity,
      extensions: [...extensions, await AuthorityKeyIdentifierExtension.create(root)],
    });
    return { certificate: certificate.toString("pem"), privateKey: await pem(own.privateKey) };
  };
  return {
    trust,
    revocationList: await issueRevocationList({
      issuerCertificate: trust,
      issuerKey: await pem(keys.privateKey),
      serials: [],
      previous: null,
      now: new Date(),
    }),
    server: () =>
      leaf("localhost", [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
        ]),
      ]),
    device: (id) => leaf(id, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]),
  };
}

const newKeys = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function pem(key: Parameters<typeof crypto.subtle.exportKey>[1]): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
