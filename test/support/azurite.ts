/** Azurite (Microsoft's blob server for tests, from npm) with tokens of its own directory, brought in once. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { broughtIn } from "../fleet/support/tools.ts";
import { TestAuthority } from "../site/support/certificates.ts";
import { freePort } from "./free-port.ts";

const version = "3.37.0";

export interface Azurite {
  /** Of its one account; HTTPS by a certificate that nobody trusts. */
  readonly endpoint: string;
  /** Of a function: an identity endpoint, with the secret and the client it expects. */
  readonly env: Readonly<Record<string, string>>;
  /** Tokens that the identity endpoint has given so far. */
  tokens(): number;
  /** Seconds that tokens are good for from now on. */
  tokenLife(seconds: number): void;
  stop(): Promise<void>;
}

/** Azurite checks issuer, audience and time of a token, and no signature. */
export function azuriteToken(seconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    aud: "https://storage.azure.com",
    iss: "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
    iat: now,
    nbf: now - 60,
    exp: now + seconds,
    oid: "00000000-0000-0000-0000-000000000001",
    tid: "00000000-0000-0000-0000-000000000000",
  };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${Buffer.from("none").toString("base64url")}`;
}

async function identityEndpoint() {
  let given = 0;
  let life = 3_600;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://identity");
    const isKnown =
      request.headers["x-identity-header"] === "the secret" &&
      searchParams.get("client_id") === "client-1" &&
      searchParams.get("resource") === "https://storage.azure.com";
    if (!isKnown) return void response.writeHead(400).end();
    given++;
    const expires_on = String(Math.floor(Date.now() / 1_000) + life);
    response.end(JSON.stringify({ access_token: azuriteToken(3_600), expires_on, token_type: "Bearer" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
      IDENTITY_HEADER: "the secret",
      AZURE_CLIENT_ID: "client-1",
    },
    tokens: () => given,
    tokenLife: (seconds: number) => void (life = seconds),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `null` where it can't be had, which is said aloud. */
export async function startAzurite(containers: readonly string[]): Promise<Azurite | null> {
  const installed = await broughtIn(`azurite-${version}`, async (draft) => {
    await writeFile(join(draft, "package.json"), '{"private":true}');
    const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `azurite@${version}`];
    await promisify(execFile)("npm", install, { cwd: draft });
  });
  if (installed === null) return null;
  const folder = await mkdtemp(join(tmpdir(), "azurite-"));
  const authority = await TestAuthority.create("azurite");
  const { certificate, key } = await authority.issue("127.0.0.1", { usages: ["serverAuth"] });
  await writeFile(join(folder, "server.pem"), certificate);
  await writeFile(join(folder, "server.key"), key, { mode: 0o600 });
  const identity = await identityEndpoint();
  const port = await freePort();
  const main = join(installed, "node_modules/azurite/dist/src/blob/main.js");
  const options = [
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    String(port),
    "--silent",
    "--inMemoryPersistence",
  ];
  options.push("--disableTelemetry", "--oauth", "basic", "--cert", "server.pem", "--key", "server.key");
  const server = spawn(process.execPath, [main, ...options], { cwd: folder, stdio: "ignore" });
  const endpoint = `https://127.0.0.1:${port}/devstoreaccount1`;
  const azurite: Azurite = {
    endpoint,
    ...identity,
    stop: async () => {
      server.kill("SIGKILL");
      await identity.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    for (const container of containers)
      await makeContainer(`${endpoint}/${container}`, () => server.exitCode);
    return azurite;
  } catch (error) {
    await azurite.stop();
    throw error;
  }
}

/** Tries until the server is there. */
async function makeContainer(url: string, exitCode: () => number | null): Promise<void> {
  const { request } = await import("node:https");
  const headers = { authorization: `Bearer ${azuriteToken(600)}`, "x-ms-version": "2024-11-04" };
  const deadline = Date.now() + 30_000;
  for (;;) {
    const status = await new Promise<number>((resolve) => {
      const made = request(
        `${url}?restype=container`,
        { method: "PUT", headers, rejectUnauthorized: false },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      made.on("error", () => resolve(0));
      made.end();
    });
    if (status === 201) return;
    if (status !== 0 || Date.now() > deadline || exitCode() !== null)
      throw new Error(`Azurite does not start: HTTP ${status}, exit code ${exitCode()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
