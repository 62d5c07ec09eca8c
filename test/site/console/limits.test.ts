/** What bounds the console: kept answers, work at once, wrong tokens, sessions, readers that don't read. */
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Memo } from "../../../site/console/memo.ts";
import { isSame, sessionSeconds, Sessions } from "../../../site/console/session.ts";
import { network, Throttle } from "../../../site/console/throttle.ts";
import { BusyError, WorkLimit } from "../../../site/console/work-limit.ts";
import { fakeToken, startFakeSite } from "../../page/support/fake-site.ts";
import { ask, bearer } from "./support/http.ts";

describe("kept answers", () => {
  test("are computed once for all who ask meanwhile, and anew when their time is over", async () => {
    let [now, computed] = [0, 0];
    const memo = new Memo<number>(1000, 2, () => now);
    const compute = async () => ++computed;
    expect(await Promise.all([memo.get("a", compute), memo.get("a", compute)])).toEqual([1, 1]);
    now = 999;
    expect(await memo.get("a", compute)).toBe(1);
    now = 1000;
    expect(await memo.get("a", compute)).toBe(2);
  });

  test("are kept five times as long as they took, so that pages cost a bounded share", async () => {
    let [now, computed] = [0, 0];
    const memo = new Memo<number>(1000, 2, () => now);
    const slow = async () => {
      now += 2000;
      return ++computed;
    };
    await memo.get("a", slow);
    now = 11_999;
    expect(await memo.get("a", slow)).toBe(1);
    now = 12_000;
    expect(await memo.get("a", slow)).toBe(2);
  });

  test("are few: the longest known is forgotten; a failure is not kept", async () => {
    const memo = new Memo<string>(1000, 2, () => 0);
    await expect(memo.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    for (const key of ["a", "b", "c"]) await memo.get(key, async () => `${key}1`);
    expect(await memo.get("a", async () => "a2")).toBe("a2");
    expect(await memo.get("c", async () => "c2")).toBe("c1");
  });
});

describe("work at once", () => {
  test("is so much and no more; so many wait in order; the next is refused at once", async () => {
    const limit = new WorkLimit(2, 1);
    const ends: (() => void)[] = [];
    const began: number[] = [];
    const work = (number: number) =>
      limit.run(() => {
        began.push(number);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const running = [work(1), work(2), work(3)];
    await expect(work(4)).rejects.toBeInstanceOf(BusyError);
    expect(began).toEqual([1, 2]);
    ends[0]?.();
    await running[0];
    await new Promise(setImmediate);
    expect(began).toEqual([1, 2, 3]);
    ends.forEach((end) => end());
    await Promise.all(running);
  });

  test("gives a place back once, also after a failure", async () => {
    const limit = new WorkLimit(1, 0);
    await expect(limit.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const release = await limit.acquire();
    release();
    release();
    await limit.acquire();
    await expect(limit.acquire()).rejects.toBeInstanceOf(BusyError);
  });
});

describe("wrong tokens", () => {
  test("shut an address out for the rest of a minute; others are not touched; the right one clears", () => {
    let now = 0;
    const throttle = new Throttle({ attempts: 3 }, () => now);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(throttle.retryAfter("10.0.0.1")).toBe(0);
      throttle.wrongToken("10.0.0.1");
    }
    now = 20_500;
    expect(throttle.retryAfter("10.0.0.1")).toBe(40);
    expect(throttle.retryAfter("10.0.0.2")).toBe(0);
    now = 60_000;
    expect(throttle.retryAfter("10.0.0.1")).toBe(0);
    throttle.wrongToken("10.0.0.1");
    throttle.rightToken("10.0.0.1");
    throttle.wrongToken("10.0.0.1");
    expect(throttle.retryAfter("10.0.0.1")).toBe(0);
  });

  test("are remembered of so many addresses only", () => {
    const throttle = new Throttle({ attempts: 1, maxAddresses: 100 }, () => 0);
    for (let host = 0; host < 5000; host++) throttle.wrongToken(`10.0.${host >> 8}.${host & 255}`);
    expect(throttle.retryAfter("10.0.0.0")).toBe(0);
    expect(throttle.retryAfter(`10.0.${4999 >> 8}.${4999 & 255}`)).toBe(60);
  });

  test.each([
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["2001:db8::1:0:0:1", "2001:db8:0:0::/64"],
    ["unknown", "unknown"],
  ])("%s counts as %s", (address, counted) => expect(network(address)).toBe(counted));
});

describe("a session", () => {
  const week = sessionSeconds * 1000;

  test("is renewed when it is a day old, and over when it is a week old", () => {
    const sessions = new Sessions(fakeToken, 8484, false);
    const cookie = sessions.issue(0);
    expect(sessions.check(cookie, 23 * 3_600_000)).toBe("valid");
    expect(sessions.check(cookie, 25 * 3_600_000)).toBe("renew");
    expect(sessions.check(cookie, week - 1)).toBe("renew");
    expect(sessions.check(cookie, week)).toBe("invalid");
  });

  test("ends when the token changes, and is of one port; over TLS its cookie never travels without", () => {
    const cookie = new Sessions(fakeToken, 8484, false).issue(0);
    expect(new Sessions(`${fakeToken}x`, 8484, false).check(cookie, 0)).toBe("invalid");
    expect(new Sessions(fakeToken, 8484, false).cookieName).toBe("fieldlake-8484");
    expect(new Sessions(fakeToken, 8485, true).cookieName).toBe("__Host-fieldlake-8485");
  });

  test("is not forged by changing a character", () => {
    const sessions = new Sessions(fakeToken, 8484, false);
    const cookie = sessions.issue(1e12);
    fc.assert(
      fc.property(fc.nat(cookie.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const forged = cookie.slice(0, at) + character + cookie.slice(at + 1);
        expect(sessions.check(forged, 1e12)).toBe(forged === cookie ? "valid" : "invalid");
      }),
    );
    for (const none of [undefined, "", ".", "..", "0."]) expect(sessions.check(none, 1e12)).toBe("invalid");
  });

  test("tokens are the same only where every character is", () => {
    expect([
      isSame("a", "a"),
      isSame("a", "b"),
      isSame("a", "aa"),
      isSame("", ""),
      isSame("ä", "a\u0308"),
    ]).toEqual([true, false, false, true, false]);
  });
});

test("readers that never read hold a place each, and never the console: others are answered or told to come again", async () => {
  const site = await startFakeSite();
  const body = JSON.stringify({ sql: "SELECT repeat('x', 100000) FROM range(100)", maxRows: 10_000 });
  const asked = `POST /api/query HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${fakeToken}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const sockets = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const socket = connect(site.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.pause();
      socket.write(asked);
      return socket;
    }),
  );
  try {
    const statuses = new Set<number>();
    for (let attempt = 0; attempt < 100 && !statuses.has(503); attempt++) {
      expect((await ask(site.url, "/api/fleet", { headers: bearer })).status).toBe(200);
      const answer = await ask(site.url, "/api/quarantine?limit=1", {
        headers: { ...bearer, connection: "close" },
      });
      statuses.add(answer.status);
      if (answer.status === 503) expect(answer.headers["retry-after"]).toBe("1");
    }
    expect(statuses).toContain(503);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    await site.stop();
  }
}, 120_000);
