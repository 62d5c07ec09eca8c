/** The fleet's functions on Azure, over the registry in Cosmos DB, against servers in the test. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { HttpRequest } from "@azure/functions";
import {
  createHash,
  createVerify,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64, readCertificates } from "../../fleet/est/messages.ts";
import { verifyRequest } from "../../fleet/authority/certificate-request.ts";
import { makeToken } from "../../fleet/est/token.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { azureDoor } from "../../functions/adapters/azure-door.ts";
import { azureEnrolment } from "../../functions/adapters/azure-enrolment.ts";
import { cosmosRegistryOf } from "../../functions/adapters/cosmos-registry.ts";
import type { createHandler as makeHandler } from "../../functions/handlers/azure-enrol.ts";
import { keyVaultSigner } from "../../functions/adapters/key-vault-signer.ts";
import { issuerOf, makeAuthority, makeRequest, temporaryFolder } from "../fleet/authority/support.ts";
import { startFakeAzure, type FakeAzure } from "./azure-server.ts";

const tokenKey = randomBytes(32);
const secretUrl = "https://plant.vault.azure.net/secrets/enrolment/0a1b";
const folder = temporaryFolder();
let azure: FakeAzure;
let registry: FleetRegistry;
let env: Record<string, string>;
let createHandler: typeof makeHandler;

beforeAll(async () => {
  jest.spyOn(console, "log").mockImplementation(() => undefined);
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  ({ createHandler } = await import("../../functions/handlers/azure-enrol.ts"));
  warned.mockRestore();
  azure = await startFakeAzure();
  const root = await makeAuthority("azure root");
  const own = await makeAuthority("azure devices", { parent: root });
  writeFileSync(join(folder.path, "roots.pem"), root.certificate);
  env = {
    ...azure.env,
    ENVIRONMENT: "plant-7",
    COSMOS_ENDPOINT: azure.origin,
    CERTIFICATE_DAYS: "90",
    FLEET_SETTINGS: secretUrl,
  };
  azure.secrets.set(
    secretUrl,
    JSON.stringify({
      tokenKey: tokenKey.toString("base64"),
      issuer: { certificate: own.certificate, key: own.key.export({ type: "pkcs8", format: "pem" }) },
    }),
  );
  registry = cosmosRegistryOf(azureFetch(azure.env), azure.origin);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await azure.close();
  folder.remove();
});

function ask(operation: string, body: Buffer, headers: Record<string, string>): HttpRequest {
  return {
    method: "POST",
    url: `https://plant.azurewebsites.net/.well-known/est/${operation}?x=1`,
    headers: new Headers({ "content-type": "application/pkcs10", ...headers }),
    arrayBuffer: async () => new Uint8Array(Buffer.from(body.toString("base64"))).buffer,
  } as unknown as HttpRequest;
}

async function invite(deviceId: string): Promise<string> {
  const at = new Date(Math.floor(Date.now() / 1000) * 1000);
  const device = { id: deviceId, profile: null, source: "issued", enrolledAt: at } as const;
  await registry.record([
    { kind: "device", device },
    { kind: "invited", deviceId, at },
  ]);
  const token = makeToken(tokenKey, { deviceId, at, until: new Date(at.getTime() + 86_400_000) });
  return `Basic ${Buffer.from(`${deviceId}:${token}`).toString("base64")}`;
}

const certificateOf = (body: unknown): X509Certificate => {
  const [der] = readCertificates(fromBase64(Buffer.from(String(body))) ?? Buffer.alloc(0));
  return new X509Certificate(der ?? Buffer.alloc(0));
};

describe("enrolment and admission on Azure", () => {
  test("a token gets a certificate; the next one takes it at the door that asks for certificates, and only there", async () => {
    const made = await azureEnrolment(env, folder.path, azure.origin);
    const insists = async () => undefined;
    const [enrol, renew] = [createHandler(made, null), createHandler(made, insists)];
    const authorization = await invite("press-1");
    const first = await enrol(ask("simpleenroll", (await makeRequest("press-1")).der, { authorization }));
    expect(first.status).toBe(200);
    const certificate = certificateOf(first.body);
    expect(certificate.subject).toBe("CN=press-1");
    expect(await registry.certificatesOf("press-1")).toHaveLength(1);
    const header = { "x-arr-clientcert": certificate.raw.toString("base64") };
    const { der } = await makeRequest("press-1");
    // Whoever asks there writes the header itself: nobody has seen its key.
    expect(await enrol(ask("simplereenroll", der, header))).toMatchObject({ status: 401 });
    const unsure = createHandler(made, () => Promise.reject(new Error("App Service lets everybody in")));
    const failed = jest.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await unsure(ask("simplereenroll", der, header))).toMatchObject({ status: 503 });
    expect(String(failed.mock.calls)).toContain("App Service lets everybody in");
    failed.mockRestore();
    expect(await renew(ask("simplereenroll", der, header))).toMatchObject({ status: 429 });
    expect(await renew(ask("simplereenroll", der, {}))).toMatchObject({ status: 401 });
    expect(await renew(ask("simplereenroll", der, { "x-arr-clientcert": "AAAA" }))).toMatchObject({
      status: 401,
    });

    const door = azureDoor(env);
    expect(await door(certificate.toString())).toMatchObject({ allow: true, deviceId: "press-1" });
    const serial = certificate.serialNumber.toLowerCase().replace(/^0+/, "");
    await registry.record([{ kind: "revoked", serial, at: new Date(), reason: "keyCompromise" }]);
    expect(await door(certificate.toString())).toMatchObject({ allow: false, reason: "certificate revoked" });
    const lists = () => azureDoor({ ...env, COSMOS_ENDPOINT: undefined });
    expect(lists).toThrow("the environment variable FLEET_CONTAINER is not set");
  });

  test("an address gets 200 answers in ten seconds of however many instances, and each costs few writes", async () => {
    // Within one window of ten seconds, whose end would let it ask anew.
    jest.useFakeTimers({
      now: 1_800_000_000_000,
      doNotFake: ["setTimeout", "setImmediate", "nextTick", "queueMicrotask"],
    });
    const instances = await Promise.all(
      Array.from({ length: 5 }, () => azureEnrolment(env, folder.path, azure.origin)),
    );
    const address = "203.0.113.7";
    const before = azure.documents.size;
    const asked = instances.flatMap(({ allowance }) => Array.from({ length: 200 }, () => allowance(address)));
    const waits = await Promise.all(asked);
    jest.useRealTimers();
    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(200);
    expect(Math.max(...waits)).toBe(10);
    expect(azure.documents.size).toBe(before + 1);
  });

  test("a device of the stack counts as registered, and its intermediate is trusted before a registry knows it", async () => {
    const authority = await makeAuthority("stack devices");
    const issuer = issuerOf(authority, { environment: "plant-7" });
    const request = verifyRequest((await makeRequest("pinned-1")).der, {
      environment: "plant-7",
      keys: ["P-256"],
    });
    const { der } = await issuer.issue(request, issuer.validity(30));
    const pinned = new X509Certificate(der).toString();
    const ask = (more: Record<string, string>) =>
      azureDoor({ ...env, ENROLMENT: "registered", ...more })(pinned);
    const own = { ISSUER_CERTIFICATE: authority.certificate };
    expect(await ask({})).toMatchObject({ reason: "unknown certificate authority" });
    expect(await ask(own)).toMatchObject({ reason: "device not registered" });
    const known = { ...own, PINNED_DEVICES: "pinned-0 pinned-1" };
    expect(await ask(known)).toMatchObject({ allow: true, deviceId: "pinned-1" });
    const certificate = new X509Certificate(authority.certificate).toString();
    const record = {
      id: issuerId(certificate),
      certificate,
      standing: "retired",
      signer: null,
      at: new Date(),
    } as const;
    await registry.record([{ kind: "issuer", issuer: record }]);
    expect(await ask(known)).toMatchObject({ reason: "unknown certificate authority" });
  });

  test("settings that are none are told by name, and nothing of them is quoted", async () => {
    for (const [given, said] of [
      ["{", "the enrolment settings are not JSON"],
      ['{"tokenKey":"c2VjcmV0","issuer":{}}', "tokenKey: allowed: 32 bytes in base64"],
    ] as const) {
      azure.secrets.set(`${secretUrl}2`, given);
      const made = azureEnrolment({ ...env, FLEET_SETTINGS: `${secretUrl}2` }, folder.path, azure.origin);
      const error = await made.catch((its: unknown) => String(its));
      expect(error).toContain(said);
      expect(error).not.toContain("c2VjcmV0");
    }
    const at = (FLEET_SETTINGS: string) =>
      azureEnrolment({ ...env, FLEET_SETTINGS }, folder.path, azure.origin);
    await expect(at("https://plant.vault.azure.net/secrets/other/1")).rejects.toThrow("HTTP 404");
    await expect(at("https://vault.example.org/secrets/enrolment")).rejects.toThrow(
      "allowed: https://<vault>",
    );
  });
});

describe("a key in Key Vault", () => {
  const keyUrl = "https://plant.vault.azure.net/keys/devices";
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

  test("signs what the function asks, by its own identity, and its refusal is final", async () => {
    let isClosed = false;
    const server = createServer((request, response) => {
      const answer = (status: number, body: object) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (request.headers.authorization !== "Bearer token for https://vault.azure.net")
        return void answer(401, {});
      if (isClosed) return void answer(403, {});
      const kid = `${keyUrl}/v1`;
      if (request.url === "/keys/devices?api-version=7.4")
        return void answer(200, { key: { ...publicKey.export({ format: "jwk" }), kid } });
      if (request.url !== "/keys/devices/v1/sign?api-version=7.4") return void answer(404, {});
      void json(request).then((body) => {
        const { alg, value } = body as { alg: string; value: string };
        if (alg !== "ES256") return answer(400, {});
        // The vault signs a digest as it is; Node hashes what it is given, so the message stands behind it.
        const message = Buffer.from(value, "base64url").equals(
          createHash("sha256").update("message").digest(),
        );
        const raw = sign("sha256", Buffer.from("message"), { key: privateKey, dsaEncoding: "ieee-p1363" });
        return message ? answer(200, { value: raw.toString("base64url") }) : answer(400, {});
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const signer = await keyVaultSigner(azureFetch(azure.env), keyUrl, origin);
      const signature = await signer.sign(Buffer.from("message"));
      expect(createVerify("sha256").update("message").verify(publicKey, signature)).toBe(true);
      isClosed = true;
      await expect(signer.sign(Buffer.from("message"))).rejects.toThrow("HTTP 403");
      const elsewhere = keyVaultSigner(azureFetch(azure.env), "https://vault.example.org/keys/devices");
      await expect(elsewhere).rejects.toThrow("allowed: https://<vault>.vault.azure.net/keys/<name>");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
