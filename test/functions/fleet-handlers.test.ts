/** The fleet's functions: enrolment and admission on AWS against moto, Event Grid's webhook over lists in objects. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { randomBytes, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { door } from "../../fleet/admission/door.ts";
import { signIntermediate } from "../../fleet/authority/intermediate.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import { fromBase64, readCertificates } from "../../fleet/est/messages.ts";
import { makeToken } from "../../fleet/est/token.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import type { IssuerRecord } from "../../fleet/registry/model.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import { toPem } from "../../fleet/x509/pem.ts";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { dynamodbRegistry } from "../../functions/adapters/dynamodb-registry.ts";
import { fleetLists } from "../../functions/adapters/fleet-lists.ts";
import { kmsSigner } from "../../functions/adapters/kms-signer.ts";
import {
  createHandler as createAdmission,
  handler as admit,
} from "../../functions/handlers/aws-admission.ts";
import { handler as enrol } from "../../functions/handlers/aws-enrol.ts";
import { makeAuthority, makeRequest, temporaryFolder } from "../fleet/authority/support.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";
import { TestAuthority } from "../site/support/certificates.ts";
import { createTable } from "./dynamodb-table.ts";

const environment = "plant-7";

describe("on AWS", () => {
  let moto: Moto | null = null;
  const archive = temporaryFolder();
  let registry: FleetRegistry;
  /** To an intermediate whose key is in KMS. */
  let rollOver: () => Promise<void>;
  const tokenKey = randomBytes(32);

  beforeAll(async () => {
    moto = await startMoto();
    if (moto === null) return;
    const env = { ...moto.env, AWS_ENDPOINT_URL: moto.endpoint };
    const access = awsAccess(env);
    await createTable(access, "fleet");
    registry = dynamodbRegistry(access, "fleet");
    const keyId = await makeKey(access);
    const root = await makeAuthority("cloud root");
    const own = await makeAuthority("stack devices", { parent: root });
    const signer = await kmsSigner(access, keyId);
    const made = await signIntermediate({
      ...{ name: "cloud devices", signer, days: 1000, now: new Date() },
      root: { certificate: new X509Certificate(root.certificate), signer: inProcessSigner(root.key, "root") },
    });
    const certificate = toPem(made, "CERTIFICATE");
    rollOver = async () => {
      const [former] = await registry.issuers();
      if (former === undefined) throw new Error("nobody signed");
      const record = { id: issuerId(certificate), certificate, standing: "current", at: new Date() } as const;
      await registry.record([
        { kind: "issuer", issuer: { ...former, standing: "retiring" } },
        { kind: "issuer", issuer: { ...record, signer: { kind: "aws-kms", keyId } } },
      ]);
    };
    await callAws(access, "ssm", "AmazonSSM.PutParameter", {
      Name: "enrolment",
      Type: "SecureString",
      Value: JSON.stringify({
        tokenKey: tokenKey.toString("base64"),
        issuer: { certificate: own.certificate, key: own.key.export({ type: "pkcs8", format: "pem" }) },
      }),
    });
    writeFileSync(join(archive.path, "roots.pem"), root.certificate);
    Object.assign(process.env, env, {
      ENVIRONMENT: environment,
      FLEET_TABLE: "fleet",
      FLEET_SETTINGS: "enrolment",
      LAMBDA_TASK_ROOT: archive.path,
      CERTIFICATE_DAYS: "90",
    });
  }, 120_000);
  afterAll(() => {
    moto?.stop();
    archive.remove();
  });

  test("the stack's intermediate signs in a new registry, until another one takes over; a key elsewhere is said so", async () => {
    if (moto === null) return;
    const token = await invite(registry, "press-0", tokenKey);
    const { der } = await makeRequest("press-0");
    const first = certificateOf(await enrol(post("simpleenroll", der, token)));
    const [issuer] = await registry.issuers();
    expect(issuer).toMatchObject({ standing: "current", signer: null });
    expect(first.checkIssued(new X509Certificate(issuer?.certificate ?? ""))).toBe(true);
    const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const elsewhere = { ...issuer, signer: { kind: "key-file", file: "next.pem" } } as IssuerRecord;
    const other = new X509Certificate((await makeAuthority("elsewhere")).certificate).toString();
    await registry.record([
      { kind: "issuer", issuer: { ...elsewhere, standing: "retiring" } },
      { kind: "issuer", issuer: { ...elsewhere, id: issuerId(other), certificate: other } },
    ]);
    const next = await invite(registry, "press-9", tokenKey);
    const refused = await enrol(post("simpleenroll", (await makeRequest("press-9")).der, next));
    expect(refused).toMatchObject({ statusCode: 503 });
    expect(String(said.mock.calls[0]?.[0])).toContain(
      "its key (key-file) is not where this function can use it",
    );
    said.mockRestore();
    await registry.record([
      {
        kind: "issuer",
        issuer: { ...elsewhere, id: issuerId(other), certificate: other, standing: "retired" },
      },
    ]);
    await rollOver();
  }, 60_000);

  test("a token gets a certificate signed in KMS, that certificate the next, and a revoked one is kept out", async () => {
    if (moto === null) return;
    const token = await invite(registry, "press-1", tokenKey);
    const first = certificateOf(await enrol(post("simpleenroll", (await makeRequest("press-1")).der, token)));
    expect(first.subject).toBe("CN=press-1");
    const used = await enrol(post("simpleenroll", (await makeRequest("press-1")).der, token));
    expect(used).toMatchObject({ statusCode: 403, body: expect.stringContaining("token was used") });
    const soon = await enrol(post("simplereenroll", (await makeRequest("press-1")).der, null, first));
    expect(soon).toMatchObject({ statusCode: 429 });
    expect(await enrol(post("simplereenroll", (await makeRequest("press-1")).der, null))).toMatchObject({
      statusCode: 401,
    });
    const known = await enrol({ ...post("cacerts", Buffer.alloc(0), null), ...get("cacerts") });
    expect(known).toMatchObject({ statusCode: 200 });

    const chain = (certificate: X509Certificate) => ({ clientCertificateChain: [certificate.toString()] });
    expect(await admit(chain(first))).toEqual({ isAuthenticated: true });
    const der = { clientCertificateChain: [first.raw.toString("base64")] };
    expect(await admit(der)).toEqual({ isAuthenticated: true });
    // Whoever comes with a claim is no device, and may ask to become one.
    const { certificate: claim } = await (await TestAuthority.create("maker")).issue("claim of line 1");
    const withClaims = createAdmission(
      () => Promise.resolve({ allow: false, reason: "unknown", deviceId: null }),
      new Set([new X509Certificate(claim).fingerprint256]),
    );
    expect(await withClaims({ clientCertificateChain: [claim] })).toEqual({ isAuthenticated: true });
    const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    expect(await withClaims(chain(first))).toEqual({ isAuthenticated: false });
    warned.mockClear();
    const serial = first.serialNumber.toLowerCase();
    await registry.record([{ kind: "revoked", serial, at: new Date(), reason: "keyCompromise" }]);
    expect(await admit(chain(first))).toEqual({ isAuthenticated: false });
    expect(await admit({})).toEqual({ isAuthenticated: false });
    const stranger = new X509Certificate((await makeAuthority("press-1")).certificate);
    expect(await admit(chain(stranger))).toEqual({ isAuthenticated: false });
    const said = warned.mock.calls.map(([line]) => (JSON.parse(String(line)) as { refused: string }).refused);
    warned.mockRestore();
    expect(said).toEqual(["certificate revoked", "no client certificate", "unknown certificate authority"]);
  }, 60_000);
});

