/** A linter of certificates (zlint, from its Go module) over a thousand random ones; it is left out, and said so, without Go. */
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from "@peculiar/x509";
import { expect, test } from "@jest/globals";
import { builtGo } from "../support/tools.ts";
import { writeRandomLeaves } from "./random-leaves.ts";
import { temporaryFolder } from "./support.ts";

const count = 1_000;
/** Of zlint 3.7.3, those that are not of the CA/Browser Forum: a device is no web server. */
const rules = 166;

/** A leaf as nobody should make one: a number of 21 octets, and a key that signs certificates. */
async function badLeaf(file: string): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "5a".repeat(21),
    name: "CN=press-1",
    signingAlgorithm: algorithm,
    keys: await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
    extensions: [new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  writeFileSync(file, certificate.toString("pem"));
  return file;
}

test("a thousand random certificates have no finding; a bad one does", async () => {
  const linter = await builtGo("zlint", resolve(import.meta.dirname, "zlint"));
  if (linter === null) return;
  const folder = temporaryFolder();
  try {
    const lint = (files: readonly string[]): readonly string[] =>
      execFileSync(linter, files, { encoding: "utf8", maxBuffer: 1 << 26 })
        .trim()
        .split("\n");
    const files = await writeRandomLeaves(folder.path, count);
    expect(lint([join(folder.path, "intermediate.pem"), ...files])).toEqual([
      `${count + 1} certificates ${rules} rules`,
    ]);
    const found = lint([await badLeaf(join(folder.path, "bad.pem"))]).join("\n");
    expect(found).toContain("e_serial_number_longer_than_20_octets");
    expect(found).toContain("e_ext_key_usage_cert_sign_without_ca");
  } finally {
    folder.remove();
  }
}, 240_000);
