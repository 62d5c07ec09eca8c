/** Revocation in IoT Core, against moto. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createHash, X509Certificate } from "node:crypto";
import { awsAccess, type AwsAccess } from "../../../functions/adapters/aws-client.ts";
import { syncIotCore, type IotCore } from "../../../fleet/sync/aws-iot.ts";
import { iotCore } from "../../../fleet/sync/iot-core.ts";
import type { LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { issuerOf, makeAuthority, makeRequest, environment, temporaryFolder } from "../authority/support.ts";
import { verifyRequest } from "../../../fleet/authority/certificate-request.ts";
import { all, issuedTo, issuerChange, later, now, openAt } from "../registry/support.ts";
import { startMoto, type Moto } from "../support/tools.ts";

const folder = temporaryFolder();
let moto: Moto | null = null;
let access: AwsAccess;
let registry: LocalRegistry;
beforeAll(async () => {
  moto = await startMoto();
  if (moto !== null) access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
  registry = await openAt(folder.path);
  await registry.record([issuerChange]);
}, 120_000);
afterAll(async () => {
  moto?.stop();
  await registry.close();
  folder.remove();
});

async function call(method: string, path: string, body?: object, headers = {}): Promise<unknown> {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await access.fetch("iot", `${access.address("iot")}${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json().catch(() => null);
}

/** A device as just-in-time provisioning leaves it: thing, active certificate, the fleet's policy. */
async function provisioned(id: string): Promise<{ readonly serial: string; readonly certificateId: string }> {
  const issuer = issuerOf(await makeAuthority("iot devices"));
  const request = verifyRequest((await makeRequest(id)).der, { environment, keys: ["P-256"] });
  const { der, serial } = await issuer.issue(request, issuer.validity(30));
  await registry.record([issuedTo(id, { serial, der })]);
  const certificatePem = new X509Certificate(der).toString();
  const registered = (await call("POST", "/certificate/register-no-ca", {
    certificatePem,
    status: "ACTIVE",
  })) as {
    certificateArn: string;
    certificateId: string;
  };
  await call("POST", `/things/${id}`, {});
  const principal = { "x-amzn-principal": registered.certificateArn };
  await call("PUT", `/things/${id}/principals`, undefined, principal);
  await call("PUT", "/target-policies/fleet", { target: registered.certificateArn });
  return { serial, certificateId: registered.certificateId };
}

/** moto names a certificate by the hash of its PEM, AWS by that of its DER. */
const asMoto = (iot: IotCore): IotCore => ({
  ...iot,
  certificateId: (der) => createHash("sha256").update(new X509Certificate(der).toString()).digest("hex"),
});

test("a revoked certificate is detached, deactivated, and later deleted; others stay; a broken run goes on", async () => {
  if (moto === null) return;
  await call("POST", "/policies/fleet", { policyDocument: "{}" });
  const gone = await provisioned("press-1");
  const other = await provisioned("press-2");
  const never = "5".repeat(40);
  await registry.record([
    issuedTo("press-3", {
      serial: never,
      der: new X509Certificate((await makeAuthority("x")).certificate).raw,
    }),
    { kind: "revoked", serial: gone.serial, at: now, reason: "keyCompromise" },
    { kind: "revoked", serial: never, at: now, reason: "unspecified" },
  ]);
  const done: string[] = [];
  const iot = asMoto(iotCore(access));
  const watched: IotCore = {
    ...iot,
    detachPolicy: async (...args) => void (await iot.detachPolicy(...args), done.push("policy detached")),
    detachThing: async (...args) => void (await iot.detachThing(...args), done.push("thing detached")),
    setStatus: async (...args) => void (await iot.setStatus(...args), done.push(args[1])),
    remove: async (...args) => void (await iot.remove(...args), done.push("deleted")),
  };
  const day = 86_400_000;
  const run = async (core: IotCore, at: Date) => {
    const { signal } = new AbortController();
    const options = { registry, iot: core, keepMs: 30 * day, perSecond: 1000, signal, now: () => at };
    return (await all(syncIotCore(options))).map(({ deviceId, outcome }) => [deviceId, outcome]);
  };
  // The network fails in the middle: nothing is deleted that is still attached, and the next run goes on.
  const broken = { ...watched, setStatus: () => Promise.reject(new Error("no network")) };
  await expect(run(broken, now)).rejects.toThrow("no network");
  expect(done).toEqual(["policy detached", "thing detached"]);
  expect(await run(watched, later(1))).toEqual([
    ["press-1", "revoked"],
    ["press-3", "absent"],
  ]);
  expect(await run(watched, later(2))).toEqual([
    ["press-1", "unchanged"],
    ["press-3", "absent"],
  ]);
  expect(await run(watched, later(31))).toEqual([
    ["press-1", "deleted"],
    ["press-3", "absent"],
  ]);
  expect(done).toEqual(["policy detached", "thing detached", "REVOKED", "deleted"]);
  expect(await iot.describe(gone.certificateId)).toBeNull();
  expect(await iot.describe(other.certificateId)).toMatchObject({ status: "ACTIVE" });
}, 60_000);