describe("Event Grid's webhook", () => {
  const files = new Map<string, string>();
  const objects = {
    read: async (_container: string, key: string) => {
      const text = files.get(key);
      if (text === undefined) throw new Error(`could not read ${key}: HTTP 404`);
      return Buffer.from(text);
    },
  };
  const ask = async () => {
    const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    const { createHandler } = await import("../../functions/handlers/azure-admission.ts");
    warned.mockRestore();
    const lists = fleetLists(objects, "https://account.blob.example/fleet");
    return createHandler(door({ environment: "test", enrolment: "on-first-connect", ...lists }));
  };

  test("lets a device in under its own name until its certificate ends, and says why it lets others not", async () => {
    const authority = await TestAuthority.create("devices", await TestAuthority.create("root"));
    const [good, bad] = [await authority.issue("press-1"), await authority.issue("press-2")];
    files.set("issuers.pem", authority.certificate);
    files.set("revocations.crl", await authority.revocationList([bad.serial]));
    const handle = await ask();
    const allowed = await handle({ clientId: "press-1", clientCertificate: good.certificate });
    expect(allowed).toEqual({
      decision: "allow",
      clientAuthenticationName: "press-1",
      attributes: { role: "device" },
      expiration: Math.floor(new X509Certificate(good.certificate).validToDate.getTime() / 1000),
    });
    const reason = async (clientId: unknown, clientCertificate: unknown) =>
      (await handle({ clientId, clientCertificate })) as { decision: string; errorReason: string };
    const denied = (errorReason: string) => ({ decision: "deny", errorReason });
    expect(await reason("press-2", bad.certificate)).toEqual(denied("certificate revoked"));
    expect(await reason("press-9", good.certificate)).toEqual(denied("client id is not the certificate's"));
    expect(await reason("press-1", undefined)).toEqual(denied("no client certificate"));
    expect(await reason("press-1", "-----BEGIN CERTIFICATE-----")).toEqual(denied("no client certificate"));
    const stranger = await (await TestAuthority.create("devices")).issue("press-1");
    expect(await reason("press-1", stranger.certificate)).toEqual(denied("unknown certificate authority"));
  });

  test("lets nobody in where the lists can't be had, or are not signed by an issuer", async () => {
    const authority = await TestAuthority.create("devices");
    const { certificate: clientCertificate } = await authority.issue("press-1");
    files.set("issuers.pem", authority.certificate);
    files.delete("revocations.crl");
    await expect((await ask())({ clientId: "press-1", clientCertificate })).rejects.toThrow("HTTP 404");
    files.set("revocations.crl", await (await TestAuthority.create("devices")).revocationList());
    await expect((await ask())({ clientId: "press-1", clientCertificate })).rejects.toThrow("not signed by");
  });
});

