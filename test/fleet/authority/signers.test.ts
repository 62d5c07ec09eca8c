import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient, type KeySpec } from "@aws-sdk/client-kms";
import { execFileSync } from "node:child_process";
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { awsKmsSigner } from "../../../fleet/authority/signers/aws-kms.ts";
import { azureKeyVaultSigner } from "../../../fleet/authority/signers/azure-key-vault.ts";
import { encryptedKey, keyFileSigner } from "../../../fleet/authority/signers/key-file.ts";
import { openSigner } from "../../../fleet/authority/signers/open.ts";
import { DerReader, Tag } from "../../../fleet/x509/der-reader.ts";
import { asSigner, SignerError, type RemoteKey, type Signer } from "../../../fleet/authority/signer.ts";
import { makeToken, startMoto, type Moto } from "../support/tools.ts";
import { hasProgram, newKey, openssl, temporaryFolder } from "./support.ts";

const message = Buffer.from("to be signed");
const quick = { timeout: 60, attempts: 2, pause: 1 };
const passphrase = "correct horse battery";

const isValid = async (signer: Signer): Promise<boolean> =>
  verify(signer.algorithm.digest, message, signer.publicKey, await signer.sign(message));

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe("a key file", () => {
  const file = join(folder.path, "key.pem");

  test("signs, and OpenSSL opens it with the same passphrase", async () => {
    const key = newKey();
    writeFileSync(file, encryptedKey(key, passphrase));
    expect(await isValid(keyFileSigner(file, passphrase))).toBe(true);
    if (!hasProgram("openssl", "version")) return;
    const opened = openssl(["pkey", "-in", file, "-passin", `pass:${passphrase}`], folder.path);
    expect(createPrivateKey(opened).equals(key)).toBe(true);
    const shown = openssl(["asn1parse", "-in", file], folder.path);
    expect(shown).toContain("scrypt");
    expect(shown).toContain("aes-256-cbc");
  });

  test("one that OpenSSL encrypted signs as well", async () => {
    if (!hasProgram("openssl", "version")) return;
    const plain = newKey().export({ type: "pkcs8", format: "pem" });
    writeFileSync(join(folder.path, "plain.pem"), plain);
    const theirs = [
      "pkcs8",
      "-topk8",
      "-scrypt",
      "-passout",
      `pass:${passphrase}`,
      "-in",
      "plain.pem",
      "-out",
      "theirs.pem",
    ];
    openssl(theirs, folder.path);
    expect(await isValid(keyFileSigner(join(folder.path, "theirs.pem"), passphrase))).toBe(true);
  });

  test("is named with what is wrong: another passphrase, not encrypted, not there, a short passphrase", () => {
    writeFileSync(file, encryptedKey(newKey(), passphrase));
    expect(() => keyFileSigner(file, "wrong horse battery")).toThrow(
      "another passphrase, or the file is damaged",
    );
    const plain = newKey().export({ type: "pkcs8", format: "pem" });
    writeFileSync(file, plain);
    expect(() => keyFileSigner(file, passphrase)).toThrow(
      "is not encrypted; allowed: PKCS #8 under a passphrase",
    );
    expect(() => keyFileSigner(`${file}.none`, passphrase)).toThrow("can't be read (ENOENT)");
    expect(() => encryptedKey(newKey(), "short")).toThrow("received 5 characters; allowed: at least 12");
  });
});

