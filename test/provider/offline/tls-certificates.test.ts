/** Certificates and requests, judged by `openssl` as strictly as it can. */

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import { available, command, opened, resource, textOf, tlsProvider, tlsToken, withFiles } from "./support.ts";

const opensslPresent = await available("openssl", ["version"]);
if (!opensslPresent) console.warn("no openssl on this machine: certificates are not judged by it");
const suite = opensslPresent ? describe : describe.skip;

const warnings: string[] = [];
const provider = tlsProvider({ warn: (message) => warnings.push(message) });
const keys = resource(provider, tlsToken("PrivateKey"));
const requests = resource(provider, tlsToken("CertRequest"));
const selfSigned = resource(provider, tlsToken("SelfSignedCert"));
const locallySigned = resource(provider, tlsToken("LocallySignedCert"));

const newKey = async (inputs: WireMap): Promise<string> =>
  opened((await keys.create(inputs)).state["privateKeyPem"]);

const authorityUses = ["cert_signing", "crl_signing", "digital_signature"];

const newRoot = async (key: string, more: WireMap = {}): Promise<string> => {
  const { state } = await selfSigned.create({
    privateKeyPem: key,
    subject: { commonName: "Root", organization: "Fieldlake" },
    validityPeriodHours: 48,
    allowedUses: authorityUses,
    isCaCertificate: true,
    ...more,
  });
  return textOf(state, "certPem");
};

const newRequest = async (key: string, inputs: WireMap): Promise<string> =>
  textOf((await requests.create({ privateKeyPem: key, ...inputs })).state, "certRequestPem");

interface Authority {
  readonly key: string;
  readonly certificate: string;
}

const sign = async (authority: Authority, request: string, more: WireMap): Promise<string> => {
  const { state } = await locallySigned.create({
    caPrivateKeyPem: authority.key,
    caCertPem: authority.certificate,
    certRequestPem: request,
    validityPeriodHours: 24,
    allowedUses: ["digital_signature"],
    ...more,
  });
  return textOf(state, "certPem");
};

