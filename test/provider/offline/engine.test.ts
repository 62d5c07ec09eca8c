/** The offline providers under the real engine: preview, update, refresh, replacement, secrets, destroy. */

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PreviewStep } from "./engine-project.ts";
import { EngineProject } from "./engine-project.ts";
import { UNKNOWN, available, command, withFiles } from "./support.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

const config = new pulumi.Config();
const rootKey = new tls.PrivateKey("root-key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const root = new tls.SelfSignedCert("root", {
  privateKeyPem: rootKey.privateKeyPem,
  subject: { commonName: "Root" },
  validityPeriodHours: 1000,
  earlyRenewalHours: config.getNumber("early") ?? 0,
  allowedUses: ["cert_signing", "crl_signing"],
  isCaCertificate: true,
  maxPathLength: 0,
});
const deviceKey = new tls.PrivateKey("device-key", { algorithm: "ED25519" });
const name = new random.RandomPet("name", { keepers: { generation: config.get("generation") ?? "1" } });
const request = new tls.CertRequest("request", {
  privateKeyPem: deviceKey.privateKeyPem,
  subject: { commonName: name.id },
});
const device = new tls.LocallySignedCert("device", {
  caCertPem: root.certPem,
  caPrivateKeyPem: rootKey.privateKeyPem,
  certRequestPem: request.certRequestPem,
  validityPeriodHours: 500,
  allowedUses: ["digital_signature", config.get("purpose") ?? "client_auth"],
});
const password = new random.RandomPassword("password", { length: 40 });
const bytes = new random.RandomBytes("bytes", { length: 40 });
export const rootPem = root.certPem, devicePem = device.certPem, devicePrivate = deviceKey.privateKeyPem;
export const secrets = pulumi.all([rootKey.privateKeyPem, password.result, bytes.hex]);
export const subject = tls.getCertificateOutput({ content: device.certPem }).certificates[0].subject;
export const isSecret = pulumi.isSecret(password.result);
export const petName = name.id;
`;

const enginePresent = await available("pulumi", ["version"]);
if (!enginePresent) console.warn("no pulumi on PATH: the offline providers are not tried with the engine");

const summary = (steps: readonly PreviewStep[]): string[] =>
  steps
    .filter(({ op }) => !["create-replacement", "delete-replaced", "read"].includes(op))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
    .sort();

(enginePresent ? describe : describe.skip)("under the engine", () => {
  let project: EngineProject;
  beforeAll(async () => {
    project = await EngineProject.create(program);
  }, 60_000);
  afterAll(() => project?.remove());

  test("a stack is made, kept, changed and removed as with the real providers", async () => {
    const created = await project.preview();
    expect(created.filter(({ op }) => op === "create")).toHaveLength(9);
    const planned = created.find(({ urn }) => urn.endsWith("::device"))?.newState?.inputs;
    expect(planned).toMatchObject({ certRequestPem: UNKNOWN, caCertPem: UNKNOWN, validityPeriodHours: 500 });

    await project.up();
    const outputs = await project.outputs();
    expect(outputs["isSecret"]).toBe(true);
    expect(outputs["subject"]).toBe(`CN=${String(outputs["petName"])}`);
    if (await available("openssl", ["version"])) {
      const files = { "root.pem": String(outputs["rootPem"]), "leaf.pem": String(outputs["devicePem"]) };
      const verified = await withFiles(files, (folder) =>
        command("openssl", ["verify", "-x509_strict", "-CAfile", "root.pem", "leaf.pem"], folder),
      );
      expect(verified).toBe("leaf.pem: OK\n");
    }

    // Nothing secret stands in the state in clear. The first line of a key's base64 holds the secret number;
    // the last one of an ECDSA key is public, and stands in the public key as well.
    const written = await project.backendText();
    const secrets = [...(outputs["secrets"] as string[]), String(outputs["devicePrivate"])];
    const telling = secrets.flatMap(
      (secret) => secret.split("\n").find((line) => /^[^-].{29}/.test(line)) ?? [],
    );
    expect(telling).toHaveLength(4);
    expect(telling.filter((line) => written.includes(line))).toEqual([]);
    expect(written.includes("PRIVATE KEY")).toBe(false);
    expect(written.includes("BEGIN CERTIFICATE")).toBe(true);

    expect(await project.up("--expect-no-changes")).toMatch(/unchanged/);
    expect(await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")).toMatch(
      /unchanged/,
    );

    // In place: what the root has signed stays, since at the preview the root's certificate is known to stay.
    expect(summary(await project.preview("early=10"))).toEqual(["update root"]);
    expect(summary(await project.preview("generation=2"))).toEqual([
      "replace device",
      "replace name",
      "replace request",
      "update root",
    ]);
    await project.up();
    const changed = await project.outputs();
    expect(changed["rootPem"]).toBe(outputs["rootPem"]);
    expect(changed["devicePrivate"]).toBe(outputs["devicePrivate"]);
    expect(changed["petName"]).not.toBe(outputs["petName"]);
    expect(changed["devicePem"]).not.toBe(outputs["devicePem"]);

    // Due for renewal: the root and what it has signed are replaced.
    expect(summary(await project.preview("early=1000"))).toEqual(["replace device", "replace root"]);

    await expect(project.preview("purpose=signing")).rejects.toThrow(
      /resource 'device' has a problem: allowedUses\[1\]: must be one of .*client_auth.*; got .*signing/,
    );

    await project.pulumi("destroy", "--yes", "--skip-preview");
    expect(await project.backendText()).not.toContain("BEGIN CERTIFICATE");
  }, 120_000);
});