describe("a key that is elsewhere", () => {
  const key = newKey();
  const remote = (answer: RemoteKey["sign"]): RemoteKey => ({
    description: "vault key a",
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }),
    concurrency: 1,
    sign: answer,
  });

  test("that does not answer is given up in time, and says how often it was asked", async () => {
    const aborted: boolean[] = [];
    const silent = remote((_message, _digest, signal) => {
      signal.addEventListener("abort", () => aborted.push(true));
      return new Promise(() => undefined);
    });
    const failing = asSigner(silent, quick).sign(message);
    await expect(failing).rejects.toThrow(SignerError);
    await expect(failing).rejects.toThrow(
      "vault key a gives no signature (2 attempts): no answer within 0.06 s",
    );
    expect(aborted).toEqual([true, true]);
  });

  test("that fails once is asked again", async () => {
    const answer = jest.fn<RemoteKey["sign"]>();
    answer.mockRejectedValueOnce(new Error("throttled"));
    answer.mockImplementationOnce(async (text) => sign("sha256", text, key));
    expect(await isValid(asSigner(remote(answer), quick))).toBe(true);
    expect(answer).toHaveBeenCalledTimes(2);
  });

  test("that answers with another key's signature is not believed", async () => {
    const other = newKey();
    const wrong = asSigner(
      remote(async (text) => sign("sha256", text, other)),
      quick,
    );
    await expect(wrong.sign(message)).rejects.toThrow("something that is no signature by its key");
  });
});

describe("AWS KMS, as moto answers for it", () => {
  let moto: Moto | null = null;
  let client: KMSClient;
  beforeAll(async () => {
    moto = await startMoto();
    if (moto === null) return;
    Object.assign(process.env, moto.env);
    client = new KMSClient({ endpoint: moto.endpoint, region: "eu-central-1" });
  }, 180_000);
  afterAll(() => moto?.stop());

  const makeKey = async (KeySpec: KeySpec): Promise<string> => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage: "SIGN_VERIFY" }));
    return KeyMetadata?.KeyId as string;
  };

  test.each(["ECC_NIST_P256", "ECC_NIST_P384", "RSA_2048"] as const)("%s signs", async (spec) => {
    if (moto === null) return;
    const { endpoint } = moto;
    const keyId = await makeKey(spec);
    const signer = await openSigner({ kind: "aws-kms", keyId, region: "eu-central-1", endpoint }, () =>
      Promise.reject(),
    );
    expect(await isValid(signer)).toBe(true);
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
    expect(signer.publicKey.export({ type: "spki", format: "der" })).toEqual(
      Buffer.from(PublicKey as Uint8Array),
    );
    await signer.close();
  });

  test("a key that is not there is said to be", async () => {
    if (moto === null) return;
    const { endpoint } = moto;
    await expect(awsKmsSigner({ keyId: "none", region: "eu-central-1", endpoint })).rejects.toThrow(
      "AWS KMS key none can't be used: NotFoundException",
    );
  });
});

const patient = { timeout: 5000, attempts: 2, pause: 1 };

