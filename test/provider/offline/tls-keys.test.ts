/** Keys in every form, read by OpenSSL and OpenSSH. */

import { createHash, createPublicKey } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import {
  UNKNOWN,
  available,
  command,
  opened,
  resource,
  textOf,
  tlsProvider,
  tlsToken,
  withFiles,
} from "./support.ts";

const provider = tlsProvider();
const keys = resource(provider, tlsToken("PrivateKey"));

const kinds: [string, WireMap, string, string | undefined][] = [
  ["RSA", { algorithm: "RSA" }, "RSA PRIVATE KEY", "ssh-rsa"],
  ["RSA of 1024 bits", { algorithm: "RSA", rsaBits: 1024 }, "RSA PRIVATE KEY", "ssh-rsa"],
  ["ECDSA P224", { algorithm: "ECDSA" }, "EC PRIVATE KEY", undefined],
  ["ECDSA P256", { algorithm: "ECDSA", ecdsaCurve: "P256" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp256"],
  ["ECDSA P384", { algorithm: "ECDSA", ecdsaCurve: "P384" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp384"],
  ["ECDSA P521", { algorithm: "ECDSA", ecdsaCurve: "P521" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp521"],
  ["ED25519", { algorithm: "ED25519" }, "PRIVATE KEY", "ssh-ed25519"],
];

const opensshPresent = await available("ssh-keygen", ["-?"]);
if (!opensshPresent) console.warn("no ssh-keygen on this machine: OpenSSH forms are not read by OpenSSH");
const opensslPresent = await available("openssl", ["version"]);
if (!opensslPresent) console.warn("no openssl on this machine: keys are not read by it");
const testWithOpenssl = opensslPresent ? test : test.skip;

describe.each(kinds)("a key for %s", (_name, inputs, label, sshName) => {
  test("has the outputs of the real provider, private ones secret", async () => {
    const { id, state } = await keys.create(inputs);
    expect(Object.keys(state).sort()).toEqual([
      "__meta",
      "algorithm",
      "ecdsaCurve",
      "id",
      "privateKeyOpenssh",
      "privateKeyPem",
      "privateKeyPemPkcs8",
      "publicKeyFingerprintMd5",
      "publicKeyFingerprintSha256",
      "publicKeyOpenssh",
      "publicKeyPem",
      "rsaBits",
    ]);
    expect(state["__meta"]).toBe('{"schema_version":"1"}');
    expect(opened(state["privateKeyPem"]).startsWith(`-----BEGIN ${label}-----\n`)).toBe(true);
    expect(opened(state["privateKeyPemPkcs8"]).startsWith("-----BEGIN PRIVATE KEY-----\n")).toBe(true);
    expect(textOf(state, "publicKeyOpenssh").startsWith(sshName ? `${sshName} ` : "")).toBe(true);
    expect(textOf(state, "publicKeyOpenssh") === "").toBe(sshName === undefined);
    const der = createPublicKey(textOf(state, "publicKeyPem")).export({ format: "der", type: "spki" });
    const trimmed = Buffer.from(der.toString("latin1").replace(/[\t-\r ]+$/, ""), "latin1");
    expect(id).toBe(createHash("sha1").update(trimmed).digest("hex"));
  });

  testWithOpenssl("is the same key in every form, to OpenSSL", async () => {
    const { state } = await keys.create(inputs);
    const files = {
      "key.pem": opened(state["privateKeyPem"]),
      "key8.pem": opened(state["privateKeyPemPkcs8"]),
    };
    await withFiles(files, async (folder) => {
      for (const name of Object.keys(files)) {
        const publicKey = await command("openssl", ["pkey", "-in", name, "-pubout"], folder);
        expect(publicKey).toBe(state["publicKeyPem"]);
      }
    });
  });

  test("is the same key to OpenSSH, with the same fingerprints", async () => {
    const { state } = await keys.create(inputs);
    if (sshName === undefined) {
      expect(opened(state["privateKeyOpenssh"])).toBe("");
      return;
    }
    if (!opensshPresent) return;
    const files = {
      key: opened(state["privateKeyOpenssh"]),
      "key.pub": textOf(state, "publicKeyOpenssh"),
    };
    await withFiles(files, async (folder) => {
      const publicKey = await command("ssh-keygen", ["-y", "-f", "key"], folder);
      expect(publicKey.trim()).toBe(textOf(state, "publicKeyOpenssh").trim());
      const md5 = await command("ssh-keygen", ["-l", "-E", "md5", "-f", "key.pub"], folder);
      expect(md5).toContain(` MD5:${textOf(state, "publicKeyFingerprintMd5")} `);
      const sha256 = await command("ssh-keygen", ["-l", "-E", "sha256", "-f", "key.pub"], folder);
      expect(sha256).toContain(` ${textOf(state, "publicKeyFingerprintSha256")} `);
    });
  });

  test("gives its public half through getPublicKey, from each form", async () => {
    const { state } = await keys.create(inputs);
    const forms = [
      { privateKeyPem: opened(state["privateKeyPem"]) },
      { privateKeyPem: opened(state["privateKeyPemPkcs8"]) },
      { privateKeyOpenssh: opened(state["privateKeyPem"]) },
      ...(sshName === undefined ? [] : [{ privateKeyOpenssh: opened(state["privateKeyOpenssh"]) }]),
    ];
    for (const form of forms) {
      const { result } = await provider.invoke("tls:index/getPublicKey:getPublicKey", form);
      const { id, publicKeyPem, publicKeyOpenssh, publicKeyFingerprintMd5, publicKeyFingerprintSha256 } =
        state;
      const half = {
        id,
        publicKeyPem,
        publicKeyOpenssh,
        publicKeyFingerprintMd5,
        publicKeyFingerprintSha256,
      };
      expect(result).toEqual({ ...form, ...half, algorithm: inputs["algorithm"] });
    }
  });
});

test("two keys are never the same", async () => {
  const [one, other] = await Promise.all([
    keys.create({ algorithm: "ED25519" }),
    keys.create({ algorithm: "ED25519" }),
  ]);
  expect(one.id).not.toBe(other.id);
});

test("a preview knows the inputs with their defaults and nothing else", async () => {
  const { algorithm, ecdsaCurve, rsaBits, ...others } = await keys.preview({ algorithm: "ECDSA" });
  expect({ algorithm, ecdsaCurve, rsaBits }).toEqual({
    algorithm: "ECDSA",
    ecdsaCurve: "P224",
    rsaBits: 2048,
  });
  expect(new Set(Object.values(others))).toEqual(new Set([UNKNOWN]));
  expect((await keys.preview({ algorithm: UNKNOWN }))["algorithm"]).toBe(UNKNOWN);
});

test.each<[WireMap, string]>([
  [{ algorithm: "DSA" }, 'algorithm: must be one of "RSA", "ECDSA", "ED25519"; got "DSA"'],
  [
    { algorithm: "ECDSA", ecdsaCurve: "P111" },
    'ecdsaCurve: must be one of "P224", "P256", "P384", "P521"; got "P111"',
  ],
  [{ algorithm: "RSA", rsaBits: 512 }, "rsaBits: must be from 1024 to 16384; got 512"],
  [{ algorithm: "RSA", rsaBits: 2048.5 }, "rsaBits: must be a whole number; got 2048.5"],
  [{ algorithm: ["RSA"] }, 'algorithm: must be a string; got ["RSA"]'],
  [{}, "algorithm: is required: Algorithm of the key: RSA, ECDSA, ED25519."],
])("%j is refused", (inputs, message) => {
  expect(keys.failures(inputs)).toEqual([message]);
});

test("a state of version 0 is brought to version 1 and is no reason to replace the key", async () => {
  const { state } = await keys.create({ algorithm: "RSA" });
  const { __meta, privateKeyOpenssh, privateKeyPemPkcs8, publicKeyFingerprintSha256, ...old } = state;
  expect(await keys.diff(old, { algorithm: "RSA" })).toEqual({ changes: [], replaces: [] });
  const { state: read } = await keys.read(textOf(state, "id"), {
    ...old,
    __pulumi_raw_state_delta: { obj: {} },
  });
  expect(read).toMatchObject({ __meta, privateKeyPemPkcs8, publicKeyFingerprintSha256 });
  // OpenSSH files hold random check numbers, so that two of the same key differ.
  expect(opened(read["privateKeyOpenssh"]).length).toBe(opened(privateKeyOpenssh).length);
  expect(read).not.toHaveProperty("__pulumi_raw_state_delta");
});

test("a state of a later version is refused", async () => {
  const state = { algorithm: "RSA", __meta: '{"schema_version":"2"}' };
  await expect(keys.diff(state, { algorithm: "RSA" })).rejects.toThrow(
    /has version 2, written by a later provider/,
  );
});

test.each([
  [
    { privateKeyPem: "no key" },
    /^privateKeyPem: must be a private key in PEM form .*; it holds no PEM block$/,
  ],
  [{ privateKeyOpenssh: "no key" }, /^privateKeyOpenssh: must be an OpenSSH .*; it holds no PEM block$/],
  [
    {
      privateKeyOpenssh:
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----",
    },
    /; it ends early$/,
  ],
])("getPublicKey refuses %j without showing it", async (args, message) => {
  const call = provider.invoke("tls:index/getPublicKey:getPublicKey", args);
  await expect(call).rejects.toThrow(message);
});

testWithOpenssl(
  "getPublicKey refuses a key under a passphrase, and one on a curve it does not know",
  async () => {
    await withFiles({}, async (folder) => {
      await command(
        "openssl",
        ["ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "k1.pem"],
        folder,
      );
      const pem = await command("openssl", ["ec", "-in", "k1.pem"], folder);
      const call = provider.invoke("tls:index/getPublicKey:getPublicKey", { privateKeyPem: pem });
      await expect(call).rejects.toThrow(
        "privateKeyPem: must be a key on one of the curves P224, P256, P384, P521",
      );
      if (!opensshPresent) return;
      await command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "passphrase", "-f", "locked"], folder);
      const locked = await command("cat", ["locked"], folder);
      const lockedCall = provider.invoke("tls:index/getPublicKey:getPublicKey", {
        privateKeyOpenssh: locked,
      });
      await expect(lockedCall).rejects.toThrow("it is encrypted with a passphrase");
    });
  },
);
