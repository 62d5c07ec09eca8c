import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { SignerError } from "../../../fleet/authority/signer.ts";
import { estRoot } from "../../../fleet/est/handler.ts";
import { requestAttributes } from "../../../fleet/est/messages.ts";
import { makeToken } from "../../../fleet/est/token.ts";
import { environment, makeAuthority, makeRequest, newKey } from "../authority/support.ts";
import { basic, certificatesIn, estFleet, type EstFleet } from "./support.ts";

const day = 86_400_000;
let fleet: EstFleet;
beforeAll(async () => {
  fleet = await estFleet();
});
afterAll(() => fleet.remove());

/** A device in service, with its certificate. */
async function enrolled(id: string): Promise<X509Certificate> {
  const answer = await fleet.enrol(id, await fleet.invite(id), (await makeRequest(id)).der);
  return certificatesIn(answer)[0] as X509Certificate;
}

describe("what an authority tells everybody", () => {
  test("its root and the intermediates that are trusted, as a certs-only message", async () => {
    const answer = await fleet.ask({ method: "GET", path: `${estRoot}cacerts` });
    expect(answer.headers["Content-Type"]).toBe("application/pkcs7-mime; smime-type=certs-only");
    const names = certificatesIn(answer).map(({ subject }) => subject.split("\n")[0]);
    expect(names).toEqual(["CN=est root", "CN=est devices"]);
  });

  test("what a request should look like", async () => {
    const answer = await fleet.ask({ method: "GET", path: `${estRoot}csrattrs` });
    expect(answer.headers["Content-Type"]).toBe("application/csrattrs");
    expect(Buffer.from(answer.body, "base64").equals(requestAttributes)).toBe(true);
  });

  test("which operations there are, and how they are asked", async () => {
    expect(await fleet.ask({ path: `${estRoot}serverkeygen` })).toMatchObject({ status: 404 });
    expect(await fleet.ask({ path: `${estRoot}constructor` })).toMatchObject({ status: 404 });
    expect(await fleet.ask({ path: "/" })).toMatchObject({ status: 404 });
    const wrong = await fleet.ask({ method: "GET", path: `${estRoot}simpleenroll` });
    expect(wrong).toMatchObject({ status: 405, headers: { Allow: "POST" } });
  });
});

