import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { beforeAll, describe, expect, test } from "@jest/globals";
import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type Extension,
} from "@peculiar/x509";
import {
  defaultKeys,
  RequestError,
  verifyRequest,
  type RequestFault,
} from "../../../fleet/authority/certificate-request.ts";
import {
  bitString,
  context,
  element,
  oid,
  sequence,
  set,
  smallInteger,
  utf8String,
} from "../../../fleet/x509/der-writer.ts";
import { toPem } from "../../../fleet/x509/pem.ts";
import { alternativeNames, environment, makeRequest } from "./support.ts";

const policy = { environment, keys: defaultKeys };
const everyKey = { environment, keys: ["P-256", "P-384", "RSA"] as const };

/** A request written out by hand, for what no tool makes. */
function written(key: KeyObject, names: readonly Buffer[], attributes = context(0), signer = key): Buffer {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const subject = sequence(...names.map((name) => set(sequence(oid("2.5.4.3"), name))));
  const info = sequence(smallInteger(0), subject, spki, attributes);
  const isElliptic = key.asymmetricKeyType === "ec";
  const algorithm = isElliptic ? "1.2.840.10045.4.3.2" : "1.2.840.113549.1.1.11";
  const signature =
    key.asymmetricKeyType === "ed25519" ? sign(null, info, signer) : sign("sha256", info, signer);
  const algorithmOid = key.asymmetricKeyType === "ed25519" ? "1.3.101.112" : algorithm;
  return sequence(info, sequence(oid(algorithmOid)), bitString(signature));
}

const ellipticKey = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).privateKey;
const rsaKey = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength }).privateKey;

function faultOf(request: Uint8Array, rules: Parameters<typeof verifyRequest>[1] = policy): RequestError {
  try {
    verifyRequest(request, rules);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error("the request was taken");
}

let good: Buffer;
beforeAll(async () => {
  good = (await makeRequest("press-1")).der;
});

describe("requests that are taken", () => {
  test("DER and PEM, with remarks around it, by either label", () => {
    expect(verifyRequest(good, policy)).toMatchObject({ deviceId: "press-1", key: { kind: "P-256" } });
    for (const label of ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]) {
      const pem = `remark\n${toPem(good, label)}`;
      expect(verifyRequest(Buffer.from(pem), policy).deviceId).toBe("press-1");
    }
  });

  test("a request that asks for what a device gets anyway", async () => {
    const { der } = await makeRequest("press-1", {
      extensions: [
        alternativeNames({ type: "url", value: `urn:fleet:${environment}:press-1` }),
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      ],
    });
    expect(verifyRequest(der, policy).deviceId).toBe("press-1");
  });

  test("other names in the subject do not matter: they never reach a certificate", async () => {
    const { der } = await makeRequest("press-1", { subject: "C=DE, O=Works, CN=press-1" });
    expect(verifyRequest(der, policy).deviceId).toBe("press-1");
  });

  test("P-384 and RSA where the policy takes them", async () => {
    const { der } = await makeRequest("press-1", { curve: "P-384" });
    expect(verifyRequest(der, everyKey).key.kind).toBe("P-384");
    expect(verifyRequest(written(rsaKey(2048), [utf8String("press-1")]), everyKey).key.kind).toBe("RSA");
  });
});

