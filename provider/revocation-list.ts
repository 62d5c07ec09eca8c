/** Certificate revocation lists by RFC 5280, section 5: version 2, with authority key identifier and CRL number. */
import { createPrivateKey, webcrypto } from "node:crypto";
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import {
  AuthorityKeyIdentifierExtension,
  cryptoProvider,
  Extension,
  X509Certificate,
  X509Crl,
  X509CrlGenerator,
} from "@peculiar/x509";

const dayMs = 86_400_000;
/** The list is re-issued at half of this. */
const validDays = 30;

export interface RevocationListArgs {
  readonly issuerCertificate: string;
  readonly issuerKey: string;
  /** Serial numbers in hex. */
  readonly serials: readonly string[];
  /** PEM of the list before this one: what was revoked keeps the date at which it was. */
  readonly previous: string | null;
  readonly now: Date;
}

/** PEM of a list signed by the issuer. */
export async function issueRevocationList(args: RevocationListArgs): Promise<string> {
  const crypto = cryptoProvider.get();
  const { algorithm, hash } = signingAlgorithm(args.issuerKey);
  const pkcs8 = createPrivateKey(args.issuerKey).export({ type: "pkcs8", format: "der" });
  const key = await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
  const issuer = new X509Certificate(args.issuerCertificate);
  const before = args.previous === null ? [] : new X509Crl(args.previous).entries;
  const dates = new Map(before.map((entry) => [entry.serialNumber.toLowerCase(), entry.revocationDate]));
  const list = await X509CrlGenerator.create(
    {
      issuer: issuer.subjectName,
      thisUpdate: args.now,
      nextUpdate: new Date(args.now.getTime() + validDays * dayMs),
      entries: args.serials.map((serialNumber) => ({
        serialNumber,
        revocationDate: dates.get(serialNumber) ?? args.now,
      })),
      extensions: [await AuthorityKeyIdentifierExtension.create(issuer, false, crypto), crlNumber(args.now)],
      signingKey: key,
      signingAlgorithm: { ...algorithm, hash },
    },
    crypto,
  );
  return pem(list.rawData);
}

/** The label by RFC 7468, section 6; the library would write one that OpenSSL does not read. */
function pem(der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN X509 CRL-----", ...lines, "-----END X509 CRL-----", ""].join("\n");
}

/** True in the second half of the list's life, and for anything that is not a list. */
export function isRevocationListDue(list: string, now: Date): boolean {
  try {
    const { nextUpdate } = new X509Crl(list);
    return nextUpdate === undefined || nextUpdate.getTime() - now.getTime() < (validDays / 2) * dayMs;
  } catch {
    return true;
  }
}

function signingAlgorithm(keyPem: string) {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(keyPem);
  switch (asymmetricKeyType) {
    case "ec": {
      const curves: Record<string, { namedCurve: string; hash: string }> = {
        prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
        secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
        secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
      };
      const curve = curves[asymmetricKeyDetails?.namedCurve ?? ""];
      if (curve !== undefined) {
        return { algorithm: { name: "ECDSA", namedCurve: curve.namedCurve }, hash: curve.hash };
      }
      break;
    }
    case "rsa":
      return { algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, hash: "SHA-256" };
  }
  throw new Error(
    `issuerKey: received a key of type ${asymmetricKeyType} ${asymmetricKeyDetails?.namedCurve ?? ""}; ` +
      "allowed: ECDSA P-256, P-384, P-521 or RSA",
  );
}

/** Grows with time, so that a later list has a higher number (RFC 5280, 5.2.3). */
function crlNumber(now: Date): Extension {
  let digits = now.getTime().toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  if (parseInt(digits.slice(0, 2), 16) >= 0x80) digits = `00${digits}`;
  const value = Buffer.from(digits, "hex");
  return new Extension("2.5.29.20", false, Buffer.concat([Buffer.from([0x02, value.length]), value]));
}