describe("a first certificate", () => {
  test("is for whoever shows the device's token, for its name and the key that the request proves", async () => {
    const { der, key } = await makeRequest("press-1");
    const token = await fleet.invite("press-1");
    const [leaf, ...others] = certificatesIn(await fleet.enrol("press-1", token, der));
    expect(others).toEqual([]);
    expect(leaf?.subject).toBe("CN=press-1");
    expect(leaf?.checkPrivateKey(key)).toBe(true);
    expect(leaf?.subjectAltName).toBe(`URI:urn:fleet:${environment}:press-1`);
    const [record] = await fleet.registry.certificatesOf("press-1");
    expect(record).toMatchObject({ state: "issued", source: "issued" });
  });

  test("goes out once: the same key may ask again, another one may not", async () => {
    const { der } = await makeRequest("press-2");
    const token = await fleet.invite("press-2");
    const [first] = certificatesIn(await fleet.enrol("press-2", token, der));
    const [again] = certificatesIn(await fleet.enrol("press-2", token, der));
    expect(again?.serialNumber).toBe(first?.serialNumber);
    const thief = await fleet.enrol("press-2", token, (await makeRequest("press-2")).der);
    expect(thief).toMatchObject({
      status: 403,
      body: expect.stringContaining("the bootstrap token was used"),
    });
    expect(await fleet.registry.certificatesOf("press-2")).toHaveLength(1);
  });

  test("goes to one of two that come at the same moment with one token", async () => {
    const token = await fleet.invite("press-3");
    const requests = await Promise.all([makeRequest("press-3"), makeRequest("press-3")]);
    const answers = await Promise.all(requests.map(({ der }) => fleet.enrol("press-3", token, der)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(await fleet.registry.certificatesOf("press-3")).toHaveLength(1);
  });

  test("a newer token ends the former; a device invited anew loses what it had", async () => {
    const former = await fleet.invite("press-4");
    fleet.ahead += 2000;
    const newer = await fleet.invite("press-4");
    const { der } = await makeRequest("press-4");
    expect(await fleet.enrol("press-4", former, der)).toMatchObject({ status: 403 });
    const [first] = certificatesIn(await fleet.enrol("press-4", newer, der));
    fleet.ahead += 2000;
    const third = await fleet.invite("press-4");
    certificatesIn(await fleet.enrol("press-4", third, (await makeRequest("press-4")).der));
    const states = (await fleet.registry.certificatesOf("press-4")).map(({ state, reason }) => [
      state,
      reason,
    ]);
    expect(states).toEqual([
      ["issued", null],
      ["revoked", "superseded"],
    ]);
    const renewal = await fleet.renew(first as X509Certificate, (await makeRequest("press-4")).der);
    expect(renewal).toMatchObject({ status: 403, body: expect.stringContaining("certificate revoked") });
  });

  test.each([
    ["no token at all", 401, () => null],
    ["a token of another device", 401, async () => basic("press-9", await fleet.invite("press-8"))],
    [
      "another device's name with a good token",
      403,
      async () => basic("press-8", await fleet.invite("press-8")),
    ],
    ["a token of another fleet", 401, async () => basic("press-9", foreign())],
    ["no token's form", 401, () => basic("press-9", "letmein")],
    ["no credentials' form", 401, () => "Basic !"],
    ["a bearer", 401, () => "Bearer abc"],
  ])("not for %s", async (_what, status, authorization) => {
    await fleet.invite("press-9");
    const answer = await fleet.ask({
      path: `${estRoot}simpleenroll`,
      authorization: await authorization(),
      body: Buffer.from((await makeRequest("press-9")).der.toString("base64")),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers["WWW-Authenticate"] !== undefined).toBe(status === 401);
    expect(await fleet.registry.certificatesOf("press-9")).toEqual([]);
  });

  test("not by a token whose time is over, or that was cancelled", async () => {
    const old = await fleet.invite("press-10", 1);
    const { der } = await makeRequest("press-10");
    fleet.ahead += 2 * day;
    expect(await fleet.enrol("press-10", old, der)).toMatchObject({ status: 401 });
    const token = await fleet.invite("press-10");
    await fleet.registry.record([{ kind: "invited", deviceId: "press-10", at: null }]);
    expect(await fleet.enrol("press-10", token, der)).toMatchObject({ status: 403 });
  });

  test("not for a request that is none, and the answer says why", async () => {
    const token = await fleet.invite("press-11");
    const ask = (body: string, contentType = "application/pkcs10") =>
      fleet.ask({
        path: `${estRoot}simpleenroll`,
        authorization: basic("press-11", token),
        body: Buffer.from(body),
        contentType,
      });
    expect(await ask("{}")).toMatchObject({ status: 400, body: expect.stringContaining("DER in base64") });
    expect(await ask("AAAA")).toMatchObject({
      status: 400,
      body: expect.stringContaining("exactly one, or its DER"),
    });
    expect(await ask("AAAA", "text/plain")).toMatchObject({ status: 415 });
    const { der } = await makeRequest("press-11", { curve: "P-384" });
    expect(await ask(der.toString("base64"))).toMatchObject({
      status: 400,
      body: "the request: key: received P-384; allowed: P-256\n",
    });
  });

  test("not for a key that another device has", async () => {
    const key = newKey();
    const first = await fleet.invite("press-12");
    certificatesIn(await fleet.enrol("press-12", first, (await makeRequest("press-12", { key })).der));
    const second = await fleet.invite("press-13");
    const answer = await fleet.enrol("press-13", second, (await makeRequest("press-13", { key })).der);
    expect(answer).toMatchObject({
      status: 403,
      body: expect.stringContaining("a key belongs to one device"),
    });
  });
});

describe("the next certificate", () => {
  test("is for the device that connects with the former, for another key; the former stays good", async () => {
    const former = await enrolled("pump-1");
    fleet.ahead += day;
    const { der, key } = await makeRequest("pump-1");
    const [next] = certificatesIn(await fleet.renew(former, der));
    expect(next?.checkPrivateKey(key)).toBe(true);
    const states = (await fleet.registry.certificatesOf("pump-1")).map(({ state }) => state);
    expect(states).toEqual(["issued", "issued"]);
  });

  test("again for the same key is the same one, until two thirds of its life", async () => {
    const key = newKey();
    const token = await fleet.invite("pump-2");
    const { der } = await makeRequest("pump-2", { key });
    const [first] = certificatesIn(await fleet.enrol("pump-2", token, der));
    const [again] = certificatesIn(await fleet.renew(first as X509Certificate, der));
    expect(again?.serialNumber).toBe(first?.serialNumber);
    fleet.ahead += 61 * day;
    const [next] = certificatesIn(await fleet.renew(first as X509Certificate, der));
    expect(next?.serialNumber).not.toBe(first?.serialNumber);
  });

  test("a device gone wild gets one an hour", async () => {
    const former = await enrolled("pump-3");
    fleet.ahead += day;
    certificatesIn(await fleet.renew(former, (await makeRequest("pump-3")).der));
    const answer = await fleet.renew(former, (await makeRequest("pump-3")).der);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers["Retry-After"])).toBeGreaterThan(3500);
    expect(await fleet.registry.certificatesOf("pump-3")).toHaveLength(2);
  });

  test("not without a certificate, for another name, by another authority, or by one that ended", async () => {
    const former = await enrolled("pump-4");
    const { der } = await makeRequest("pump-4");
    expect(await fleet.renew(null, der)).toMatchObject({ status: 401 });
    const other = await fleet.renew(former, (await makeRequest("pump-5")).der);
    expect(other).toMatchObject({ status: 403, body: expect.stringContaining("allowed: pump-4") });
    const stranger = new X509Certificate((await makeAuthority("pump-4", { isAuthority: false })).certificate);
    expect(await fleet.renew(stranger, der)).toMatchObject({
      status: 403,
      body: expect.stringContaining("unknown certificate authority"),
    });
    const serial = former.serialNumber.toLowerCase();
    await fleet.registry.record([{ kind: "revoked", serial, at: new Date(), reason: "keyCompromise" }]);
    expect(await fleet.renew(former, der)).toMatchObject({
      status: 403,
      body: expect.stringContaining("certificate revoked"),
    });
    const late = await enrolled("pump-6");
    fleet.ahead += 91 * day;
    const answer = await fleet.renew(late, (await makeRequest("pump-6")).der);
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("certificate expired") });
  });
});

test("a signer that is away is 503 with a time to come back, and told on our side only", async () => {
  const broken = await estFleet({
    issuer: () => Promise.reject(new SignerError("the token in slot 3 is locked")),
  });
  try {
    const token = await broken.invite("press-1");
    const answer = await broken.enrol("press-1", token, (await makeRequest("press-1")).der);
    expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "60" } });
    expect(answer.body).not.toContain("slot 3");
    expect(broken.failures.map(({ message }) => message)).toEqual(["the token in slot 3 is locked"]);
    // Nothing was lost: the token is still good.
    expect(await broken.registry.invitation("press-1")).not.toBeNull();
  } finally {
    await broken.remove();
  }
});

function foreign(): string {
  const at = new Date();
  const until = new Date(at.getTime() + day);
  return makeToken(Buffer.alloc(32, 7), { deviceId: "press-9", at, until });
}