const details = (certificate: string): Promise<string> =>
  withFiles({ "c.pem": certificate }, (folder) =>
    command(
      "openssl",
      ["x509", "-in", "c.pem", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus"],
      folder,
    ),
  );

const verify = (files: Record<string, string>, purpose: string): Promise<string> =>
  withFiles(files, (folder) => {
    const untrusted = "intermediate.pem" in files ? ["-untrusted", "intermediate.pem"] : [];
    const options = ["-x509_strict", "-CAfile", "root.pem", ...untrusted, "-purpose", purpose];
    return command("openssl", ["verify", ...options, "leaf.pem"], folder);
  });

const algorithms: [string, WireMap][] = [
  ["RSA", { algorithm: "RSA" }],
  ["ECDSA P224", { algorithm: "ECDSA" }],
  ["ECDSA P256", { algorithm: "ECDSA", ecdsaCurve: "P256" }],
  ["ECDSA P384", { algorithm: "ECDSA", ecdsaCurve: "P384" }],
  ["ECDSA P521", { algorithm: "ECDSA", ecdsaCurve: "P521" }],
  ["ED25519", { algorithm: "ED25519" }],
];

suite.each(algorithms)("with keys for %s", (_name, keyInputs) => {
  test("a chain of root, intermediate and leaf holds under -x509_strict, for server and client", async () => {
    const rootKey = await newKey(keyInputs);
    const root = { key: rootKey, certificate: await newRoot(rootKey, { maxPathLength: 1 }) };
    const intermediateKey = await newKey(keyInputs);
    const makeRequest = await newRequest(intermediateKey, {
      subject: { commonName: "Intermediate" },
    });
    const intermediate = {
      key: intermediateKey,
      certificate: await sign(root, makeRequest, {
        allowedUses: authorityUses,
        isCaCertificate: true,
        maxPathLength: 0,
      }),
    };
    const leafRequest = await newRequest(await newKey(keyInputs), {
      subject: { commonName: "sensor-1" },
      dnsNames: ["sensor-1.example"],
      ipAddresses: ["192.0.2.1", "2001:db8::1"],
      uris: ["urn:device:sensor-1"],
    });
    const leaf = await sign(intermediate, leafRequest, {
      allowedUses: ["digital_signature", "key_agreement", "server_auth", "client_auth"],
      setSubjectKeyId: true,
    });
    const files = {
      "root.pem": root.certificate,
      "intermediate.pem": intermediate.certificate,
      "leaf.pem": leaf,
    };
    for (const purpose of ["sslserver", "sslclient"]) {
      expect(await verify(files, purpose)).toBe("leaf.pem: OK\n");
    }
    const { "intermediate.pem": _left, ...incomplete } = files;
    await expect(verify(incomplete, "sslserver")).rejects.toThrow(/unable to get local issuer certificate/);
  });

  test("a request is signed by its key", async () => {
    const request = await newRequest(await newKey(keyInputs), { dnsNames: ["a.example"] });
    await withFiles({ "r.pem": request }, async (folder) => {
      const text = await command("openssl", ["req", "-in", "r.pem", "-noout", "-verify", "-text"], folder);
      expect(text).toMatch(/verify OK/);
      expect(text).toMatch(/DNS:a\.example/);
    });
  });
});

suite("with one authority", () => {
  let root: Authority;
  beforeAll(async () => {
    const key = await newKey({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    root = { key, certificate: await newRoot(key, { setAuthorityKeyId: true }) };
  });
  afterAll(() => expect(warnings).toHaveLength(1));

  test("a path length of 0 is put in: the authority can't make another one", async () => {
    const key = await newKey({ algorithm: "ED25519" });
    const inputs = { allowedUses: authorityUses, isCaCertificate: true, maxPathLength: 0 };
    const certificate = await sign(root, await newRequest(key, { subject: { commonName: "I" } }), inputs);
    expect(await details(certificate)).toMatch(/CA:TRUE, pathlen:0/);
    const next = await newKey({ algorithm: "ED25519" });
    const nested = await sign(
      { key, certificate },
      await newRequest(next, { subject: { commonName: "J" } }),
      inputs,
    );
    const leafKey = await newKey({ algorithm: "ED25519" });
    const leaf = await sign({ key: next, certificate: nested }, await newRequest(leafKey, {}), {});
    const files = {
      "root.pem": root.certificate,
      "intermediate.pem": certificate + nested,
      "leaf.pem": leaf,
    };
    await expect(verify(files, "any")).rejects.toThrow(/path length constraint exceeded/);
  });

  test.each([{}, { maxPathLength: -1 }])("no path length for %j", async (more) => {
    const certificate = await newRoot(root.key, more);
    expect(await details(certificate)).toMatch(/CA:TRUE\n/);
  });

  test("every use has its bit or identifier", async () => {
    const uses = provider.definition.resources
      .find(({ token }) => token === tlsToken("SelfSignedCert"))
      ?.properties["allowedUses"]?.description.match(/[a-z]+(_[a-z]+)+|timestamping/g);
    expect(uses).toHaveLength(23);
    const request = await newRequest(await newKey({ algorithm: "ED25519" }), {});
    const text = await details(await sign(root, request, { allowedUses: uses }));
    expect(text).toContain(
      "Digital Signature, Non Repudiation, Key Encipherment, Data Encipherment, Key Agreement, " +
        "Certificate Sign, CRL Sign, Encipher Only, Decipher Only",
    );
    for (const name of [
      ...["Any Extended Key Usage", "TLS Web Server Authentication", "TLS Web Client Authentication"],
      ...["Code Signing", "E-mail Protection", "IPSec End System", "IPSec Tunnel", "IPSec User"],
      ...["Time Stamping", "OCSP Signing", "Microsoft Server Gated Crypto", "Netscape Server Gated Crypto"],
      ...["Microsoft Commercial Code Signing", "1.3.6.1.4.1.311.61.1.1"],
    ]) {
      expect(text).toContain(name);
    }
    const none = await details(await sign(root, request, { allowedUses: [] }));
    expect(none).not.toMatch(/Key Usage/);
  });

  test("the subject stands in the order of the real provider; a request's e-mail address is not taken over", async () => {
    const subject = {
      commonName: 'Straße, "7"',
      country: "DE",
      emailAddress: "a@example.org",
      locality: "L",
      organization: "O",
      organizationalUnit: "U",
      postalCode: "1",
      province: "P",
      serialNumber: "S",
      streetAddresses: ["Z 1", "A 2"],
    };
    const order = 'C=DE,ST=P,L=L,street=A 2+street=Z 1,postalCode=1,O=O,OU=U,CN=Straße, "7",serialNumber=S';
    const text = await details(await newRoot(root.key, { subject }));
    expect(text).toContain(`Subject: ${order},emailAddress=a@example.org\n`);
    const request = await newRequest(await newKey({ algorithm: "ED25519" }), { subject });
    expect(await details(await sign(root, request, {}))).toContain(`Subject: ${order}\n`);
  });

  test("alternative names are critical only where there is no subject", async () => {
    const key = await newKey({ algorithm: "ED25519" });
    const names = { dnsNames: ["a.example", "*.b.example"], ipAddresses: ["::ffff:192.0.2.1", "2001:DB8::"] };
    const anonymous = await details(await sign(root, await newRequest(key, names), {}));
    expect(anonymous).toMatch(/Subject Alternative Name: critical\n/);
    expect(anonymous).toMatch(
      /DNS:a\.example, DNS:\*\.b\.example, IP Address:192\.0\.2\.1, IP Address:2001:DB8:0:0:0:0:0:0\n/,
    );
    const subject = { commonName: "x" };
    const named = await details(await sign(root, await newRequest(key, { ...names, subject }), {}));
    expect(named).toMatch(/Subject Alternative Name: \n/);
  });

  test("key identifiers: the authority's always, the subject's where asked for", async () => {
    const [, ownOfRoot] =
      /Subject Key Identifier: \n\s+([0-9A-F:]+)/.exec(await details(root.certificate)) ?? [];
    const request = await newRequest(await newKey({ algorithm: "RSA" }), { subject: { commonName: "x" } });
    const bare = await details(await sign(root, request, {}));
    expect(bare).not.toMatch(/Subject Key Identifier/);
    expect(bare).toMatch(new RegExp(`Authority Key Identifier: \\n\\s+${ownOfRoot}`));
    expect(await details(await sign(root, request, { setSubjectKeyId: true }))).toMatch(
      /Subject Key Identifier/,
    );
    expect(await details(root.certificate)).toMatch(
      new RegExp(`Authority Key Identifier: \\n\\s+${ownOfRoot}`),
    );
    expect(await details(await newRoot(root.key))).not.toMatch(/Authority Key Identifier/);
  });

  test("a certificate for longer than UTCTime reaches has the right end", async () => {
    const certificate = await newRoot(root.key, { validityPeriodHours: 24 * 365 * 60 });
    const end = new Date(Date.now() + 24 * 365 * 60 * 3_600_000).getUTCFullYear();
    expect(await details(certificate)).toMatch(new RegExp(`Not After : .* ${end} GMT`));
    await expect(newRoot(root.key, { validityPeriodHours: 24 * 366 * 9_000 })).rejects.toThrow(
      /^validityPeriodHours: must end before the year 10000/,
    );
  });

  test("an authority that is none signs, with a warning", async () => {
    const key = await newKey({ algorithm: "ED25519" });
    const certificate = await sign(root, await newRequest(key, { subject: { commonName: "leaf" } }), {});
    const leaf = await sign(
      { key, certificate },
      await newRequest(await newKey({ algorithm: "ED25519" }), {}),
      {},
    );
    expect(warnings).toEqual([
      "caCertPem is not the certificate of an authority: what it signs may be refused",
    ]);
    const files = { "root.pem": root.certificate, "intermediate.pem": certificate, "leaf.pem": leaf };
    await expect(verify(files, "any")).rejects.toThrow(/invalid CA certificate/);
  });

  test("what does not belong together is refused", async () => {
    const key = await newKey({ algorithm: "ED25519" });
    const request = await newRequest(key, { subject: { commonName: "x" } });
    await expect(sign({ ...root, key }, request, {})).rejects.toThrow(
      "caPrivateKeyPem: must be the private key of the certificate in caCertPem; it is not",
    );
    await expect(sign({ ...root, certificate: request }, request, {})).rejects.toThrow(
      'caCertPem: must be a PEM text with a "CERTIFICATE" block; got "CERTIFICATE REQUEST"',
    );
    const der = Buffer.from(request.split("\n").slice(1, -2).join(""), "base64");
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(sign(root, forged, {})).rejects.toThrow(
      "certRequestPem: the certificate request is not signed by the key it is for",
    );
    const anonymous = await newRequest(key, {});
    await expect(sign(root, anonymous, { isCaCertificate: true })).rejects.toThrow(
      /^certRequestPem: must have a subject/,
    );
  });
});
