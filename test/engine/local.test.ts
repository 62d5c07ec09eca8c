/** The real engine on the local target: plan, deploy, no-change, change, fault and removal of a whole environment. */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash, createPrivateKey } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { createServer, connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import mqtt, { type MqttClient } from "mqtt";
import { enrol } from "../../fleet/est/client.ts";
import { makeToken } from "../../fleet/est/token.ts";
import { openLocalRegistry } from "../../fleet/registry/local-registry.ts";
import { Keyring } from "../../site/seal.ts";
import { readSiteRecord, SiteClient, type SiteRecord } from "../../site/client.ts";
import { filesBelow, hits, type Needle } from "../support/plain-scan.ts";
import { createStack, hasEngine, type TestStack } from "./support/stack.ts";

const config = {
  profiles: ["machine-json"],
  bindings: [{ devices: "press-*", profile: "machine-json" }],
  devices: [{ id: "press-01", profile: "machine-json" }, { id: "press-02" }],
};
const marker = 987_654.25;
const garbage = "no-decoder-reads-this";

interface Credential {
  readonly certificate: string;
  readonly privateKey: string;
}

let stack: TestStack;
let devices: Record<string, Credential>;
let trustBundle: string;
const clients: MqttClient[] = [];

beforeAll(async () => {
  if (!(await hasEngine()))
    throw new Error("no pulumi on PATH: run this by `npm test`, which brings an engine in");
  stack = await createStack(config);
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.end(true);
  await stack.dispose();
}, 120_000);

const runFolder = () => join(stack.dataFolder, "run");
const site = () => SiteClient.at(runFolder());

async function connect(id: string): Promise<MqttClient> {
  const { certificate, privateKey } = devices[id] as Credential;
  const client = mqtt.connect(`mqtts://127.0.0.1:${stack.mqttPort}`, {
    clientId: id,
    cert: certificate,
    key: privateKey,
    ca: trustBundle,
    reconnectPeriod: 0,
    protocolVersion: 4,
  });
  clients.push(client);
  await new Promise<void>((done, fail) => {
    client.once("connect", () => done());
    client.once("error", fail);
    // A server may refuse a TLS 1.3 client by closing, without a word.
    client.once("close", () => fail(new Error(`${id} was refused`)));
  });
  return client;
}

const countRows = async () => {
  const { rows } = await site().query("select count(*) from readings where metric = 'temperature'");
  return Number(rows[0]?.[0]);
};

describe("an environment on one machine, by the real engine", () => {
  test("preview plans everything and makes nothing", async () => {
    const { status, text } = await stack.pulumi("preview");
    expect(text).toMatch(/fieldlake:local:Broker.*create/);
    expect(status).toBe(0);
    expect(() => statSync(stack.dataFolder)).toThrow("ENOENT");
  }, 120_000);

  test("five mistakes in the configuration come back at once, and nothing is planned", async () => {
    stack.configure({
      environment: "NO",
      limits: { payloadBytes: 0 },
      local: { mqttPort: 80 },
      profiles: ["machine-json", "toaster"],
      fleet: { certificateDays: 1 },
    });
    const { status, text } = await stack.pulumi("preview");
    stack.configure({});
    expect(status).not.toBe(0);
    for (const key of [
      "environment",
      "limits.payloadBytes",
      "local.mqttPort",
      "profiles[1]",
      "fleet.certificateDays",
    ]) {
      expect(text).toContain(`fieldlake:${key}`);
    }
    expect(text).not.toMatch(/Broker.*create/);
  }, 120_000);

  test("up brings it up: the broker lets devices in by their certificate only", async () => {
    const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    if (status !== 0) throw new Error(text);
    const outputs = await stack.outputs();
    devices = outputs["devices"] as Record<string, Credential>;
    trustBundle = outputs["trustBundle"] as string;
    const client = await connect("press-01");
    await client.publishAsync(
      "devices/press-01/telemetry",
      JSON.stringify({ seq: 1, ts: Date.now(), temperature: marker, humidity: 40 }),
      { qos: 1 },
    );
    await client.publishAsync("devices/press-01/telemetry", `{"${garbage}`, { qos: 1 });
    await site().call("POST", "/flush");
    expect(await countRows()).toBe(1);
    await expect(tlsWithoutCertificate(stack.mqttPort)).rejects.toThrow();
  }, 180_000);

  test("a second up changes nothing, and the policy pack has nothing against it", async () => {
    const { status, text } = await stack.pulumi(
      ...["up", "--yes", "--skip-preview", "--expect-no-changes", "--policy-pack", "policies"],
    );
    expect(`${status} ${status === 0 ? "" : text}`).toBe("0 ");
    expect(text).toMatch(/Policies:\n\s+✅ fieldlake@v/);
  }, 120_000);

  test("a device that is no resource fetches its certificate by a token, connects and sends a file with it", async () => {
    const { connection, authority } = (await stack.outputs()) as {
      connection: { enrolmentUrl: string };
      authority: { registry: { folder: string; keyFile: string } };
    };
    const keyring = Keyring.fromFile(authority.registry.keyFile);
    const registry = await openLocalRegistry({
      folder: authority.registry.folder,
      sealing: keyring.key("registry"),
    });
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const invited = { deviceId: "press-77", at };
    const device = { id: invited.deviceId, profile: null, source: "issued", enrolledAt: at } as const;
    await registry.record([
      { kind: "device", device },
      { kind: "invited", ...invited },
    ]);
    const until = new Date(at.getTime() + 60_000);
    const token = makeToken(keyring.key("bootstrap tokens").bytes, { ...invited, until });
    devices["press-77"] = await enrol({ url: connection.enrolmentUrl, trustBundle }, "press-77", token);
    await connect("press-77");
    expect(await registry.invitation("press-77")).toBeNull();
    expect(await registry.certificatesOf("press-77")).toMatchObject([{ source: "issued" }]);
    await registry.close();
    const file = Buffer.from(`{"ts":${Date.now()},"seq":1,"humidity":41}\n`);
    const sha256 = createHash("sha256").update(file).digest("hex");
    const headers = { "Upload-Length": file.length, "Upload-Offset": 0, "Content-Length": file.length };
    const { certificate: cert, privateKey: key } = devices["press-77"]!;
    const request = httpsRequest(`${connection.enrolmentUrl}/uploads/${sha256}`, {
      ...{ method: "PATCH", headers, ca: trustBundle, cert, key, agent: false },
    });
    request.end(file);
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    expect([answer.statusCode, await json(answer)]).toMatchObject([
      200,
      { deviceId: "press-77", messages: 1 },
    ]);
  }, 30_000);

  test("no payload, value, key or token lies plain in any file of data, run, keys or state", async () => {
    const outputs = await stack.outputs();
    const privateKeys = Object.values(devices).map(({ privateKey }) => privateKey);
    const keyFiles = filesBelow(stack.keyFolder);
    const masterKeys = keyFiles.map((file) => readFileSync(file, "utf8").trim());
    const number = Buffer.alloc(8);
    number.writeDoubleLE(marker);
    const secrets: Needle[] = [
      // The last lines are the public key, which is no secret.
      ...privateKeys.map((pem) => pem.split("\n")[1] as string),
      ...privateKeys.map((pem) =>
        Buffer.from(createPrivateKey(pem).export({ format: "jwk" }).d ?? "", "base64url"),
      ),
      ...masterKeys,
      ...masterKeys.map((key) => Buffer.from(key, "base64")),
      String(outputs["dashboardToken"]),
      "PRIVATE KEY",
    ];
    expect(secrets.map(({ length }) => length > 10)).not.toContain(false);
    const values: Needle[] = [String(marker), "press-01/telemetry", '"humidity":40', garbage, number];
    expect(masterKeys).toHaveLength(2);
    const stored = filesBelow(stack.dataFolder);
    for (const part of [
      "/log/",
      "/lake/curated/",
      "/lake/quarantine/",
      "/lake/manifest/",
      "/broker/",
      "/run/settings.sealed",
    ])
      expect(stored.some((file) => file.includes(part))).toBe(true);
    expect(hits([...stored, ...filesBelow(stack.stateFolder)], [...secrets, ...values])).toEqual([]);
    const planted = join(stack.dataFolder, "run/planted");
    writeFileSync(planted, [...secrets, ...values].join("\n"));
    expect(hits(filesBelow(stack.dataFolder), [secrets[0] as string, "press-01/telemetry"])).toHaveLength(2);
    rmSync(planted);
    // Names of devices and metrics are in the state by right, and in the decoder's own code; nowhere else.
    const sealed = stored.filter((file) => !file.includes("/bundles/"));
    expect(hits(sealed, ["press-02", "temperature"])).toEqual([]);
  });

  test("after kill -9, its settings damaged as well, a plain up starts the site again with every acknowledged row", async () => {
    const before = readSiteRecord(runFolder());
    if (before === null) throw new Error("no site is running");
    process.kill(before.pid, "SIGKILL");
    const settings = join(runFolder(), "settings.sealed");
    writeFileSync(settings, readFileSync(settings).fill(0, 100, 101));
    await delay(200);
    const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    if (status !== 0) throw new Error(text);
    expect(readSiteRecord(runFolder())?.pid).not.toBe(before.pid);
    expect(await countRows()).toBe(1);
  }, 120_000);

  test("a revoked device's open session is dropped, and it does not come back; others stay", async () => {
    const [revoked, other] = [await connect("press-02"), await connect("press-01")];
    const closed = new Promise<void>((done) => revoked.once("close", () => done()));
    stack.configure({ fleet: { revoked: ["press-02"] } });
    const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    if (status !== 0) throw new Error(text);
    await Promise.race([
      closed,
      delay(5_000).then(() => Promise.reject(new Error("still connected after 5 s"))),
    ]);
    await expect(connect("press-02")).rejects.toThrow();
    expect(other.connected).toBe(true);
  }, 120_000);

  test("a port in use is named with its key, and the former broker keeps serving", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => squatter.once("listening", done));
    const { port } = squatter.address() as { port: number };
    stack.configure({ fleet: { revoked: ["press-02"] }, local: { mqttPort: port } });
    const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    squatter.close();
    stack.configure({ fleet: { revoked: ["press-02"] } });
    expect(status).not.toBe(0);
    expect(text).toContain(String(port));
    expect(text).toContain("fieldlake:local.mqttPort");
    await connect("press-01");
  }, 120_000);

  test("of two ups at once one runs and the other says that the stack is locked", async () => {
    const first = stack.pulumi("up", "--yes", "--skip-preview");
    // The engine looks for others' locks after it has put its own: two in the same instant would both give way.
    const isLocked = () => filesBelow(join(stack.stateFolder, ".pulumi", "locks")).length > 0;
    for (let tries = 0; !isLocked() && tries < 2_000; tries++) await delay(10);
    const second = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(second.status).not.toBe(0);
    expect(second.text).toMatch(/locked/);
    expect((await first).status).toBe(0);
  }, 120_000);

  test("a missing key file stops the up with what to do, and nothing is lost once it is back", async () => {
    const key = join(stack.keyFolder, "lake.key");
    renameSync(key, `${key}.away`);
    const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    renameSync(`${key}.away`, key);
    expect(status).not.toBe(0);
    expect(text).toMatch(/lake\.key cannot be read \(ENOENT\): restore it/);
    expect((await stack.pulumi("up", "--yes", "--skip-preview")).status).toBe(0);
    expect(await countRows()).toBe(1);
  }, 180_000);

  test("destroy leaves no process, no file and no port", async () => {
    const { pid } = readSiteRecord(runFolder()) as SiteRecord;
    await destroyed();
    // What has ended is gone once init has reaped it.
    for (let tries = 0; isAlive(pid) && tries < 100; tries++) await delay(50);
    expect(isAlive(pid)).toBe(false);
  }, 120_000);

  test("nor does it after kill -9, with the key files lost: what can't be read any more can be removed", async () => {
    const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    if (status !== 0) throw new Error(text);
    process.kill((readSiteRecord(runFolder()) as SiteRecord).pid, "SIGKILL");
    rmSync(stack.keyFolder, { recursive: true });
    await destroyed();
  }, 180_000);
});

async function destroyed(): Promise<void> {
  const { status, text } = await stack.pulumi("destroy", "--yes", "--skip-preview");
  if (status !== 0) throw new Error(text);
  expect(() => statSync(stack.dataFolder)).toThrow("ENOENT");
  expect(() => statSync(stack.keyFolder)).toThrow("ENOENT");
  for (const port of [stack.mqttPort, stack.enrolmentPort, stack.consolePort])
    await expect(tcp(port)).rejects.toThrow("ECONNREFUSED");
}

/** Resolves only where a server accepts a client without certificate (TLS 1.3 refuses after the handshake, on the first read). */
function tlsWithoutCertificate(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connectTls({ host: "127.0.0.1", port, ca: trustBundle, servername: "localhost" }, () => {
      socket.write(Buffer.from("100f00044d5154540402003c0003616263", "hex"));
    });
    socket.once("data", () => done());
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("closed")));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function tcp(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connectTcp(port, "127.0.0.1", () => {
      socket.destroy();
      done();
    });
    socket.once("error", fail);
  });
}
