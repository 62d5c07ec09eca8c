/** Who gets past the console's door, over real HTTP. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fakeToken, startFakeSite, type FakeSite } from "../../page/support/fake-site.ts";
import { ask, bearer, cookieOf } from "./support/http.ts";

const page = { accept: "text/html" };
let site: FakeSite;

beforeEach(async () => {
  site = await startFakeSite({ empty: true });
});
afterEach(() => site.stop());

const form = (token: string, headers: Record<string, string> = {}) =>
  ask(site.url, "/access", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...page, ...headers },
    body: new URLSearchParams({ token }).toString(),
  });

describe("without access", () => {
  test.each(["/", "/api/summary", "/api/query", "/assets/main.js", "/nothing"])(
    "%s answers 401",
    async (path) => {
      const { status, headers, text } = await ask(site.url, path);
      expect(status).toBe(401);
      expect(headers["www-authenticate"]).toBe('Bearer realm="fieldlake"');
      expect(text).toContain("npm run status -- --token");
    },
  );

  test("a browser gets a page that asks for the token, and its style and icon", async () => {
    const answer = await ask(site.url, "/", { headers: page });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('<form method="post" action="/access">');
    expect((await ask(site.url, "/access.css")).headers["content-type"]).toBe("text/css; charset=utf-8");
    expect((await ask(site.url, "/favicon.svg")).headers["content-type"]).toBe("image/svg+xml");
  });

  test("the page's own code is not given away", async () => {
    const { text } = await ask(site.url, "/", { headers: bearer });
    const [script = ""] = /\/assets\/main-[A-Z0-9]+\.js/.exec(text) ?? [];
    expect((await ask(site.url, script)).status).toBe(401);
    expect((await ask(site.url, script, { headers: bearer })).status).toBe(200);
  });
});

describe("the token", () => {
  test("as a link becomes a strict cookie and leaves the address", async () => {
    const answer = await ask(site.url, `/?token=${fakeToken}&x=1`, { headers: page });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/?x=1");
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/; Max-Age=604800/);
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).not.toContain(fakeToken);
    expect((await ask(site.url, "/", { headers: { cookie: cookieOf(answer) } })).status).toBe(200);
  });

  test("is dropped from the address of somebody who is in already, right or wrong", async () => {
    const cookie = cookieOf(await ask(site.url, `/?token=${fakeToken}`));
    const answer = await ask(site.url, "/?token=stale", { headers: { cookie } });
    expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
  });

  test("leads to no other server", async () => {
    const answer = await ask(site.url, `//evil.example/?token=${fakeToken}`);
    expect(answer.headers.location).toMatch(/^\/[^/]/);
  });

  test("followed from another site's page goes on without a redirect, which would carry no strict cookie", async () => {
    const headers = { ...page, "sec-fetch-site": "cross-site" };
    const answer = await ask(site.url, `/?token=${fakeToken}`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<meta http-equiv="refresh" content="0; url=/" />');
    expect(cookieOf(answer)).not.toBe("");
  });

  test("pasted into the form opens the page; a browser without referrer sends the origin null", async () => {
    const answer = await form(` ${fakeToken}\n`, { "sec-fetch-site": "same-origin", origin: "null" });
    expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
    const wrong = await form("wrong");
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain("This access token is not the right one.");
  });

  test("as Authorization: Bearer serves programs, whatever the case of the scheme", async () => {
    expect((await ask(site.url, "/api/summary", { headers: bearer })).status).toBe(200);
    const lower = { authorization: `bearer ${fakeToken}` };
    expect((await ask(site.url, "/api/summary", { headers: lower })).status).toBe(200);
  });

  test.each([
    ["one character short", `Bearer ${fakeToken.slice(0, -1)}`],
    ["one character long", `Bearer ${fakeToken}x`],
    ["empty", "Bearer "],
    ["of another scheme", `Basic ${fakeToken}`],
    ["twice", `Bearer ${fakeToken} ${fakeToken}`],
  ])("%s is refused", async (_, authorization) => {
    expect((await ask(site.url, "/api/summary", { headers: { authorization } })).status).toBe(401);
  });
});

describe("the session", () => {
  test("outlives a restart of the site, which has the same token", async () => {
    const cookie = cookieOf(await ask(site.url, `/?token=${fakeToken}`));
    await site.pause();
    await site.resume();
    expect((await ask(site.url, "/api/summary", { headers: { cookie } })).status).toBe(200);
  });

  test("is bound to its issue time and signature", async () => {
    const cookie = cookieOf(await ask(site.url, `/?token=${fakeToken}`));
    const [name = "", value = ""] = cookie.split("=");
    const [issued = "", signature = ""] = value.split(".");
    const later = (Number.parseInt(issued, 36) + 1).toString(36);
    for (const forged of [
      `${later}.${signature}`,
      `${issued}.`,
      `${issued}.${signature}x`,
      `.${signature}`,
      "",
    ]) {
      const headers = { cookie: `${name}=${forged}` };
      expect((await ask(site.url, "/api/summary", { headers })).status).toBe(401);
    }
  });
});

test("ten wrong tokens shut the address out, the right token included; who is in stays in", async () => {
  const cookie = cookieOf(await ask(site.url, `/?token=${fakeToken}`));
  for (let attempt = 0; attempt < 10; attempt++) {
    const headers = { authorization: `Bearer wrong-${attempt}` };
    expect((await ask(site.url, "/api/summary", { headers })).status).toBe(401);
  }
  const shut = await ask(site.url, "/api/summary", { headers: bearer });
  expect(shut.status).toBe(429);
  expect(Number(shut.headers["retry-after"])).toBeGreaterThan(0);
  expect(Number(shut.headers["retry-after"])).toBeLessThanOrEqual(60);
  expect((await form(fakeToken)).status).toBe(429);
  expect((await ask(site.url, `/?token=${fakeToken}`)).status).toBe(429);
  expect((await ask(site.url, "/api/summary", { headers: { cookie } })).status).toBe(200);
});
