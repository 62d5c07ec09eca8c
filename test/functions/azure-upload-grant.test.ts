/** What Azure hands a device for a file, by its certificate: to whom, for what, and what can be done with it on Azurite. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { HttpRequest } from "@azure/functions";
import { createHash, X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { door } from "../../fleet/admission/door.ts";
import type { Grant } from "../../fleet/uploads/grant.ts";
import { signatures } from "../../fleet/uploads/targets/blob-sas.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { brokerFacts } from "../../functions/adapters/broker-door.ts";
import { storageResource } from "../../functions/adapters/blob.ts";
import { parseUploadKey } from "../../functions/core/files/upload-key.ts";
import type { createHandler as makeHandler } from "../../functions/handlers/azure-upload-grant.ts";
import { TestAuthority, type KeyAndCertificate } from "../site/support/certificates.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";

const path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/namespaces/acme-broker";
const content = Buffer.from('{"ts":1795651200000,"temperature":21.5}\n');
const sha256 = createHash("sha256").update(content).digest("hex");
const version = { "x-ms-version": "2026-04-06" };

/** Azure Resource Manager, as far as the broker's clients and authorities go. */
const clients = new Map<string, object>();
let authorities: string[] = [];
let down = 0;
let manager: Server;
let azurite: Azurite | null;
let proxy: FlakyProxy;
let container = "https://acme.blob.core.windows.net/raw";
let authority: TestAuthority;
let createHandler: typeof makeHandler;

beforeAll(async () => {
  jest.spyOn(console, "log").mockImplementation(() => undefined);
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  ({ createHandler } = await import("../../functions/handlers/azure-upload-grant.ts"));
  warned.mockRestore();
  azurite = await startAzurite(["raw"]);
  if (azurite !== null) {
    proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
    container = `${proxy.url}/devstoreaccount1/raw`;
  }
  authority = await TestAuthority.create("devices", await TestAuthority.create("root"));
  authorities = [authority.certificate];
  manager = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://arm");
    if (down > 0) return void response.writeHead(down).end();
    if (searchParams.get("api-version") !== "2025-02-15") return void response.writeHead(400).end();
    if (pathname === `${path}/caCertificates`) {
      const page = Number(searchParams.get("page") ?? 0);
      const value = authorities
        .slice(page, page + 1)
        .map((encodedCertificate) => ({ properties: { encodedCertificate } }));
      const next = `http://${request.headers.host}${path}/caCertificates?api-version=2025-02-15&page=${page + 1}`;
      return void response.end(
        JSON.stringify({ value, ...(page + 1 < authorities.length ? { nextLink: next } : {}) }),
      );
    }
    const client = clients.get(decodeURIComponent(pathname.slice(`${path}/clients/`.length)));
    if (client === undefined) return void response.writeHead(404).end();
    response.end(JSON.stringify({ properties: client }));
  });
  await new Promise<void>((resolve) => manager.listen(0, "127.0.0.1", resolve));
}, 120_000);
afterAll(async () => {
  jest.restoreAllMocks();
  manager.close();
  await proxy?.close();
  await azurite?.stop();
});

const clientOf = (id: string, more: object = {}) => ({
  ...{ authenticationName: id, state: "Enabled", attributes: { role: "device" } },
  ...more,
});

/** @param permissions Azurite wants the right to write for blocks, where Azure takes the right to create */
function handlerWith(permissions = "c", insists: () => Promise<void> = async () => undefined) {
  const { port } = manager.address() as AddressInfo;
  const facts = brokerFacts((_resource, url, init) => fetch(url, init), `http://127.0.0.1:${port}${path}`);
  const sign =
    azurite === null
      ? async (key: string) => `sp=c&se=2030-01-01T00:00:00Z&sig=${key.length}`
      : signatures(container, azureFetch(azurite.env), permissions);
  return createHandler({ judge: door({ environment: "acme", ...facts }), container, sign }, insists);
}

