/** The two functions of provisioning by claim as Lambda runs them: registry, counters and settings in moto, a request of OpenSSL's. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { randomBytes, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allowed } from "../../fleet/claim/signer.ts";
import { sharedAllowance } from "../../fleet/est/allowance.ts";
import { makeToken } from "../../fleet/est/token.ts";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { awsJson } from "../../functions/adapters/aws-json.ts";
import { dynamodbCounters } from "../../functions/adapters/dynamodb-counters.ts";
import { dynamodbRegistry } from "../../functions/adapters/dynamodb-registry.ts";
import { handler as hook } from "../../functions/handlers/aws-claim-hook.ts";
import { handler as sign } from "../../functions/handlers/aws-claim-signer.ts";
import { makeAuthority, temporaryFolder } from "../fleet/authority/support.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";
import { createTable } from "./dynamodb-table.ts";

const folder = temporaryFolder();
const tokenKey = randomBytes(32);
let moto: Moto | null = null;
let access: AwsAccess;
let issuer: X509Certificate;
beforeAll(async () => {
  moto = await startMoto();
  if (moto === null) return;
  const env = { ...moto.env, AWS_ENDPOINT_URL: moto.endpoint };
  access = awsAccess(env);
  await createTable(access, "claims");
  const own = await makeAuthority("stack devices", { parent: await makeAuthority("cloud root") });
  issuer = new X509Certificate(own.certificate);
  const key = own.key.export({ type: "pkcs8", format: "pem" });
  const Value = JSON.stringify({
    tokenKey: tokenKey.toString("base64"),
    issuer: { certificate: own.certificate, key },
  });
  await put({ Name: "claims", Type: "SecureString", Value });
  const variables = {
    ENVIRONMENT: "plant-7",
    FLEET_TABLE: "claims",
    FLEET_SETTINGS: "claims",
    CERTIFICATE_DAYS: "90",
  };
  Object.assign(process.env, env, variables);
}, 120_000);
afterAll(() => {
  moto?.stop();
  folder.remove();
});

async function put(body: object): Promise<void> {
  const answer = await access.fetch("ssm", `${access.address("ssm")}/`, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.PutParameter" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** As docs/fleet.md has it made. */
function openSslRequest(id: string, token: string): string {
  const at = (name: string) => join(folder.path, name);
  writeFileSync(
    at("request.cnf"),
    `[req]\nprompt = no\nstring_mask = utf8only\ndistinguished_name = name\nattributes = shown\n[name]\nCN = ${id}\n[shown]\nchallengePassword = ${token}\n`,
  );
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at(`${id}.key`)];
  execFileSync("openssl", ["req", "-new", "-config", at("request.cnf"), ...key, "-out", at(`${id}.csr`)], {
    stdio: "ignore",
  });
  return readFileSync(at(`${id}.csr`), "utf8");
}

test("a request of OpenSSL's with a token is signed by the stack's intermediate, and the hook lets it in once it is there", async () => {
  if (moto === null) return;
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const registry = dynamodbRegistry(access, "claims");
  const at = new Date(Math.floor(Date.now() / 1000) * 1000);
  await registry.record([
    { kind: "device", device: { id: "press-1", profile: null, source: "issued", enrolledAt: at } },
    { kind: "invited", deviceId: "press-1", at },
  ]);
  const token = makeToken(tokenKey, { deviceId: "press-1", at, until: new Date(at.getTime() + 86_400_000) });
  const event = {
    certificateSigningRequest: openSslRequest("press-1", token),
    principalId: "c1a1",
    clientId: "claim.press-1",
  };
  const { certificatePem } = await sign(event);
  const certificate = new X509Certificate(certificatePem);
  expect(certificate.subject).toBe("CN=press-1");
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect(await registry.certificatesOf("press-1")).toHaveLength(1);
  expect(await sign(event)).toEqual({ certificatePem });
  const asked = { certificatePem, claimCertificateId: "c1a1", parameters: { DeviceId: "press-1" } };
  expect(await hook(asked)).toEqual({ allowProvisioning: true });
  expect(await hook({ ...asked, parameters: { DeviceId: "press-2" } })).toEqual({ allowProvisioning: false });
  const another = { ...event, certificateSigningRequest: openSslRequest("press-1", token) };
  await expect(sign(another)).rejects.toThrow("press-1: the bootstrap token was used");
  const said = warned.mock.calls.join("\n");
  warned.mockRestore();
  expect(said).toContain("the bootstrap token was used");
  expect(said).not.toContain(token);
}, 60_000);

test("what a claim may ask is counted in the table for all instances together", async () => {
  if (moto === null) return;
  const now = (): number => 0;
  // An update is atomic in DynamoDB; moto's threads are not.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: AwsAccess = {
    ...access,
    fetch: (service, url, init) => {
      const sent = last.then(() => access.fetch(service, url, init));
      last = sent.catch(() => undefined);
      return sent;
    },
  };
  const instance = () =>
    sharedAllowance(dynamodbCounters(inTurn, "claims"), { ...allowed, key: tokenKey, now });
  const instances = [instance(), instance(), instance()];
  const waits = await Promise.all(
    instances.flatMap((one) => Array.from({ length: allowed.most }, () => one("c1a2"))),
  );
  expect(waits.filter((seconds) => seconds === 0)).toHaveLength(allowed.most);
  const { Items } = (await (await awsJson(access, "dynamodb", "Scan", { TableName: "claims" })).json()) as {
    Items: { p: { S: string }; taken?: { N: string } }[];
  };
  const counters = Items.filter(({ p }) => p.S.startsWith("allowance#")).map(({ taken }) => taken?.N);
  expect(counters).toContain(String(allowed.most));
  // Registry and counters don't see each other.
  const registry = dynamodbRegistry(access, "claims");
  expect((await registry.counts()).devices).toBe(1);
}, 60_000);
