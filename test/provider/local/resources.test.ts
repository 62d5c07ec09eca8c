import { randomBytes, X509Certificate as NodeCertificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { FieldlakeProvider } from "../../../provider/provider.ts";
import { isRevocationListDue, issueRevocationList } from "../../../provider/revocation-list.ts";
import { isSame, unwrapped } from "../../../provider/values.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-provider-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const provider = new FieldlakeProvider();
const urn = (type: string, name = "x") =>
  `urn:pulumi:dev::fieldlake::fieldlake:local:EncryptedLake$${type}::${name}`;
const keyringUrn = urn("fieldlake:local:Keyring", "lake-key");

describe("Keyring", () => {
  const file = join(folder, "keys", "lake.key");
  const inputs = { file, managed: true };

  test("makes a key of mode 0600 once; the key is in no output", async () => {
    const { id, outs } = await provider.create(keyringUrn, inputs);
    expect(id).toBe("lake-key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file, "utf8");
    expect(Buffer.from(key, "base64")).toHaveLength(32);
    expect(JSON.stringify(outs)).not.toContain(key.trim());
    const again = await provider.create(keyringUrn, inputs);
    expect(readFileSync(file, "utf8")).toBe(key);
    expect(again.outs).toEqual(outs);
  });

  test("sees nothing to do, and a wide mode is narrowed", async () => {
    const { outs } = await provider.create(keyringUrn, inputs);
    chmodSync(file, 0o644);
    expect(await provider.diff("lake-key", keyringUrn, outs, inputs)).toMatchObject({ changes: false });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a missing or exchanged key file stops the update and says what to do; it never makes a new key", async () => {
    const { outs } = await provider.create(keyringUrn, inputs);
    const key = readFileSync(file);
    rmSync(file);
    expect(await provider.diff("lake-key", keyringUrn, outs, inputs)).toMatchObject({ changes: true });
    await expect(provider.update("lake-key", keyringUrn, outs, inputs)).rejects.toThrow(
      /cannot be read \(ENOENT\): restore/,
    );
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, randomBytes(32).toString("base64"));
    await expect(provider.update("lake-key", keyringUrn, outs, inputs)).rejects.toThrow(
      /put the former key file back/,
    );
    writeFileSync(file, key);
    expect(await provider.update("lake-key", keyringUrn, outs, inputs)).toEqual({ outs });
  });

  test("an own key must exist, and survives delete", async () => {
    const own = { file: join(folder, "own.key"), managed: false };
    await expect(provider.create(keyringUrn, own)).rejects.toThrow(/own\.key cannot be read/);
    writeFileSync(own.file, randomBytes(32).toString("base64"));
    const { outs } = await provider.create(keyringUrn, own);
    await provider.delete("lake-key", keyringUrn, outs as Record<string, unknown>);
    expect(existsSync(own.file)).toBe(true);
    await provider.delete("lake-key", keyringUrn, inputs);
    expect(existsSync(file)).toBe(false);
  });

  test("refuses a relative path before anything is planned", async () => {
    const { failures } = await provider.check(keyringUrn, {}, { file: "keys/lake.key", managed: true });
    expect(failures).toEqual([
      { property: "file", reason: expect.stringContaining('received "keys/lake.key"') },
    ]);
  });
});

describe("modules", () => {
  test("settings are checked at preview, by path", async () => {
    const { failures } = await provider.check(
      urn("fieldlake:local:Lake"),
      {},
      { runFolder: folder, settings: {} },
    );
    expect(failures?.map(({ property }) => property)).toContain("settings.tenant");
  });

  test("a stopped site is the Site's business: an unchanged module has nothing to do", async () => {
    const state = { runFolder: folder, settings: { a: 1 } };
    const type = urn("fieldlake:local:Broker");
    expect(await provider.diff("x", type, state, state)).toMatchObject({ changes: false });
    expect(await provider.diff("x", type, state, { ...state, settings: { a: 2 } })).toMatchObject({
      changes: true,
    });
    const site = { runFolder: folder, keyFile: "/k" };
    expect(await provider.diff("x", urn("fieldlake:local:Site"), site, site)).toMatchObject({
      changes: true,
    });
  });

  test("an unknown type is refused by name", async () => {
    await expect(provider.create(urn("fieldlake:local:Nope"), {})).rejects.toThrow(
      /has no resource fieldlake:local:Nope/,
    );
  });
});

describe("the revocation list", () => {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] }).toString();
  const now = new Date("2026-11-24T00:00:00Z");

  test("is one that OpenSSL verifies and reads, keeps former dates, and is due at half its life", async () => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/O=Acme/CN=acme devices",
      "-days",
      "30",
    );
    const issuerCertificate = readFileSync(join(folder, "ca.pem"), "utf8");
    const issuerKey = readFileSync(join(folder, "ca.key"), "utf8");
    const first = await issueRevocationList({
      issuerCertificate,
      issuerKey,
      serials: ["0a01"],
      previous: null,
      now,
    });
    const later = new Date(now.getTime() + 86_400_000);
    const second = await issueRevocationList({
      issuerCertificate,
      issuerKey,
      serials: ["0a01", "7f02"],
      previous: first,
      now: later,
    });
    writeFileSync(join(folder, "list.pem"), second);
    const text = openssl("crl", "-in", "list.pem", "-CAfile", "ca.pem", "-text", "-noout");
    expect(text).toMatch(/Serial Number: 0A01\s+Revocation Date: Nov 24 /);
    expect(text).toMatch(/Serial Number: 7F02\s+Revocation Date: Nov 25 /);
    expect(text).toMatch(/X509v3 Authority Key Identifier/);
    expect(text).toMatch(/X509v3 CRL Number/);
    expect(new NodeCertificate(issuerCertificate).subject).toContain("acme devices");
    expect(isRevocationListDue(first, now)).toBe(false);
    expect(isRevocationListDue(first, new Date(now.getTime() + 16 * 86_400_000))).toBe(true);
    expect(isRevocationListDue("no list", now)).toBe(true);
  });

  test("an issuer key of another kind is refused with what is allowed", async () => {
    openssl("genpkey", "-algorithm", "ed25519", "-out", "ed.key");
    const issuerKey = readFileSync(join(folder, "ed.key"), "utf8");
    const args = {
      issuerCertificate: readFileSync(join(folder, "ca.pem"), "utf8"),
      issuerKey,
      serials: [],
      previous: null,
      now,
    };
    await expect(issueRevocationList(args)).rejects.toThrow(
      /received a key of type ed25519.*allowed: ECDSA P-256/,
    );
  });
});

describe("values", () => {
  test("secrets are unwrapped at any depth, equality ignores order", () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: { k: [1] },
    };
    expect(unwrapped({ a: [secret] })).toEqual({ a: [{ k: [1] }] });
    expect(isSame({ a: 1, b: { c: 2, d: undefined } }, { b: { c: 2 }, a: 1 })).toBe(true);
    expect(isSame([1, 2], [2, 1])).toBe(false);
  });
});