function ask(shown: string | null, query = "?channel=telemetry&name=day.ndjson", hash = sha256): HttpRequest {
  const headers = new Headers({ "x-forwarded-for": "203.0.113.7:4711" });
  if (shown !== null) headers.set("x-arr-clientcert", shown);
  return { url: `https://acme.azurewebsites.net/uploads/${hash}${query}`, headers } as unknown as HttpRequest;
}
const derOf = ({ certificate }: KeyAndCertificate): string =>
  new X509Certificate(certificate).raw.toString("base64");

async function grantFor(id: string, query?: string, permissions?: string): Promise<Grant> {
  clients.set(id, clientOf(id));
  const given = await handlerWith(permissions)(ask(derOf(await authority.issue(id)), query));
  expect(given.status).toBe(200);
  expect(given.headers).toEqual({ "Cache-Control": "no-store" });
  return given.jsonBody as Grant;
}
const put = (url: string, headers: Readonly<Record<string, string>>, body: Buffer | string) =>
  fetch(url, { method: "PUT", headers, body: body as string });

describe("what is handed out", () => {
  test("creates this one file in one request, with what is known of it, and does nothing else", async () => {
    if (azurite === null) return;
    const {
      url,
      headers: told,
      expires,
    } = await grantFor("press-01", "?name=Tag%20ä.ndjson&clock=0%3D1000000");
    const headers = { ...told, "x-ms-blob-type": "BlockBlob" };
    const minutes = (Date.parse(expires) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(50);
    expect(minutes).toBeLessThanOrEqual(55);
    const other = url.replace("press-01", "press-02");
    expect((await put(other, headers, content)).status).toBe(403);
    expect((await put(url, headers, content)).status).toBe(201);
    expect([409, 412, 403]).toContain((await put(url, headers, "something else")).status);
    const bold = { ...version, "x-ms-blob-type": "BlockBlob" };
    expect((await put(url, bold, "something else")).status).toBe(403);
    expect((await fetch(url, { headers: version })).status).toBe(403);
    expect((await fetch(url, { method: "DELETE", headers: version })).status).toBe(403);
    const address = `${container}/offline/press-01/telemetry/${sha256}`;
    const kept = await azureFetch(azurite.env)(storageResource, address, {
      headers: { "x-ms-version": "2024-11-04" },
    });
    expect(Buffer.from(await kept.arrayBuffer())).toEqual(content);
    expect(Object.fromEntries([...kept.headers].filter(([name]) => name.startsWith("x-ms-meta-")))).toEqual({
      "x-ms-meta-sha256": sha256,
      "x-ms-meta-device": "press-01",
      "x-ms-meta-channel": "telemetry",
      "x-ms-meta-name": "Tag%20%C3%A4.ndjson",
      "x-ms-meta-clock": "0=1000000",
    });
  });

  test("takes blocks as well, which another grant goes on with, and a list of them", async () => {
    if (azurite === null) return;
    const query = "?channel=telemetry/gyro";
    const ids = [0, 1].map((at) => Buffer.from(`000008388608-00000${at}`).toString("base64"));
    const block = ({ url }: Grant, at: number) =>
      put(
        `${url}&comp=block&blockid=${encodeURIComponent(ids[at] ?? "")}`,
        version,
        content.subarray(at * 20, at * 20 + 20),
      );
    expect((await block(await grantFor("press-03", query, "cw"), 0)).status).toBe(201);
    const later = await grantFor("press-03", query, "cw");
    expect((await block(later, 1)).status).toBe(201);
    const list = `<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join("")}</BlockList>`;
    const commit = () => put(`${later.url}&comp=blocklist`, later.headers, list);
    expect((await commit()).status).toBe(201);
    expect([409, 412]).toContain((await commit()).status);
    const key = new URL(later.url).pathname.split("/raw/")[1] ?? "";
    expect(parseUploadKey(key)).toEqual({ deviceId: "press-03", channel: "telemetry/gyro", sha256 });
    const address = `${container}/${key}`;
    const kept = await azureFetch(azurite.env)(storageResource, address, {
      headers: { "x-ms-version": "2024-11-04" },
    });
    expect(Buffer.from(await kept.arrayBuffer())).toEqual(content.subarray(0, 40));
  });
});

describe("who is handed nothing", () => {
  const refusal = async (shown: string | null, handle = handlerWith()) => {
    const { status, body } = await handle(ask(shown));
    return `${status} ${String(body).trim()}`;
  };

  test("nobody without a certificate, and nobody where the header may be anybody's", async () => {
    clients.set("press-04", clientOf("press-04"));
    const shown = derOf(await authority.issue("press-04"));
    expect(await refusal(null)).toBe("401 connect with the device's certificate");
    expect(await refusal("AAAA")).toBe("401 connect with the device's certificate");
    const failed = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const unsure = handlerWith("c", () => Promise.reject(new Error("App Service lets everybody in")));
    expect(await refusal(shown, unsure)).toBe("503 no upload can be begun now: ask again later");
    for (down of [404, 403]) expect(await refusal(shown)).toContain("503 ");
    down = 0;
    expect(String(failed.mock.calls)).toContain("App Service lets everybody in");
    expect(String(failed.mock.calls)).toContain("there is no broker at");
    failed.mockRestore();
  });

  test("only a client that the broker lets in, under its own name, by a certificate in force", async () => {
    for (const id of ["press-05", "press-06", "press-07"]) clients.set(id, clientOf(id));
    const issued = async (id: string, options = {}) => derOf(await authority.issue(id, options));
    expect(await refusal(await issued("press-99"))).toBe("403 device not registered");
    clients.set("press-06", clientOf("press-06", { state: "Disabled" }));
    expect(await refusal(await issued("press-06"))).toBe("403 certificate revoked");
    clients.set("press-07", clientOf("press-07", { authenticationName: "press-01" }));
    expect(await refusal(await issued("press-07"))).toBe("403 device not registered");
    clients.set("press-07", clientOf("press-07", { attributes: { role: "dashboard" } }));
    expect(await refusal(await issued("press-07"))).toBe("403 device not registered");
    expect(await refusal(await issued("press-05", { from: -9, until: -1 }))).toBe("403 certificate expired");
    expect(await refusal(await issued("press-05", { from: 1 }))).toBe("403 certificate not yet valid");
    expect(await refusal(await issued("press-05", { usages: ["serverAuth"] }))).toBe(
      "403 certificate not for client authentication",
    );
    expect(await refusal(await issued("..", {}))).toBe("403 certificate without a device id");
    const next = await TestAuthority.create("next devices");
    const byNext = derOf(await next.issue("press-05"));
    expect(await refusal(byNext)).toBe("403 unknown certificate authority");
    // As after a rollover: the broker knows both, on two pages.
    authorities = [
      authority.certificate,
      Buffer.from(new X509Certificate(next.certificate).raw).toString("base64"),
    ];
    expect(await refusal(byNext)).toBe("200 undefined");
    authorities = [authority.certificate];
  });

  test("nothing that leads elsewhere is a file's name, and all that is wrong is said at once", async () => {
    clients.set("press-08", clientOf("press-08"));
    const shown = derOf(await authority.issue("press-08"));
    const handle = handlerWith();
    const said = async (query: string, hash?: string) => {
      const { status, body } = await handle(ask(shown, query, hash));
      return `${status} ${String(body)}`;
    };
    for (const hash of ["..%2F..%2Fevents", "A".repeat(64), "0".repeat(63), `${"0".repeat(64)}%2Fx`, ""])
      expect(await said("", hash)).toContain("400 sha256");
    for (const channel of [
      "../press-01/telemetry",
      "telemetry/../../press-01",
      "telemetry//x",
      "commands/stop",
      "status",
      "",
    ])
      expect(await said(`?channel=${encodeURIComponent(channel)}`)).toContain("400 channel");
    expect(await said("?device=press-01")).toContain("400 device: allowed are channel, name, clock");
    expect(await said("?channel=telemetry&channel=events")).toContain("400 channel: once");
    expect(await said("?clock=soon&x=1")).toMatch(/^400 x: allowed are .*; clock/s);
  });

  test("an address that asks too often waits", async () => {
    const handle = handlerWith();
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async () => (await handle(ask(null))).status),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(8);
  });
});