describe("Azure Key Vault, as a small server answers for it", () => {
  let server: Server;
  let keyUrl: string;
  let key: KeyObject;
  let fault: { status: number; times: number } | null = null;
  const seen: { path: string; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://vault");
        seen.push({ path: pathname, authorization: request.headers.authorization });
        const answer = (status: number, body: unknown) =>
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
        if (searchParams.get("api-version") !== "7.4") return answer(400, { error: "api-version" });
        if (request.method === "GET") {
          const jwk = createPublicKey(key).export({ format: "jwk" });
          const kty = `${jwk.kty}-HSM`;
          return answer(200, { key: { ...jwk, kty, kid: `${keyUrl}/7f3a` }, attributes: { enabled: true } });
        }
        if (fault !== null && fault.times > 0) {
          fault.times -= 1;
          return answer(fault.status, { error: { code: "Fault" } });
        }
        const { alg, value } = JSON.parse(Buffer.concat(chunks).toString()) as { alg: string; value: string };
        const digest = Buffer.from(value, "base64url");
        return answer(200, {
          kid: `${keyUrl}/7f3a`,
          value: rawSignature(key, alg, digest).toString("base64url"),
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    keyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys/fleet`;
  });
  afterAll(() => void server.close());
  afterEach(() => {
    fault = null;
    seen.length = 0;
  });

  const token = () => Promise.resolve("token-of-an-identity");

  test.each([
    ["P-256", (): KeyObject => newKey("P-256")],
    ["P-384", (): KeyObject => newKey("P-384")],
    ["RSA", (): KeyObject => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ])("%s signs by the version that the vault named, with the identity's token", async (kind, make) => {
    if (kind !== "RSA" && !hasProgram("openssl", "version")) return;
    key = make();
    const signer = await azureKeyVaultSigner({ keyUrl }, patient, token);
    expect(await isValid(signer)).toBe(true);
    expect(seen).toEqual([
      { path: "/keys/fleet", authorization: "Bearer token-of-an-identity" },
      { path: "/keys/fleet/7f3a/sign", authorization: "Bearer token-of-an-identity" },
    ]);
  });

  test("is asked again when it is busy, and not when it refuses", async () => {
    key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const signer = await azureKeyVaultSigner({ keyUrl }, patient, token);
    fault = { status: 429, times: 1 };
    expect(await isValid(signer)).toBe(true);
    seen.length = 0;
    fault = { status: 403, times: 9 };
    await expect(signer.sign(message)).rejects.toThrow(/gives no signature: 403/);
    expect(seen).toHaveLength(1);
  });

  test("gets no token where its address is not a vault's", async () => {
    await expect(azureKeyVaultSigner({ keyUrl: "http://vault.example/keys/a" })).rejects.toThrow(
      "keyUrl: received http://vault.example/keys/a; allowed: https://<vault>.vault.azure.net/keys/<name>",
    );
  });
});

/** What Key Vault answers: r and s side by side, over a digest that is made already. Node signs messages only. */
function rawSignature(key: KeyObject, alg: string, digest: Buffer): Buffer {
  if (alg === "RS256") {
    const prefix = Buffer.from("3031300d060960864801650304020105000420", "hex");
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([prefix, digest]));
  }
  const [keyFile, digestFile] = [join(folder.path, "vault.pem"), join(folder.path, "digest")];
  writeFileSync(keyFile, key.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(digestFile, digest);
  const der = execFileSync("openssl", ["pkeyutl", "-sign", "-inkey", keyFile, "-in", digestFile]);
  const numbers = new DerReader(der).enter();
  const half = alg === "ES256" ? 32 : 48;
  const number = () => Buffer.concat([Buffer.alloc(half), numbers.contents(Tag.integer)]).subarray(-half);
  return Buffer.concat([number(), number()]);
}

describe("PKCS #11, on SoftHSM", () => {
  test("signs by elliptic curve and RSA keys, and names what is wrong", async () => {
    const hsm = await makeToken(folder.path);
    if (hsm === null) return;
    const keys = {
      elliptic: newKey("P-384"),
      rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
    };
    const script = join("test", "fleet", "authority", "pkcs11-sign.ts");
    const ask = (change: Partial<Record<"library" | "token" | "key" | "pin", string>>) => {
      const { library, token, key, pin } = { ...hsm, key: "elliptic", ...change };
      const args = [script, library, token, key, pin, message.toString()];
      const answer = execFileSync(process.execPath, args, { env: hsm.env, encoding: "utf8" });
      return JSON.parse(answer) as { signature: string; publicKey: string; error?: string };
    };
    for (const [label, key] of Object.entries(keys)) {
      const file = join(folder.path, `${label}.pem`);
      writeFileSync(file, key.export({ type: "pkcs8", format: "pem" }));
      hsm.importKey(file, label);
      const { signature, publicKey } = ask({ key: label });
      expect(createPublicKey(publicKey).equals(createPublicKey(key))).toBe(true);
      const digest = label === "rsa" ? "sha256" : "sha384";
      expect(verify(digest, message, publicKey, Buffer.from(signature, "hex"))).toBe(true);
    }
    expect(ask({ key: "none" }).error).toContain("there is no private key with this label");
    expect(ask({ token: "none" }).error).toContain('received "none"; the library');
    expect(ask({ pin: "000000" }).error).toContain("no login: the PIN is wrong");
    expect(ask({ library: "/nowhere.so" }).error).toContain("/nowhere.so is no PKCS #11 library");
  }, 120_000);
});
