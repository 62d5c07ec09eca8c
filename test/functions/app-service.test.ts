/** What an enrolment app believes of its front end, against front ends that do and don't insist on client certificates. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { HttpRequest } from "@azure/functions";
import type { AddressInfo } from "node:net";
import { callerAddress, clientCertificate, insistence } from "../../functions/adapters/app-service.ts";
import { gate, mostBodyBytes, perSecond, type GateOptions } from "../../functions/adapters/est-gate.ts";
import { makeAuthority } from "../fleet/authority/support.ts";

const servers: Server[] = [];
const listening = async (server: Server, scheme: string): Promise<string> => {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `${scheme}://localhost:${(server.address() as AddressInfo).port}/.well-known/est/csrattrs`;
};
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
const answering = (status: () => number) =>
  listening(
    createHttp((_request, response) => response.writeHead(status()).end()),
    "http",
  );

describe("a front end", () => {
  test("that answers 403 without a certificate is believed, once asked", async () => {
    const statuses = [200, 302, 403];
    const insists = insistence(await answering(() => statuses.shift() ?? 500));
    await expect(insists()).rejects.toThrow("answers a request without a client certificate by HTTP 200");
    await expect(insists()).rejects.toThrow("by HTTP 302; expected: 403");
    await expect(insists()).resolves.toBeUndefined();
    await expect(insists()).resolves.toBeUndefined();
  });

  test("that ends the handshake is believed; one that can't be reached, or trusted, is not", async () => {
    const { certificate, key } = await makeAuthority("front end");
    const pem = key.export({ type: "pkcs8", format: "pem" });
    const server = createHttps(
      { cert: certificate, key: pem, ca: certificate, requestCert: true, rejectUnauthorized: true },
      (_request, response) => response.end(),
    );
    const at = await listening(server, "https");
    // Its own certificate is not of a public authority: not believed whatever it does.
    await expect(insistence(at)()).rejects.toThrow(
      "can't be asked whether it insists on client certificates",
    );
    const refused = Object.assign(new TypeError("fetch failed"), {
      cause: { code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" },
    });
    await expect(insistence(at, () => Promise.reject(refused))()).resolves.toBeUndefined();
  });
});

describe("headers", () => {
  test.each([
    ["203.0.113.7:51234", "203.0.113.7"],
    ["10.0.0.1, 203.0.113.7:51234", "203.0.113.7"],
    ["[2001:db8::1]:51234", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["", ""],
  ])("%p comes from %p", (given, address) => {
    expect(callerAddress(new Headers({ "x-forwarded-for": given }))).toBe(address);
  });

  test("that name no certificate give none", () => {
    for (const shown of ["", "none", "AAAA"])
      expect(clientCertificate(new Headers({ "x-arr-clientcert": shown }))).toBeNull();
  });
});

describe("the gate", () => {
  let logged: ReturnType<typeof jest.spyOn>;
  beforeAll(() => {
    logged = jest.spyOn(console, "log").mockImplementation(() => undefined);
  });
  afterAll(() => logged.mockRestore());
  const free: GateOptions = { allowance: async () => 0, failed: () => undefined };
  const request = (address: string, body: Buffer = Buffer.alloc(0), headers = {}): HttpRequest =>
    ({
      method: "POST",
      url: "https://plant.azurewebsites.net/.well-known/est/simpleenroll?x=1",
      headers: new Headers({ "x-forwarded-for": address, authorization: "Basic c2VjcmV0", ...headers }),
      arrayBuffer: async () => new Uint8Array(body).buffer,
    }) as unknown as HttpRequest;

  test("lets so many of one network through in a second, and others besides", async () => {
    let now = 0;
    const handle = gate({ ...free, now: () => now }, async () => ({ status: 200 }));
    const asked = async (address: string) => (await handle(request(address))).status;
    const first = await Promise.all(
      Array.from({ length: perSecond + 1 }, (_, at) => asked(`[2001:db8::${at}]:1`)),
    );
    expect(first.filter((status) => status === 200)).toHaveLength(perSecond);
    expect(first.at(-1)).toBe(429);
    expect(await asked("203.0.113.7:1")).toBe(200);
    now += 1_000;
    expect(await asked("[2001:db8::1]:1")).toBe(200);
  });

  test("asks what the address may have of all instances, and says when it may come again", async () => {
    const asked: string[] = [];
    const waits = [0, 7];
    const allowance = async (address: string) => waits[asked.push(address) - 1] ?? 0;
    const handle = gate({ ...free, allowance }, async () => ({ status: 200 }));
    expect(await handle(request("[2001:db8::1]:1"))).toEqual({ status: 200 });
    expect(await handle(request("[2001:db8::2]:1"))).toMatchObject({
      status: 429,
      headers: { "Retry-After": "7" },
    });
    expect(asked).toEqual(["2001:db8:0:0::/64", "2001:db8:0:0::/64"]);
    const away = () => Promise.reject(new Error("the counters are away"));
    const failed = gate({ ...free, allowance: away }, async () => ({ status: 200 }));
    expect(await failed(request(""))).toMatchObject({ status: 503 });
  });

  test("takes small bodies, hands on the path, and logs no header", async () => {
    const paths: string[] = [];
    const handle = gate(free, async (_request, path) => ({ status: paths.push(path) > 0 ? 200 : 500 }));
    expect(await handle(request("", Buffer.alloc(mostBodyBytes)))).toEqual({ status: 200 });
    expect(await handle(request("", Buffer.alloc(mostBodyBytes + 1)))).toMatchObject({ status: 413 });
    const announced = { "content-length": String(mostBodyBytes + 1) };
    expect(await handle(request("", Buffer.alloc(1), announced))).toMatchObject({ status: 413 });
    expect(paths).toEqual(["/.well-known/est/simpleenroll"]);
    expect(JSON.stringify(logged.mock.calls)).not.toContain("c2VjcmV0");
  });

  test("says nothing of what went wrong to the caller", async () => {
    const told: string[] = [];
    const answer = () => Promise.reject(new Error("the vault is away"));
    const failed = ({ message }: Error) => told.push(message);
    const given = await gate({ ...free, failed }, answer)(request(""));
    expect(given).toMatchObject({ status: 503, headers: { "Retry-After": "60" } });
    expect(JSON.stringify(given)).not.toContain("vault");
    expect(told).toEqual(["the vault is away"]);
  });
});
