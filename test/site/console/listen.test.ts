/** How the console is reached: plain on loopback only, TLS elsewhere, in order until the end. */
import { createServer } from "node:net";
import { once } from "node:events";
import { request } from "node:https";
import { connect, type SecureVersion } from "node:tls";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { startConsole, type Console } from "../../../site/console/console.ts";
import type { ConsoleSettings } from "../../../site/settings.ts";
import { fakeFleet } from "../../page/support/fake-fleet.ts";
import { openFakeLake } from "../../page/support/fake-lake.ts";
import { fakeToken, freePort } from "../../page/support/fake-site.ts";
import { temporaryTokens } from "../../page/support/temporary-tokens.ts";
import { TestAuthority } from "../support/certificates.ts";
import { ask, bearer } from "./support/http.ts";

let running: Console | null = null;
const tokens = temporaryTokens();
afterAll(() => tokens.remove());
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function start(settings: Partial<ConsoleSettings>): Promise<Console> {
  const lake = await openFakeLake({ now: Date.now(), empty: true });
  running = await startConsole({
    settings: {
      host: "127.0.0.1",
      port: await freePort(),
      token: fakeToken,
      tls: null,
      environment: { name: "demo", target: "local", resources: [] },
      ...settings,
    },
    lake,
    fleet: fakeFleet({ now: Date.now(), empty: true }),
    tokens: tokens.store,
  });
  return running;
}

describe("without TLS", () => {
  test.each(["0.0.0.0", "::", "192.0.2.7", "plant.example.com"])(
    "%s is refused: the token would travel in clear",
    async (host) => {
      await expect(start({ host })).rejects.toThrow(
        `console host: received "${host}" without tls; allowed: a loopback address (127.0.0.1, ::1, localhost)`,
      );
    },
  );

  test("a port that another program has is named, with what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(
      /address already in use 127\.0\.0\.1:\d+: .*fieldlake:local\.consolePort/,
    );
    other.close();
  });

  test("the address holds no token, and the port is free again after the end", async () => {
    const port = await freePort();
    const first = await start({ port });
    expect(first.url).toBe(`http://127.0.0.1:${port}/`);
    await first.stop();
    await start({ port });
    expect((await ask(`http://127.0.0.1:${port}/`, "/api/summary", { headers: bearer })).status).toBe(200);
  });
});

describe("with TLS", () => {
  const certificates = async () => {
    const authority = await TestAuthority.create("root");
    const { certificate, key } = await authority.issue("server", { usages: ["serverAuth"] });
    return { certificate, key };
  };

  test("any host is served, whatever it calls itself, and the cookie is bound to TLS", async () => {
    const { url } = await start({ host: "0.0.0.0", tls: await certificates() });
    expect(url).toMatch(/^https:/);
    const { hostname, port } = new URL(url);
    const answer = await new Promise<{ status: number | undefined; cookie: string }>((resolve, reject) => {
      request(
        {
          hostname: hostname === "0.0.0.0" ? "127.0.0.1" : hostname,
          port,
          path: `/?token=${fakeToken}`,
          rejectUnauthorized: false,
          headers: { host: "plant.example.com" },
        },
        (response) => {
          response.resume();
          resolve({ status: response.statusCode, cookie: response.headers["set-cookie"]?.[0] ?? "" });
        },
      )
        .on("error", reject)
        .end();
    });
    expect(answer.status).toBe(303);
    expect(answer.cookie).toMatch(/^__Host-fieldlake-\d+=/);
    expect(answer.cookie).toMatch(/; Secure/);
    expect(answer.cookie).toMatch(/; HttpOnly/);
  });

  test("is 1.2 at least, and a client that speaks plain HTTP gets nothing", async () => {
    const { url } = await start({ tls: await certificates() });
    const port = Number(new URL(url).port);
    const handshake = (maxVersion: SecureVersion) =>
      new Promise<string>((resolve) => {
        const options = {
          port,
          host: "127.0.0.1",
          rejectUnauthorized: false,
          minVersion: "TLSv1",
          maxVersion,
          ciphers: "DEFAULT@SECLEVEL=0",
        } as const;
        const socket = connect(options, () => {
          resolve(socket.getProtocol() ?? "none");
          socket.destroy();
        });
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
      });
    expect(await handshake("TLSv1.3")).toBe("TLSv1.3");
    expect(await handshake("TLSv1.2")).toBe("TLSv1.2");
    expect(await handshake("TLSv1.1")).toMatch(/^E/);
    await expect(ask(`http://127.0.0.1:${port}/`, "/", { headers: bearer })).rejects.toThrow();
  });
});
