/** Certificates of any quality for tests: authorities, devices, servers and revocation lists. */
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { KeyObject, sign, webcrypto } from "node:crypto";
import type { X509Certificate } from "@peculiar/x509";
import { DerReader, Tag } from "../../../fleet/x509/der-reader.ts";
import { element as der } from "../../../fleet/x509/der-writer.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;

export interface KeyAndCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  /** Hex. */
  readonly serial: string;
}

export interface LeafOptions {
  /** Default `CN=<name>`. */
  readonly subject?: string;
  /** Default: `clientAuth`; an empty list leaves the extension out. */
  readonly usages?: readonly ("clientAuth" | "serverAuth")[];
  /** Days from now; default -1. */
  readonly from?: number;
  /** Days from now; default 30. */
  readonly until?: number;
  /** Milliseconds from now, instead of `until`. */
  readonly untilMs?: number;
  readonly isAuthority?: boolean;
}

let serials = 0x1000;

/** Root, or intermediate below another authority. */
export class TestAuthority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: X509Certificate;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  static async create(name: string, parent: TestAuthority | null = null): Promise<TestAuthority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: nextSerial(),
        subject: `CN=${name}`,
        issuer: parent === null ? `CN=${name}` : parent.#certificate.subjectName,
        notBefore: new Date(Date.now() - day),
        notAfter: new Date(Date.now() + 365 * day),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: (parent === null ? keys : parent.#keys).privateKey,
        extensions: [
          new BasicConstraintsExtension(true, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
          await SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
      },
      webcrypto,
    );
    return new TestAuthority(keys, certificate);
  }

  /** PEM. */
  get certificate(): string {
    return `${this.#certificate.toString("pem")}\n`;
  }

  /** PEM, PKCS #8. */
  async key(): Promise<string> {
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", this.#keys.privateKey);
    return `${PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`;
  }

  async issue(name: string, options: LeafOptions = {}): Promise<KeyAndCertificate> {
    const {
      subject = `CN=${name}`,
      usages = ["clientAuth"],
      from = -1,
      until = 30,
      isAuthority = false,
    } = options;
    const keys = await newKeys();
    const serialNumber = nextSerial();
    const extensions: Extension[] = [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new KeyUsagesExtension(isAuthority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
      await AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
    ];
    if (usages.length > 0) {
      extensions.push(new ExtendedKeyUsageExtension(usages.map((usage) => ExtendedKeyUsage[usage])));
    }
    if (usages.includes("serverAuth")) {
      const names = [
        { type: "ip", value: "127.0.0.1" } as const,
        { type: "dns", value: "localhost" } as const,
      ];
      extensions.push(new SubjectAlternativeNameExtension(names));
    }
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber,
        subject,
        issuer: this.#certificate.subjectName,
        notBefore: new Date(Date.now() + from * day),
        notAfter: new Date(Date.now() + (options.untilMs ?? until * day)),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: this.#keys.privateKey,
        extensions,
      },
      webcrypto,
    );
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      certificate: `${certificate.toString("pem")}\n`,
      key: `${PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`,
      serial: serialNumber,
    };
  }

  /** PEM; `days`: until the next one is due, negative for one that has expired. */
  async revocationList(
    revoked: readonly string[] = [],
    days = 30,
    criticalExtension?: string,
  ): Promise<string> {
    const list = await X509CrlGenerator.create(
      {
        issuer: this.#certificate.subjectName,
        thisUpdate: new Date(Date.now() - 60 * day),
        nextUpdate: new Date(Date.now() + days * day),
        entries: revoked.map((serialNumber) => ({ serialNumber, revocationDate: new Date() })),
        extensions:
          criticalExtension === undefined
            ? []
            : [new Extension(criticalExtension, true, Buffer.from([2, 1, 1]))],
        signingAlgorithm: algorithm,
        signingKey: this.#keys.privateKey,
      },
      webcrypto,
    );
    return `${list.toString("pem")}\n`;
  }

  /** PEM, for more entries than @peculiar/x509 can read back: the elements of a small list around them. */
  async largeRevocationList(revoked: readonly string[]): Promise<string> {
    const small = new DerReader(fromPem(await this.revocationList(["01"]))).enter();
    const body = new DerReader(small.raw()).enter();
    const head = [body.raw(), body.raw(), body.raw(), body.raw(), body.raw()];
    const date = der(Tag.utcTime, Buffer.from("261123101500Z"));
    const entries = revoked.map((serial) =>
      der(Tag.sequence, der(Tag.integer, Buffer.from(serial, "hex")), date),
    );
    const signed = der(Tag.sequence, ...head, der(Tag.sequence, ...entries));
    const signature = sign("sha256", signed, KeyObject.from(this.#keys.privateKey));
    const list = der(Tag.sequence, signed, small.raw(), der(Tag.bitString, Buffer.from([0]), signature));
    return `${PemConverter.encode(list, "X509 CRL")}\n`;
  }
}

function fromPem(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** Positive, of even length. */
function nextSerial(): string {
  serials += 1;
  return `${serials.toString(16).padStart(8, "0")}00ab`;
}
