/** Whom the query function answers where the caller's own roles decide: before Storage has said yes, nothing is asked. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { byTheirRoles, callersFetch } from "../../functions/query/callers.ts";

const page = `<?xml version="1.0"?><EnumerationResults><Blobs/><NextMarker/></EnumerationResults>`;

/** Storage's answers by token; each container may be read by some. */
const readers: Readonly<Record<string, readonly string[]>> = {
  "/lake/curated": ["reads-both", "reads-curated"],
  "/lake/quarantine": ["reads-both"],
};
const seen: string[] = [];
function judge({ url = "", headers, method = "" }: IncomingMessage): { status: number; code: string } {
  const { pathname, search } = new URL(url, "http://storage");
  const token = (headers.authorization ?? "").replace("Bearer ", "");
  seen.push(`${method} ${pathname}${search} as ${token}`);
  const allowed = readers[pathname];
  if (allowed === undefined) return { status: 404, code: "ContainerNotFound" };
  if (token === "ended") return { status: 401, code: "InvalidAuthenticationInfo" };
  if (allowed.includes(token)) return { status: 200, code: "" };
  return { status: 403, code: "AuthorizationPermissionMismatch" };
}

let server: Server;
let containers: string[];
beforeAll(async () => {
  server = createServer((request, response) => {
    const { status, code } = judge(request);
    response
      .writeHead(status, code === "" ? {} : { "x-ms-error-code": code })
      .end(status === 200 ? page : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  containers = Object.keys(readers).map((path) => `http://127.0.0.1:${port}${path}`);
});
afterAll(() => void server.close());
beforeEach(() => void seen.splice(0));

/** What the function would answer, and whether it looked at the question. */
async function asked(authorization: string | null, at: readonly string[] = containers) {
  const json = jest.fn(() => Promise.resolve({ sql: "SELECT 1" } as unknown));
  const answer = byTheirRoles(at, () => (question) => Promise.resolve({ jsonBody: { question } }));
  const given = await answer({ headers: { get: () => authorization }, json });
  return { given, looked: json.mock.calls.length > 0 };
}

describe("the caller's own roles", () => {
  test("who may read both zones is answered", async () => {
    const { given } = await asked("Bearer reads-both");
    expect(given).toEqual({ jsonBody: { question: { sql: "SELECT 1" } } });
    expect(seen).toEqual(
      ["/lake/curated", "/lake/quarantine"].map(
        (path) => `GET ${path}?restype=container&comp=list&maxresults=1 as reads-both`,
      ),
    );
  });

  test.each<[string, string | null, 401 | 403, RegExp, number]>([
    [
      "nobody",
      null,
      401,
      /^Authorization: received nothing; allowed: Bearer and a token for https:\/\/storage.azure.com \(az account get-access-token/,
      0,
    ],
    ["a password", "Basic b3BlcmF0b3I6cHc=", 401, /received no bearer token/, 0],
    ["two lines", "Bearer a\r\nX-Evil: b", 401, /received no bearer token/, 0],
    [
      "a token that has ended",
      "Bearer ended",
      401,
      /takes the token not \(HTTP 401, InvalidAuthenticationInfo\)/,
      1,
    ],
    [
      "who has no role",
      "Bearer stranger",
      403,
      /may not read http:\S+\/lake\/curated \(HTTP 403, AuthorizationPermissionMismatch\); allowed: identities with the role "Storage Blob Data Reader"/,
      1,
    ],
    [
      "who may read one of two zones",
      "Bearer reads-curated",
      403,
      /may not read http:\S+\/lake\/quarantine/,
      2,
    ],
  ])("%s is refused, the question unread", async (_who, authorization, status, message, asks) => {
    const { given, looked } = await asked(authorization);
    expect(given).toEqual({
      status,
      headers: { "WWW-Authenticate": "Bearer" },
      jsonBody: { error: expect.stringMatching(message) },
    });
    expect([looked, seen.length]).toEqual([false, asks]);
  });

  test("a lake that is not there is our fault, and nobody's right", async () => {
    const at = [...containers, `${containers[0]}-gone`];
    await expect(asked("Bearer reads-both", at)).rejects.toThrow(
      /could not list .*HTTP 404, ContainerNotFound/,
    );
  });
});

test.each<[string, (container: string) => string, RequestInit]>([
  ["writes", (container) => `${container}/readings/x.parquet`, { method: "PUT" }],
  ["deletes", (container) => `${container}/readings/x.parquet`, { method: "DELETE" }],
  ["goes to another container", (container) => `${container}-of-others/x`, {}],
  ["goes to another host", () => "http://evil.example/lake/curated/x", {}],
])("a caller's token never %s", async (_what, url, init) => {
  const fetch = callersFetch("reads-both", containers);
  await expect(fetch("", url(containers[0] ?? ""), init)).rejects.toThrow(/^a caller's token goes into no /);
  expect(seen).toEqual([]);
});
