import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RegistryConflictError } from "../../../fleet/registry/registry.ts";
import type { LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { temporaryFolder } from "../authority/support.ts";
import { all, certificate, issuedTo, issuer, issuerChange, later, now, openAt } from "./support.ts";

let folder: ReturnType<typeof temporaryFolder>;
let registry: LocalRegistry;
beforeEach(async () => {
  folder = temporaryFolder();
  registry = await openAt(folder.path);
  await registry.record([issuerChange]);
});
afterEach(async () => {
  await registry.close();
  folder.remove();
});

const reopened = async (): Promise<LocalRegistry> => {
  await registry.close();
  return (registry = await openAt(folder.path));
};

describe("what is written", () => {
  test("is read back, value by value, after the process is gone", async () => {
    const first = certificate("press-1", { notAfter: new Date("9999-12-31T23:59:59Z"), keyKind: "RSA" });
    const enrolledAt = later(-3);
    await registry.record([
      { kind: "device", device: { id: "press-1", profile: "machine-json", source: "stack", enrolledAt } },
      { kind: "certificate", certificate: first },
      {
        kind: "list",
        list: { issuer: issuer.id, number: 3, thisUpdate: now, nextUpdate: later(30), revoked: 0 },
      },
    ]);
    const again = await reopened();
    expect(await again.device("press-1")).toEqual({
      id: "press-1",
      profile: "machine-json",
      source: "stack",
      enrolledAt,
    });
    const { der, ...facts } = first;
    const expected = { ...facts, state: "issued", seenAt: null, endedAt: null, reason: null };
    expect(await again.certificate(first.serial)).toEqual(expected);
    expect(await again.certificateOfKey(first.keyId)).toEqual(expected);
    expect(await again.certificatesOf("press-1")).toEqual([expected]);
    expect(await again.encoded(first.serial)).toEqual(der);
    expect(await again.issuers()).toEqual([issuer]);
    expect(await again.lists()).toMatchObject([{ number: 3, nextUpdate: later(30) }]);
    expect(await again.lastChange()).toEqual(now);
  });

  test("a certificate's life: issued, active, superseded, revoked, expired", async () => {
    const [old, renewed] = [certificate("press-1"), certificate("press-1", { notAfter: later(150) })];
    const [gone, over] = [certificate("press-2"), certificate("press-3", { notAfter: later(-1) })];
    await registry.record(
      [old, renewed, gone, over].map((one) => ({ kind: "certificate", certificate: one })),
    );
    await registry.record([
      { kind: "seen", serial: old.serial, at: now },
      { kind: "revoked", serial: gone.serial, at: now, reason: "keyCompromise" },
    ]);
    const states = async () =>
      Promise.all(
        [old, renewed, gone, over].map(async ({ serial }) => (await registry.certificate(serial))?.state),
      );
    expect(await states()).toEqual(["active", "issued", "revoked", "expired"]);
    await registry.record([
      { kind: "seen", serial: renewed.serial, at: later(1) },
      { kind: "superseded", serial: old.serial, at: later(1) },
      { kind: "revoked", serial: gone.serial, at: later(2), reason: "superseded" },
      { kind: "seen", serial: renewed.serial, at: later(2) },
    ]);
    await reopened();
    expect(await states()).toEqual(["superseded", "active", "revoked", "expired"]);
    expect(await registry.certificate(gone.serial)).toMatchObject({ reason: "keyCompromise", endedAt: now });
    expect(await registry.certificate(renewed.serial)).toMatchObject({ seenAt: later(1) });
    expect((await registry.certificatesOf("press-1")).map(({ serial }) => serial)).toEqual([
      renewed.serial,
      old.serial,
    ]);
    expect(await registry.counts()).toEqual({
      devices: 3,
      certificates: { issued: 0, active: 1, superseded: 1, revoked: 1, expired: 1 },
    });
  });

  test("can be asked by state, end, name and issuer", async () => {
    await registry.record([
      issuedTo("press-1"),
      issuedTo("press-2", { notAfter: later(10) }),
      issuedTo("wrist-1", { notAfter: later(10) }),
    ]);
    const ids = async (query: Parameters<LocalRegistry["certificates"]>[0]) =>
      (await all(registry.certificates(query))).map(({ deviceId }) => deviceId);
    expect(await ids({})).toEqual(["press-1", "press-2", "wrist-1"]);
    expect(await ids({ idPrefix: "press-" })).toEqual(["press-1", "press-2"]);
    expect(await ids({ expiresBefore: later(11), idPrefix: "press" })).toEqual(["press-2"]);
    expect(await ids({ states: ["revoked"] })).toEqual([]);
    expect(await ids({ states: ["issued"], issuer: "00".repeat(16) })).toEqual([]);
    expect((await all(registry.devices())).map(({ id }) => id)).toEqual(["press-1", "press-2", "wrist-1"]);
  });

  test("nothing of it is plain on the disk", async () => {
    await registry.record([issuedTo("press-4711")]);
    for (const name of readdirSync(folder.path)) {
      expect(readFileSync(join(folder.path, name)).includes("press-4711")).toBe(false);
    }
  });
});

describe("what is refused, with nothing written", () => {
  const conflictsOf = async (changes: Parameters<LocalRegistry["record"]>[0]) => {
    const error = await registry.record(changes).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(RegistryConflictError);
    return (error as RegistryConflictError).conflicts;
  };

  test("a serial number that is taken, in the registry or by the same changes", async () => {
    const one = certificate("press-1");
    await registry.record([{ kind: "certificate", certificate: one }]);
    expect(await conflictsOf([issuedTo("press-2", { serial: one.serial })])).toMatchObject([
      { index: 0, kind: "serial" },
    ]);
    const serial = "4f".repeat(20);
    expect(await conflictsOf([issuedTo("press-2", { serial }), issuedTo("press-3", { serial })])).toEqual([
      { index: 1, kind: "serial", message: `press-3: the serial ${serial} is taken already` },
    ]);
    expect(await registry.device("press-2")).toBeNull();
  });

  test("the key of another device, in the registry or by the same changes; a device may keep its own", async () => {
    const one = certificate("press-1");
    await registry.record([{ kind: "certificate", certificate: one }]);
    const { keyId } = one;
    expect(await conflictsOf([issuedTo("press-3"), issuedTo("press-2", { keyId })])).toEqual([
      {
        index: 1,
        kind: "key",
        message: "press-2: its key is the one of press-1; a key belongs to one device: make another",
      },
    ]);
    const shared = "77".repeat(16);
    expect(
      await conflictsOf([issuedTo("a", { keyId: shared }), issuedTo("b", { keyId: shared })]),
    ).toHaveLength(1);
    await registry.record([issuedTo("press-1", { keyId })]);
    expect(await registry.certificatesOf("press-1")).toHaveLength(2);
    expect(await registry.device("press-3")).toBeNull();
  });

  test("an end of what never was, an issuer that nobody announced", async () => {
    expect(await conflictsOf([{ kind: "seen", serial: "12", at: now }])).toMatchObject([{ kind: "unknown" }]);
    expect(
      await conflictsOf([{ kind: "revoked", serial: "12", at: now, reason: "keyCompromise" }]),
    ).toMatchObject([{ message: "no certificate has the serial 12" }]);
    expect(await conflictsOf([issuedTo("press-1", { issuer: "00".repeat(16) })])).toMatchObject([
      { kind: "unknown" },
    ]);
  });
});

describe("many devices", () => {
  test("are found again by id, serial number and key, over snapshots and segments", async () => {
    await registry.close();
    registry = await openAt(folder.path, { segmentBytes: 200_000 });
    const made = Array.from({ length: 5000 }, (_, index) =>
      certificate(`d-${index.toString(36)}`, { der: randomBytes(100) }),
    );
    for (let start = 0; start < made.length; start += 500) {
      const part = made.slice(start, start + 500);
      await registry.record(part.map((one) => ({ kind: "certificate", certificate: one })));
    }
    const names = readdirSync(folder.path);
    expect(names.filter((name) => name.startsWith("journal-")).length).toBeGreaterThan(3);
    expect(names.filter((name) => name.startsWith("snapshot-"))).toHaveLength(2);
    await reopened();
    for (const one of made.filter((_, index) => index % 37 === 0)) {
      expect(await registry.certificate(one.serial)).toMatchObject({
        deviceId: one.deviceId,
        keyId: one.keyId,
      });
      expect(await registry.certificateOfKey(one.keyId)).toMatchObject({ serial: one.serial });
      expect(await registry.encoded(one.serial)).toEqual(one.der);
      expect((await registry.certificatesOf(one.deviceId)).map(({ serial }) => serial)).toEqual([one.serial]);
    }
    expect(await registry.certificate("5a".repeat(20))).toBeNull();
    expect(await registry.device("d-none")).toBeNull();
    expect((await registry.counts()).devices).toBe(5000);
  });
});
