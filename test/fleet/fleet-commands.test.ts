/** What is done with a fleet once it is issued: look, revoke, publish lists, audit, bundle. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { Revocations } from "../../fleet/admission/revocations.ts";
import { encryptedKey } from "../../fleet/authority/signers/key-file.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import { hasProgram, makeAuthority, openssl } from "./authority/support.ts";
import { certificateIn, fleetStack, type FleetStack } from "./support/fleet-stack.ts";

const day = 86_400_000;
const passphrase = "correct horse battery";
let stack: FleetStack;
beforeEach(async () => {
  stack = await fleetStack();
});
afterEach(() => {
  delete process.env["FIELDLAKE_KEY_PASSPHRASE"];
  stack.remove();
});

const issue = (...ids: string[]) =>
  stack.run("issue", ...ids.flatMap((id) => ["--id", id]), "--out", stack.path("made"));

describe("list, export and status", () => {
  test("show the same certificates as a table, JSON, CSV and PEM", async () => {
    await issue("press-1", "press-2", "wrist-1");
    await stack.run("revoke", "wrist-1", "--reason", "cessationOfOperation", "--yes");
    const listed = (await stack.json("list", "--prefix", "press-")) as { deviceId: string; serial: string }[];
    expect(listed.map(({ deviceId }) => deviceId)).toEqual(["press-1", "press-2"]);
    expect((await stack.run("list", "--state", "revoked")).output).toMatch(
      /wrist-1 .*revoked.*\(cessationOfOperation\)/,
    );
    const csv = (await stack.run("export")).output.trimEnd().split("\r\n");
    expect(csv[0]).toBe(
      "device_id,serial,state,not_before,not_after,key_kind,key_id,issuer,source,recorded_at,seen_at,ended_at,reason",
    );
    expect(csv[3]).toMatch(
      /^wrist-1,[0-9a-f]{40},revoked,.*,P-256,[0-9a-f]{32},[0-9a-f]{32},issued,.*,cessationOfOperation$/,
    );
    const file = stack.path("all.pem");
    expect((await stack.run("export", "--format", "pem", "--state", "issued", "--out", file)).notes).toEqual([
      "2 certificates exported",
    ]);
    expect(certificateIn(readFileSync(file, "utf8")).serialNumber.toLowerCase()).toBe(listed[0]?.serial);
    expect((await stack.run("export", "--out", file)).notes[0]).toContain("exists already");
    expect(JSON.parse((await stack.run("export", "--format", "json")).output)).toHaveLength(3);
    expect((await stack.run("status")).output).toContain(
      "certificates: 2 issued, 0 active, 0 superseded, 1 revoked, 0 expired",
    );
    expect((await stack.run("status", "nobody")).notes[0]).toBe('error: the registry does not know "nobody"');
  });
});

describe("revoke", () => {
  test("asks, wants known devices, all of them or nothing", async () => {
    await issue("press-1", "press-2");
    expect((await stack.run("revoke", "press-1")).notes.join("\n")).toMatch(
      /1 certificate of 1 device would be revoked.*\n.*--yes/,
    );
    const mixed = await stack.run("revoke", "press-1", "nobody", "--serial", "ff", "--yes");
    expect(mixed.code).toBe(2);
    expect(mixed.notes).toEqual([
      "error: nothing was revoked",
      '  "nobody": the registry does not know it',
      "  --serial ff: the registry has no such certificate",
    ]);
    const csv = stack.file("stolen.csv", "id\npress-1\npress-2\n");
    expect((await stack.run("revoke", "--csv", csv, "--reason", "privilegeWithdrawn", "--yes")).code).toBe(0);
    expect(await stack.json("status")).toMatchObject({ certificates: { issued: 0, revoked: 2 } });
    expect((await stack.run("revoke", "press-1", "--yes")).notes[1]).toContain(
      "no certificate that could be revoked",
    );
  });

  test("makes a list that OpenSSL and the broker's reader take, with reasons; the next has a higher number", async () => {
    await issue("press-1", "press-2");
    await stack.run("revoke", "press-1", "--reason", "keyCompromise", "--yes");
    const file = join(stack.path("data/fleet"), `${issuerId(stack.authority.certificate)}.crl`);
    const [authority] = [new X509Certificate(stack.authority.certificate)];
    const [one, two] = ["press-1", "press-2"].map((id) => certificateIn(stack.text(`made/${id}.pem`)));
    const list = Revocations.read(readFileSync(file, "utf8"), [authority]);
    expect([list.isRevoked(one as X509Certificate), list.isRevoked(two as X509Certificate)]).toEqual([
      true,
      false,
    ]);
    const [before] = (await stack
      .json("status")
      .then((status) => (status as { lists: { number: number }[] }).lists)) as [{ number: number }];
    expect((await stack.run("crl", "--if-due")).output).toMatch(/^kept list \d+: 1 revoked/);
    expect((await stack.run("crl", "--out", stack.path("mosquitto.crl"))).output).toMatch(
      /^made list \d+: 1 revoked/,
    );
    const { lists } = (await stack.json("status")) as { lists: { number: number; revoked: number }[] };
    expect(lists[0]?.number).toBeGreaterThan(before.number);
    if (!hasProgram("openssl", "version")) return;
    const shown = openssl(["crl", "-in", "mosquitto.crl", "-noout", "-text"], stack.folder);
    expect(shown).toContain("Key Compromise");
    expect(shown).toMatch(/Next Update/);
  });
});

describe("audit", () => {
  test("finds nothing in a young fleet, and everything that is wrong in an old one", async () => {
    await issue("press-1", "press-2", "press-3");
    // A certificate beside the keys is for everybody to read; a key in such a file is not.
    const beside = join(stack.folder, "keys", "intermediate.pem");
    writeFileSync(beside, stack.authority.certificate);
    expect(await stack.json("audit")).toEqual({ findings: [] });
    writeFileSync(beside, encryptedKey(stack.authority.key, passphrase));
    expect((await stack.run("audit")).output).toContain("is a key that others may read: chmod 600");
    rmSync(beside);
    const registry = await stack.registry();
    const issuer = issuerId(stack.authority.certificate);
    const at = new Date(Date.now() - 80 * day);
    const old = (deviceId: string, serial: string, change: object = {}) => ({
      kind: "certificate" as const,
      certificate: {
        deviceId,
        serial,
        issuer,
        notBefore: at,
        notAfter: new Date(at.getTime() + 90 * day),
        keyId: serial.slice(0, 32),
        keyKind: "P-256" as const,
        source: "imported" as const,
        recordedAt: at,
        der: Buffer.alloc(0),
        ...change,
      },
    });
    await registry.record([
      old("old-1", "41".repeat(20)),
      old("old-2", "42".repeat(20), { keyKind: "RSA", notAfter: new Date(Date.now() + 2 * day) }),
      { kind: "seen", serial: "42".repeat(20), at },
      {
        kind: "list",
        list: {
          issuer,
          number: 9,
          thisUpdate: at,
          nextUpdate: new Date(at.getTime() + 30 * day),
          revoked: 0,
        },
      },
    ]);
    await registry.close();
    chmodSync(stack.path("keys/fleet.key"), 0o644);
    const { code, output, notes } = await stack.run("audit", "--json");
    expect(code).toBe(1);
    const { findings } = JSON.parse(output) as {
      findings: { check: string; severity: string; subject: string }[];
    };
    expect(
      findings.map(
        ({ check, severity, subject }) => `${check} ${severity} ${subject.replace(stack.folder, "")}`,
      ),
    ).toEqual([
      "revocation list error list 9",
      "authority error /keys/fleet.key",
      "weak key warning old-2",
      "expiring warning old-1",
      "expiring error old-2",
      "never connected warning old-1",
    ]);
    expect(notes).toEqual(["error: 3 errors"]);
  });

  test("an authority near its end is told before it stops everybody", async () => {
    stack.remove();
    stack = await fleetStack({ until: 25 });
    expect((await stack.run("audit")).output).toMatch(
      /CN=dev devices, O=Fieldlake tests .*signs, and ends in 2[45] days/,
    );
  });
});

describe("bundle", () => {
  const made = (name: string) => stack.path(`made/${name}`);

  test("PEM: certificate, key, what to trust, and where to connect, in the device's name", async () => {
    await issue("press-1");
    const next = await makeAuthority("next root");
    const trust = stack.file("next-root.pem", next.certificate);
    const args = [
      "bundle",
      "press-1",
      "--key",
      made("press-1.key"),
      "--trust",
      trust,
      "--out",
      stack.path("b"),
    ];
    expect((await stack.run(...args)).output).toBe(`press-1: ready in ${stack.path("b")}\n`);
    expect(readdirSync(stack.path("b"))).toEqual([
      "certificate.pem",
      "connection.json",
      "key.pem",
      "trust.pem",
    ]);
    expect(
      certificateIn(stack.text("b/certificate.pem")).checkPrivateKey(
        createPrivateKey(stack.text("b/key.pem")),
      ),
    ).toBe(true);
    expect(stack.text("b/trust.pem")).toBe(stack.root.certificate + next.certificate);
    expect(JSON.parse(stack.text("b/connection.json"))).toEqual({
      deviceId: "press-1",
      host: "broker.example",
      port: 8883,
      topics: { telemetry: { topic: "devices/press-1/telemetry", qos: 1 } },
    });
  });

  test("key stores that OpenSSL and Java open, the chain and every root in them", async () => {
    await issue("press-1");
    const next = await makeAuthority("next root");
    const trust = stack.file("next-root.pem", next.certificate);
    const secret = stack.file("secret.txt", `${passphrase}\n`);
    const common = [
      "bundle",
      "press-1",
      "--key",
      made("press-1.key"),
      "--trust",
      trust,
      "--passphrase-file",
      secret,
    ];
    expect((await stack.run(...common, "--form", "java", "--out", stack.path("java"))).code).toBe(0);
    expect((await stack.run(...common, "--form", "pkcs12", "--out", stack.path("p12"))).code).toBe(0);
    expect(readdirSync(stack.path("java"))).toEqual([
      "connection.json",
      "keystore.p12",
      "kura.properties",
      "truststore.p12",
    ]);
    expect(stack.text("java/kura.properties")).toContain("MqttDataTransport.client-id=press-1\n");
    if (hasProgram("openssl", "version")) {
      const opened = openssl(
        ["pkcs12", "-in", "p12/keystore.p12", "-nodes", "-passin", `pass:${passphrase}`],
        stack.folder,
      );
      expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(4);
      expect(createPrivateKey(opened).equals(createPrivateKey(stack.text("made/press-1.key")))).toBe(true);
      expect(() =>
        openssl(["pkcs12", "-in", "p12/keystore.p12", "-nodes", "-passin", "pass:wrong"], stack.folder),
      ).toThrow("invalid password");
      const info = ["pkcs12", "-in", "p12/keystore.p12", "-info", "-noout", "-passin", `pass:${passphrase}`];
      const shown = execFileSync("sh", ["-c", `openssl ${info.map((word) => `'${word}'`).join(" ")} 2>&1`], {
        cwd: stack.folder,
        encoding: "utf8",
      });
      expect(shown).toContain("MAC: sha256, Iteration 10000");
      expect(shown).toContain("PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256");
    }
    if (!hasProgram("keytool", "-help")) return;
    const keytool = (store: string) =>
      execFileSync("keytool", ["-list", "-v", "-keystore", stack.path(store), "-storepass", passphrase], {
        encoding: "utf8",
      });
    const keys = keytool("java/keystore.p12");
    expect(keys).toMatch(/Your keystore contains 1 entry/);
    expect(keys).toMatch(
      /Alias name: press-1[\s\S]*Entry type: PrivateKeyEntry[\s\S]*Certificate chain length: 2/,
    );
    const trusted = keytool("java/truststore.p12");
    expect(trusted.match(/Entry type: trustedCertEntry/g)).toHaveLength(2);
  }, 60_000);

  test("a batch into key stores: none left in clear, the same again is nothing new", async () => {
    const secret = stack.file("secret.txt", passphrase);
    const args = [
      "issue",
      "--id",
      "a",
      "--id",
      "b",
      "--pkcs12",
      "--passphrase-file",
      secret,
      "--out",
      stack.path("made"),
    ];
    expect((await stack.run(...args)).code).toBe(0);
    expect(readdirSync(stack.path("made"))).toEqual(["a.p12", "b.p12"]);
    expect((await stack.run(...args)).notes).toEqual([
      `0 issued, 2 had been before, 0 refused in ${stack.path("made")}`,
    ]);
    if (!hasProgram("openssl", "version")) return;
    const opened = openssl(
      ["pkcs12", "-in", "a.p12", "-nodes", "-passin", `pass:${passphrase}`],
      stack.path("made"),
    );
    expect(certificateIn(opened.slice(opened.indexOf("-----BEGIN CERTIFICATE"))).subject).toBe("CN=a");
  });

  test("refuses a key that is not the device's, a device without a certificate, a short passphrase", async () => {
    await issue("press-1", "press-2");
    const out = ["--out", stack.path("b")];
    expect((await stack.run("bundle", "press-1", "--key", made("press-2.key"), ...out)).notes[0]).toContain(
      "is not the key of the device's newest certificate",
    );
    expect((await stack.run("bundle", "nobody", ...out)).notes[0]).toContain("has no certificate in force");
    const short = ["--passphrase-file", stack.file("short.txt", "short")];
    const store = await stack.run(
      "bundle",
      "press-1",
      "--key",
      made("press-1.key"),
      "--form",
      "java",
      ...short,
      ...out,
    );
    expect(store.notes[0]).toContain("the passphrase: received 5 characters; allowed: at least 12");
  });
});

describe("an authority without a stack", () => {
  test("issues by an encrypted key file, with everything that a file says wrong told at once", async () => {
    stack.file("ca/intermediate.pem", stack.authority.certificate);
    stack.file("ca/root.pem", stack.root.certificate);
    stack.file("ca/key.pem", encryptedKey(stack.authority.key, passphrase));
    const description = {
      environment: "plant-9",
      certificate: "intermediate.pem",
      signer: { kind: "key-file", file: "key.pem" },
      root: "root.pem",
      registry: { folder: "registry", keyFile: "registry.key" },
    };
    const file = stack.file("ca/authority.json", JSON.stringify(description));
    const blind = await stack.run("issue", "--id", "press-1", "--authority", file);
    expect(blind.notes.join("\n")).toContain("set FIELDLAKE_KEY_PASSPHRASE in the environment");
    process.env["FIELDLAKE_KEY_PASSPHRASE"] = passphrase;
    const { code, output } = await stack.run("issue", "--id", "press-1", "--authority", file);
    expect(code).toBe(0);
    expect(certificateIn(output.slice(output.indexOf("-----BEGIN CERTIFICATE"))).subjectAltName).toBe(
      "URI:urn:fleet:plant-9:press-1",
    );
    process.env["FIELDLAKE_KEY_PASSPHRASE"] = "another passphrase";
    expect((await stack.run("issue", "--id", "press-2", "--authority", file)).notes[0]).toContain(
      "does not open",
    );

    const wrong = {
      ...description,
      environment: "NO",
      certificateDays: 1,
      signer: { kind: "key", key: "-----BEGIN x" },
      colour: 1,
    };
    const { notes } = await stack.run(
      "list",
      "--authority",
      stack.file("ca/wrong.json", JSON.stringify(wrong)),
    );
    expect(notes[0]).toMatch(/--authority .*wrong\.json: 3 mistakes/);
    const inClear = { ...description, signer: { kind: "key", key: "-----BEGIN x" } };
    const clear = await stack.run(
      "list",
      "--authority",
      stack.file("ca/clear.json", JSON.stringify(inClear)),
    );
    expect(clear.notes.join("\n")).toContain("a private key does not stand in a file in clear");
  });
});
