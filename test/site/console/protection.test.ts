/** What holds for every request and answer. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isLoopback } from "../../../site/console/protection.ts";
import { fakeToken, startFakeSite, type FakeSite } from "../../page/support/fake-site.ts";
import { ask, bearer, post } from "./support/http.ts";

let site: FakeSite;

beforeAll(async () => {
  site = await startFakeSite({ empty: true });
});
afterAll(() => site.stop());

test.each([
  ["the page", "/", bearer],
  ["an answer of the API", "/api/summary", bearer],
  ["a refusal", "/", { accept: "text/html" }],
  ["a redirect", `/?token=${fakeToken}`, {}],
  ["an address that isn't there", "/nothing", bearer],
])("%s carries the protective headers", async (_, path, headers) => {
  const answer = await ask(site.url, path, { headers });
  expect(answer.headers).toMatchObject({
    "content-security-policy":
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
});

test("the page has no code or style of its own, and names only files of this server", async () => {
  const { text } = await ask(site.url, "/", { headers: bearer });
  expect(text).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|\sstyle=|javascript:/i);
  const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
  expect(addresses.length).toBeGreaterThanOrEqual(4);
  for (const address of addresses) expect(address).toMatch(/^(\/[a-z]|#)/);
});

test("files whose names carry their hash may be kept for ever, by this browser only", async () => {
  const { text } = await ask(site.url, "/", { headers: bearer });
  const [style = ""] = /\/assets\/main-[A-Z0-9]{8}\.css/.exec(text) ?? [];
  const answer = await ask(site.url, style, { headers: bearer });
  expect(answer.headers["cache-control"]).toBe("private, max-age=31536000, immutable");
  expect(answer.text).not.toMatch(/url\(\s*['"]?(https?:|\/\/)/);
});

describe("names", () => {
  test.each([
    "evil.example",
    "evil.example:8484",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "[::2]:80",
  ])("%s is not this machine: a page elsewhere must not become of our origin by DNS", async (host) => {
    const answer = await ask(site.url, "/", { headers: { ...bearer, host } });
    expect(answer.status).toBe(421);
  });

  test.each(["localhost", "LOCALHOST:1", "127.0.0.1:9000", "127.1.2.3", "[::1]:8484"])(
    "%s is, whatever the port: it may be forwarded",
    async (host) => {
      expect((await ask(site.url, "/", { headers: { ...bearer, host } })).status).toBe(200);
    },
  );

  test("a name that only begins like a loopback address is not one", () => {
    expect(["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"].map(isLoopback)).not.toContain(false);
    expect(
      ["127.evil.com", "127.0.0.1.nip.io", "0.0.0.0", "::", "10.0.0.1", ""].map(isLoopback),
    ).not.toContain(true);
  });
});

describe("other origins", () => {
  const select = { sql: "SELECT 1" };

  test.each(["http://evil.example", "http://127.0.0.1:1", "null"])(
    "%s may not ask with a cookie's help",
    async (origin) => {
      expect((await post(site.url, "/api/query", select, { origin })).status).toBe(403);
    },
  );

  test("the own one may", async () => {
    const origin = site.url.replace(/\/$/, "");
    expect((await post(site.url, "/api/query", select, { origin })).status).toBe(200);
    expect(
      (await post(site.url, "/api/query", select, { origin, "sec-fetch-site": "same-origin" })).status,
    ).toBe(200);
  });

  test.each(["same-site", "cross-site"])(
    "a page that the browser calls %s may not read the API",
    async (site_) => {
      const headers = { ...bearer, "sec-fetch-site": site_ };
      expect((await ask(site.url, "/api/summary", { headers })).status).toBe(403);
    },
  );
});

describe("sizes", () => {
  test("a body over the limit is refused, and one that does not say how long it is", async () => {
    expect((await post(site.url, "/api/query", { sql: "x".repeat(200_000) })).status).toBe(413);
    for (const sql of ["SELECT 1", "x".repeat(200_000)]) {
      const chunked = await post(site.url, "/api/query", { sql }, { "transfer-encoding": "chunked" });
      expect(chunked.status).toBe(411);
    }
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])("%s is no method here", async (method) => {
    for (const path of ["/", "/api/query", "/api/fleet"]) {
      const answer = await ask(site.url, path, { method, headers: bearer });
      expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD, POST"]);
    }
  });

  test("headers over the limit are refused", async () => {
    const answer = await ask(site.url, "/", { headers: { ...bearer, "x-long": "x".repeat(20_000) } });
    expect(answer.status).toBe(431);
  });
});
