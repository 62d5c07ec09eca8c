/** Clients of an Event Grid namespace, against a server that answers as Azure Resource Manager does, and has enough at times. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { syncEventGrid } from "../../../fleet/sync/event-grid.ts";
import { gridClients } from "../../../fleet/sync/grid-clients.ts";
import type { LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { temporaryFolder } from "../authority/support.ts";
import { all, certificate, issuedTo, issuerChange, now, openAt } from "../registry/support.ts";

const namespace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/namespaces/n";
const pageSize = 2;

interface Client {
  readonly authenticationName?: string;
  readonly attributes?: Record<string, unknown>;
  readonly state?: string;
}

let folder: ReturnType<typeof temporaryFolder>;
let registry: LocalRegistry;
let server: Server;
let origin: string;
/** What the namespace has, by name. */
let there: Map<string, Client>;
let puts: string[];
/** Answers 429 to so many of the next writes. */
let busy: number;

beforeEach(async () => {
  folder = temporaryFolder();
  registry = await openAt(folder.path);
  await registry.record([issuerChange]);
  [there, puts, busy] = [new Map(), [], 0];
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", origin);
    const answer = (status: number, body: unknown, headers = {}) =>
      response
        .writeHead(status, { "content-type": "application/json", ...headers })
        .end(JSON.stringify(body));
    if (request.headers.authorization !== "Bearer secret" || url.searchParams.get("api-version") === null)
      return void answer(401, {});
    if (request.method === "GET") {
      const from = Number(url.searchParams.get("from") ?? 0);
      const names = [...there.keys()];
      const value = names.slice(from, from + pageSize).map((name) => ({ name, properties: there.get(name) }));
      url.searchParams.set("from", String(from + pageSize));
      return void answer(200, { value, ...(from + pageSize < names.length ? { nextLink: url.href } : {}) });
    }
    const name = url.pathname.split("/").at(-1) as string;
    void json(request).then((body) => {
      if (busy > 0) {
        busy -= 1;
        return answer(429, {}, { "retry-after": "0.05" });
      }
      puts.push(name);
      there.set(name, (body as { properties: Client }).properties);
      return answer(201, {});
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await registry.close();
  folder.remove();
});

const inFlight = 4;

function sync(options: { readonly perSecond?: number; readonly signal?: AbortSignal } = {}) {
  const { perSecond = 1000, signal = new AbortController().signal } = options;
  const clients = gridClients({ namespace, origin, token: () => Promise.resolve("secret") });
  return syncEventGrid({ registry, clients, perSecond, parallel: inFlight, signal });
}
const outcomes = async () =>
  (await all(sync())).map(({ deviceId, outcome }) => `${deviceId} ${outcome}`).sort();

describe("clients of Event Grid", () => {
  test("follow the registry: registered, disabled, enabled again; what is not the fleet's stays as it is", async () => {
    there.set("dashboard", {
      authenticationName: "dashboard",
      attributes: { role: "viewer" },
      state: "Enabled",
    });
    const lost = certificate("press-2");
    const device = { id: "press-1", profile: "machine-json", source: "issued", enrolledAt: now } as const;
    await registry.record([
      { kind: "device", device },
      issuedTo("press-1"),
      { kind: "certificate", certificate: lost },
      issuedTo("press-3"),
      { kind: "device", device: { ...device, id: "press-4" } },
    ]);
    expect(await outcomes()).toEqual(["press-1 registered", "press-2 registered", "press-3 registered"]);
    expect(there.get("press-1")).toEqual({
      authenticationName: "press-1",
      clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" },
      attributes: { role: "device", profile: "machine-json" },
      state: "Enabled",
    });
    expect(await outcomes()).toEqual([]);
    await registry.record([{ kind: "revoked", serial: lost.serial, at: now, reason: "keyCompromise" }]);
    expect(await outcomes()).toEqual(["press-2 disabled"]);
    expect(there.get("press-2")).toMatchObject({ state: "Disabled" });
    await registry.record([issuedTo("press-2")]);
    expect(await outcomes()).toEqual(["press-2 enabled"]);
    expect(there.get("dashboard")).toMatchObject({ attributes: { role: "viewer" }, state: "Enabled" });
  });

  test("wait when the service asks for it, keep to the rate, and go on after a run that was ended", async () => {
    await registry.record(Array.from({ length: 12 }, (_, index) => issuedTo(`wrist-${index}`)));
    const stop = new AbortController();
    busy = 3;
    const began = performance.now();
    let count = 0;
    const ended = (async () => {
      for await (const _one of sync({ perSecond: 50, signal: stop.signal })) {
        count += 1;
        if (count === 4) stop.abort(new Error("ended"));
      }
    })();
    await expect(ended).rejects.toThrow(/ended|aborted/);
    // Four writes and three that were turned away: six times 20 ms between them, less what a timer may be early.
    expect(performance.now() - began).toBeGreaterThan(110);
    expect(new Set(puts).size).toBe(puts.length);
    const rest = await outcomes();
    expect(there.size).toBe(12);
    // What was under way when the run ended may arrive late; nobody else is written twice.
    expect(rest.length).toBeLessThanOrEqual(12 - count);
    expect(puts.length).toBeLessThan(12 + inFlight);
  });

  test("are left alone where the service refuses, which is told with its answer", async () => {
    await registry.record([issuedTo("press-1")]);
    const clients = gridClients({ namespace, origin, token: () => Promise.resolve("wrong") });
    const { signal } = new AbortController();
    const run = all(syncEventGrid({ registry, clients, perSecond: 100, parallel: 2, signal }));
    await expect(run).rejects.toThrow("Event Grid: the clients can't be listed: HTTP 401");
  });
});