describe("requests that are refused", () => {
  test("noise, emptiness, another PEM, two requests", () => {
    for (const bytes of [
      Buffer.alloc(0),
      randomBytes(300),
      Buffer.from("hello"),
      sequence(),
      Buffer.of(0x30, 0x80),
    ]) {
      expect(faultOf(bytes).fault).toBe("not a request");
    }
    expect(faultOf(Buffer.from(toPem(good, "CERTIFICATE"))).message).toContain("received 0 PEM blocks");
    const twice = toPem(good, "CERTIFICATE REQUEST").repeat(2);
    expect(faultOf(Buffer.from(twice)).message).toContain("received 2 PEM blocks");
  });

  test("a request cut off anywhere, or with something behind it", () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(faultOf(good.subarray(0, length)).fault).toBe("not a request");
    }
    expect(faultOf(Buffer.concat([good, Buffer.of(0)])).fault).toBe("not a request");
  });

  test("a request with any one bit changed", () => {
    for (let at = 0; at < good.length; at += 1) {
      for (const bit of [0x01, 0x80]) {
        const changed = Buffer.from(good);
        changed[at] = (changed[at] as number) ^ bit;
        expect(() => faultOf(changed)).not.toThrow();
      }
    }
  });

  test("a huge one, before it is looked into", () => {
    expect(faultOf(Buffer.alloc(20_000_000, 0x30)).message).toBe(
      "received 20000000 bytes; allowed: at most 16384 bytes of DER",
    );
    expect(faultOf(Buffer.from(toPem(Buffer.alloc(17_000), "CERTIFICATE REQUEST"))).fault).toBe("too large");
  });

  test("signed by another key than the one it names", () => {
    const der = written(ellipticKey("P-256"), [utf8String("press-1")], context(0), ellipticKey("P-256"));
    expect(faultOf(der)).toMatchObject({
      fault: "signature",
      message: expect.stringContaining("does not prove that who asks holds the key"),
    });
  });

  test("a signature by SHA-1", () => {
    const key = ellipticKey("P-256");
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    const subject = sequence(set(sequence(oid("2.5.4.3"), utf8String("press-1"))));
    const info = sequence(smallInteger(0), subject, spki, context(0));
    const der = sequence(info, sequence(oid("1.2.840.10045.4.1")), bitString(sign("sha1", info, key)));
    expect(faultOf(der).message).toContain("signed by the algorithm 1.2.840.10045.4.1");
  });

  test.each([
    ["RSA of 1024 bits", () => rsaKey(1024)],
    ["P-192", () => ellipticKey("prime192v1")],
    ["P-224", () => ellipticKey("secp224r1")],
    ["P-521", () => ellipticKey("secp521r1")],
    ["secp256k1", () => ellipticKey("secp256k1")],
    ["the algorithm 1.3.101.112", () => generateKeyPairSync("ed25519").privateKey],
    [
      "an elliptic curve without a name",
      () => generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" }).privateKey,
    ],
  ])("a key that devices should not have: %s", (name, key) => {
    const fault = faultOf(written(key(), [utf8String("press-1")]), everyKey);
    expect(fault).toMatchObject({ fault: "key" });
    expect(fault.message).toContain(`received ${name}; allowed: P-256, P-384, RSA of 2048 to 4096 bits`);
  });

  test("a point that does not lie on its curve", () => {
    const key = ellipticKey("P-256");
    const der = written(key, [utf8String("press-1")]);
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    const at = der.indexOf(spki.subarray(-64)) + 63;
    der[at] = (der[at] as number) ^ 1;
    expect(faultOf(der).fault).toBe("signature");
  });

  test.each([
    ["../../etc/passwd", "allowed: 1 to 64 of a-z"],
    ["press/1", "allowed: 1 to 64 of a-z"],
    ["*.press", "allowed: 1 to 64 of a-z"],
    ["+", "allowed: 1 to 64 of a-z"],
    ["#", "allowed: 1 to 64 of a-z"],
    ["press.example.com", "allowed: 1 to 64 of a-z"],
    ["-press", "allowed: 1 to 64 of a-z"],
    ["press-", "allowed: 1 to 64 of a-z"],
    ["Press-1", 'allowed: lower case, as in "press-1"'],
    ["", "received nothing"],
    ["a".repeat(65), "received 65 characters"],
    ["pr\u0435ss-1", "whose U+0435 is not an ASCII character, whatever it looks like"],
    ["press\u20101", "whose U+2010 is not an ASCII character"],
    ["press-1\u0000", "whose U+0000 is not an ASCII character"],
    ["press-1\u001b[2J", "whose U+001B is not an ASCII character"],
  ])("a name that is no device id: %j", (name, words) => {
    const fault = faultOf(written(ellipticKey("P-256"), [utf8String(name)]));
    expect(fault.fault).toBe("name");
    expect(fault.message).toContain(words);
    expect(fault.message).toMatch(/^[ -~]*$/);
  });

  test("no name, two names, a name in a string type of old", () => {
    const key = ellipticKey("P-256");
    expect(faultOf(written(key, [])).message).toContain("received 0 of them");
    const [first, second] = [utf8String("press-1"), utf8String("press-2")];
    expect(faultOf(written(key, [first, second])).message).toContain("received 2 of them");
    const wide = element(0x1e, Buffer.from("press-1", "utf16le").swap16());
    expect(faultOf(written(key, [wide])).message).toContain("a string type of old");
  });

  const wishes: readonly [string, string, readonly Extension[]][] = [
    [
      "a DNS name",
      "other subject alternative names",
      [alternativeNames({ type: "dns", value: "broker.example" })],
    ],
    ["an address", "other subject alternative names", [alternativeNames({ type: "ip", value: "10.0.0.1" })]],
    [
      "the URI of another device",
      "other subject alternative names",
      [alternativeNames({ type: "url", value: `urn:fleet:${environment}:press-2` })],
    ],
    [
      "a name besides its own",
      "other subject alternative names",
      [
        alternativeNames(
          { type: "url", value: `urn:fleet:${environment}:press-1` },
          { type: "dns", value: "broker.example" },
        ),
      ],
    ],
    ["to be an authority", "an authority's basic constraints", [new BasicConstraintsExtension(true)]],
    [
      "to sign certificates",
      "the right to sign certificates",
      [new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign)],
    ],
    ["to be a server", "other purposes", [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])]],
    [
      "to be a server as well",
      "other purposes",
      [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth])],
    ],
  ];
  test.each(wishes)("one that asks for %s", async (_what, words, extensions) => {
    const fault = faultOf((await makeRequest("press-1", { extensions })).der);
    expect(fault.fault).toBe("extension" satisfies RequestFault);
    expect(fault.message).toContain(words);
  });

  test("one that asks for the same extension twice, so that two readers read two things", () => {
    const names = (value: string) =>
      sequence(oid("2.5.29.17"), element(0x04, sequence(element(0x86, Buffer.from(value)))));
    const list = sequence(
      names(`urn:fleet:${environment}:press-1`),
      names(`urn:fleet:${environment}:press-2`),
    );
    const attributes = context(0, sequence(oid("1.2.840.113549.1.9.14"), set(list)));
    const fault = faultOf(written(ellipticKey("P-256"), [utf8String("press-1")], attributes));
    expect(fault.message).toBe("it asks for the extension 2.5.29.17 twice");
  });
});