async function makeKey(access: AwsAccess): Promise<string> {
  const spec = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" };
  const made = (await callAws(access, "kms", "TrentService.CreateKey", spec)) as {
    KeyMetadata: { KeyId: string };
  };
  return made.KeyMetadata.KeyId;
}

async function callAws(
  { fetch, address }: AwsAccess,
  service: string,
  target: string,
  body: object,
): Promise<unknown> {
  const answer = await fetch(service, `${address(service)}/`, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function invite(registry: FleetRegistry, deviceId: string, key: Buffer): Promise<string> {
  const at = new Date(Math.floor(Date.now() / 1000) * 1000);
  const device = { id: deviceId, profile: null, source: "issued", enrolledAt: at } as const;
  await registry.record([
    { kind: "device", device },
    { kind: "invited", deviceId, at },
  ]);
  const token = makeToken(key, { deviceId, at, until: new Date(at.getTime() + 86_400_000) });
  return `Basic ${Buffer.from(`${deviceId}:${token}`).toString("base64")}`;
}

/** As an HTTP API hands it over (payload format 2.0), as far as the handler reads it. */
function post(
  operation: string,
  request: Buffer,
  authorization: string | null,
  certificate?: X509Certificate,
): APIGatewayProxyEventV2 {
  const headers = {
    "content-type": "application/pkcs10",
    ...(authorization === null ? {} : { authorization }),
  };
  const clientCert = { clientCertPem: certificate?.toString() };
  return {
    rawPath: `/.well-known/est/${operation}`,
    headers,
    body: request.toString("base64"),
    isBase64Encoded: false,
    requestContext: {
      http: { method: "POST" },
      ...(certificate === undefined ? {} : { authentication: { clientCert } }),
    },
  } as unknown as APIGatewayProxyEventV2;
}

const get = (operation: string): APIGatewayProxyEventV2 =>
  ({
    rawPath: `/.well-known/est/${operation}`,
    headers: {},
    requestContext: { http: { method: "GET" } },
  }) as unknown as APIGatewayProxyEventV2;

function certificateOf({
  statusCode,
  body = "",
}: {
  statusCode?: number | undefined;
  body?: string | undefined;
}): X509Certificate {
  if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${body}`);
  const [der] = readCertificates(fromBase64(Buffer.from(body)) ?? Buffer.alloc(0));
  return new X509Certificate(der ?? Buffer.alloc(0));
}
