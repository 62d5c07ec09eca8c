/** `fieldlake fleet sync` as somebody types it: against moto, and a server that answers as Azure does. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createHash, X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { azureServer, type AzureCall, type AzureServer } from "../../support/azure-server.ts";
import { fleetStack, type FleetStack } from "../support/fleet-stack.ts";
import { startMoto } from "../support/tools.ts";

const variables = [
  "AWS_ENDPOINT_URL",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_REGION",
  "FIELDLAKE_AZURE_ENDPOINT",
] as const;
const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
let stack: FleetStack;
beforeEach(async () => {
  for (const name of variables) delete process.env[name];
  stack = await fleetStack();
});
afterEach(() => {
  for (const name of variables) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  stack.remove();
});

const issue = (...ids: string[]) =>
  stack.run("issue", ...ids.flatMap((id) => ["--id", id]), "--out", stack.path("made"));
const revoke = (id: string) => stack.run("revoke", id, "--reason", "keyCompromise", "--yes");
/** Outcomes of a run, one a line with `--json`. */
async function outcomes(...args: readonly string[]): Promise<string[]> {
  const { code, output, notes } = await stack.run("sync", ...args, "--per-second", "1000", "--json");
  if (code !== 0) throw new Error(`exit code ${code}: ${notes.join("\n")}`);
  const lines = output.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { deviceId, outcome } = JSON.parse(line) as { deviceId: string; outcome: string };
    return `${deviceId} ${outcome}`;
  });
}

test("aws: a revoked certificate is revoked in IoT Core, once; the summary says how many", async () => {
  const moto = await startMoto();
  if (moto === null) return;
  const front = await asAws(moto.endpoint);
  try {
    Object.assign(process.env, moto.env, { AWS_ENDPOINT_URL: front.address });
    await issue("press-1", "press-2");
    const pem = new X509Certificate(stack.text("made/press-1.pem")).toString();
    await register(moto.endpoint, pem);
    await revoke("press-1");
    expect((await stack.run("sync", "aws")).notes).toEqual(["1 revoked"]);
    expect(await outcomes("aws", "--region", "eu-central-1")).toEqual(["press-1 unchanged"]);
    expect(await outcomes("aws", "--keep", "0")).toEqual(["press-1 deleted"]);
    expect(await outcomes("aws")).toEqual(["press-1 absent"]);
  } finally {
    moto.stop();
    front.close();
  }
}, 120_000);

test("aws: says which of the credentials is missing, before anything is asked", async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "a" });
  const { code, notes } = await stack.run("sync", "aws");
  expect(code).toBe(2);
  expect(notes[0]).toBe("error: sync aws: AWS_REGION, AWS_SECRET_ACCESS_KEY not set");
});

