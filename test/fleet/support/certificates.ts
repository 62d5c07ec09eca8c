/** Certificates for tests, made on the spot: X.509 v3 (RFC 5280) with P-256 keys, in a few lines of DER. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

export interface Identity {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

interface Signer extends Identity {
  readonly commonName: string;
  readonly key: KeyObject;
}

/** One encoded element: identifier, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length =
    content.length < 128
      ? Buffer.of(content.length)
      : content.length < 256
        ? Buffer.of(0x81, content.length)
        : Buffer.of(0x82, content.length >> 8, content.length & 0xff);
  return Buffer.concat([Buffer.of(tag), length, content]);
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));

const name = (commonName: string) =>
  sequence(der(0x31, sequence(identifier("550403"), der(0x0c, Buffer.from(commonName)))));

const time = (date: Date) => {
  const digits = date.toISOString().replace(/\D/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
};

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(identifier(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));

function issue(commonName: string, signer: Signer | null, extensions: readonly Buffer[]): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const day = 86_400_000;
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    name(signer?.commonName ?? commonName),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, signer?.key ?? privateKey);
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  const lines = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    commonName,
    key: privateKey,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** An authority, and what it signs. */
export function testAuthority(commonName = "test authority") {
  const basicConstraints = extension("551d13", true, sequence(der(0x01, Buffer.of(0xff))));
  const root = issue(commonName, null, [basicConstraints]);
  const loopback = extension("551d11", false, sequence(der(0x87, Buffer.of(127, 0, 0, 1))));
  return {
    certificate: root.certificate,
    server: (): Identity => issue("server", root, [loopback]),
    device: (id: string): Identity => issue(id, root, [extension("551d13", true, sequence())]),
  };
}