describe("azure", () => {
  const namespace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/namespaces/n";
  let server: AzureServer;
  let there: Map<string, Record<string, unknown>>;
  const answering = (answer: (call: AzureCall) => unknown) =>
    azureServer((call) => {
      const body = answer(call);
      return body === null ? { status: 404 } : { status: 200, body };
    });
  beforeEach(() => {
    there = new Map();
  });
  afterEach(() => server.close());

  test("Event Grid: devices become clients, revoked ones are disabled", async () => {
    server = await answering(({ method, path, body }) => {
      if (method === "PUT") there.set(path, JSON.parse(body.toString()) as Record<string, unknown>);
      const value = [...there].map(([at, one]) => ({ name: at.split("/").at(-1), ...one }));
      return { value };
    });
    process.env["FIELDLAKE_AZURE_ENDPOINT"] = server.address;
    await issue("press-1", "press-2");
    const run = () => outcomes("azure", "--namespace", namespace);
    expect((await run()).sort()).toEqual(["press-1 registered", "press-2 registered"]);
    await revoke("press-2");
    expect(await run()).toEqual(["press-2 disabled"]);
    expect((await stack.run("sync", "azure", "--namespace", namespace)).notes).toEqual(["nothing to do"]);
    const client = `management.azure.com${namespace}/clients/press-2`;
    expect(there.get(client)).toMatchObject({ properties: { state: "Disabled" } });
    expect((await stack.run("sync", "azure", "--namespace", "n")).notes[0]).toContain(
      "--namespace: received n; allowed: the resource id of an Event Grid namespace",
    );
  });

  test("IoT Hub: a revoked device is kept out of enrolment, then disabled, and comes back with a new certificate", async () => {
    const [hub, provisioning] = ["plant.azure-devices.net", "plant.azure-devices-provisioning.net"];
    const device = (id: string) => `${hub}/devices/${id}`;
    there.set(device("press-1"), {
      deviceId: "press-1",
      status: "enabled",
      etag: "v1",
      authentication: { x: 1 },
    });
    there.set(device("press-3"), { deviceId: "press-3", status: "disabled", statusReason: "by hand" });
    server = await answering(({ method, path, headers, body }) => {
      const below = (prefix: string) =>
        [...there].filter(([at]) => at.startsWith(prefix)).map(([, one]) => one);
      if (path === `${hub}/devices/query`)
        return below(`${hub}/devices/`).filter(({ status }) => status === "disabled");
      if (path === `${provisioning}/enrollments/query`) return below(`${provisioning}/enrollments/`);
      const found = there.get(path) ?? null;
      if (method === "GET") return found;
      if (method === "DELETE") return there.delete(path) ? {} : null;
      if (path.startsWith(hub) && headers["if-match"] !== `"${String(found?.["etag"])}"`) return null;
      const sent = JSON.parse(body.toString()) as Record<string, unknown>;
      there.set(path, { ...sent, etag: "v2" });
      return sent;
    });
    process.env["FIELDLAKE_AZURE_ENDPOINT"] = server.address;
    await issue("press-1", "press-2", "press-3");
    const run = () => outcomes("azure", "--hub", hub, "--provisioning", provisioning);
    expect(await run()).toEqual([]);
    await revoke("press-1");
    await revoke("press-2");
    expect(await run()).toEqual(["press-1 disabled", "press-2 barred"]);
    const writes = server.calls.filter(({ method }) => method === "PUT").map(({ path }) => path);
    expect(writes.slice(0, 2)).toEqual([`${provisioning}/enrollments/press-1`, device("press-1")]);
    expect(there.get(device("press-1"))).toMatchObject({ status: "disabled", authentication: { x: 1 } });
    const pem = new X509Certificate(stack.text("made/press-1.pem")).toString();
    expect(there.get(`${provisioning}/enrollments/press-1`)).toEqual({
      registrationId: "press-1",
      deviceId: "press-1",
      attestation: { type: "x509", x509: { clientCertificates: { primary: { certificate: pem } } } },
      initialTwin: { tags: { fieldlake: "barred" }, properties: { desired: {} } },
      provisioningStatus: "disabled",
      etag: "v2",
    });
    expect(await run()).toEqual([]);
    await stack.run("issue", "--id", "press-1", "--replace", "--out", stack.path("again"));
    expect(await run()).toEqual(["press-1 enabled"]);
    expect(there.get(device("press-1"))).toMatchObject({ status: "enabled", statusReason: null });
    expect(there.has(`${provisioning}/enrollments/press-1`)).toBe(false);
    // What somebody disabled by hand is theirs.
    expect(there.get(device("press-3"))).toMatchObject({ status: "disabled" });
    const wrong = await stack.run("sync", "azure", "--hub", "plant.example.org");
    expect(wrong.code).toBe(2);
    expect(wrong.notes.join("\n")).toContain(
      "--hub: received plant.example.org; allowed: <name>.azure-devices.net",
    );
    expect(wrong.notes.join("\n")).toContain("--provisioning: received nothing");
  });
});

async function register(endpoint: string, certificatePem: string): Promise<void> {
  const authorization = "AWS4-HMAC-SHA256 Credential=test/20300101/eu-central-1/iot/aws4_request";
  const answer = await fetch(`${endpoint}/certificate/register-no-ca`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ certificatePem, status: "ACTIVE" }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** AWS names a certificate by the hash of its DER, moto by that of its PEM: what is asked for by the one is passed on by the other. */
async function asAws(moto: string): Promise<{ readonly address: string; close(): void }> {
  const idOf = (hash: string, der: Buffer): string => createHash(hash).update(der).digest("hex");
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const certificate = new X509Certificate(stack.text("made/press-1.pem"));
      const [ours, theirs] = [certificate.raw, Buffer.from(certificate.toString())].map((one) =>
        idOf("sha256", one),
      );
      const path = (request.url ?? "").replace(String(ours), String(theirs));
      const { method = "GET", headers } = request;
      const { authorization = "" } = headers;
      const principal = headers["x-amzn-principal"];
      const body = Buffer.concat(chunks);
      void fetch(`${moto}${path}`, {
        method,
        headers: {
          authorization,
          ...(typeof principal === "string" ? { "x-amzn-principal": principal } : {}),
        },
        ...(body.length === 0 ? {} : { body }),
      }).then(async (answer) => {
        response.writeHead(answer.status, { "content-type": "application/json" });
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
