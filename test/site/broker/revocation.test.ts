import { afterEach, describe, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { RevocationListError, Revocations } from "../../../fleet/admission/revocations.ts";
import { TestAuthority } from "../support/certificates.ts";
import { RawClient, until } from "./support.ts";
import { TlsBench } from "./tls-bench.ts";

let tls: TlsBench | null = null;
afterEach(async () => {
  await tls?.bench.remove();
  tls = null;
});

const registry = (revocationList: string) => ({ devices: [], revocationList });

describe("revocation in force", () => {
  test("a live session ends at once, does not come back, and others stay", async () => {
    tls = await TlsBench.make();
    const lost = await tls.authority.issue("lost");
    const client = RawClient.tls(tls.options(lost));
    await client.open("lost");
    const other = await tls.session("other");
    await tls.broker.applyRegistry(registry(await tls.authority.revocationList([lost.serial])));
    await client.closed(5000);
    const again = RawClient.tls(tls.options(lost));
    again.connect("lost");
    await again.closed();
    expect(tls.refused).toEqual({ "certificate revoked": 2 });
    other.send({ cmd: "pingreq" });
    await other.until("PINGRESP", () => other.of("pingresp").length === 1);
    expect(
      tls.broker.devices().map(({ deviceId, revoked, connected }) => [deviceId, revoked, connected]),
    ).toEqual([
      ["lost", true, false],
      ["other", false, true],
    ]);
    // The same device with a new certificate is welcome.
    await tls.session("lost");
    expect(tls.broker.devices()[0]).toMatchObject({ revoked: false, connected: true });
  });

  test("a list that expired stays in force and is reported", async () => {
    tls = await TlsBench.make();
    const lost = await tls.authority.issue("lost");
    await tls.broker.applyRegistry(registry(await tls.authority.revocationList([lost.serial], -30)));
    expect(tls.broker.revocationLists()).toMatchObject([{ isExpired: true, revoked: 1 }]);
    await tls.session("other");
    const client = RawClient.tls(tls.options(lost));
    client.connect("lost");
    await client.closed();
    expect(tls.refused).toEqual({ "certificate revoked": 1 });
  });

  test("a list of another authority is refused and the former one stays", async () => {
    tls = await TlsBench.make();
    const lost = await tls.authority.issue("lost");
    await tls.broker.applyRegistry(registry(await tls.authority.revocationList([lost.serial])));
    const stranger = await TestAuthority.create("test intermediate");
    const applying = tls.broker.applyRegistry(registry(await stranger.revocationList()));
    await expect(applying).rejects.toThrow(RevocationListError);
    await expect(applying).rejects.toThrow(
      /not signed by an authority that device certificates are trusted from/,
    );
    expect(tls.broker.revocationLists()).toMatchObject([{ revoked: 1, isExpired: false }]);
  });

  test("where only listed devices are admitted, a device that is taken off the list is cut off", async () => {
    const devices = [{ id: "listed", profile: "wearable-imu", pinned: true }];
    tls = await TlsBench.make({}, { devices, enrolment: "registered" });
    const client = await tls.session("listed");
    expect(tls.broker.devices()).toMatchObject([{ profile: "wearable-imu", pinned: true, connected: true }]);
    const unlisted = await tls.device("unlisted");
    unlisted.connect("unlisted");
    await unlisted.closed();
    const revocationList = await tls.authority.revocationList();
    await tls.broker.applyRegistry({ devices: [], enrolment: "registered", revocationList });
    await client.closed();
    await until("both refusals", () => tls?.refused["device not registered"] === 2);
  });
});

describe("reading lists", () => {
  test("a list that was changed is not signed any more", async () => {
    const authority = await TestAuthority.create("a");
    const trust = [new X509Certificate(authority.certificate)];
    const pem = await authority.revocationList(["1234"]);
    expect(Revocations.read(pem, trust).reports).toMatchObject([{ issuer: "CN=a", revoked: 1 }]);
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const at = der.indexOf(Buffer.from("1234", "hex"));
    der[at] = 0x13;
    const changed = `-----BEGIN X509 CRL-----\n${der.toString("base64")}\n-----END X509 CRL-----\n`;
    expect(() => Revocations.read(changed, trust)).toThrow("not signed");
  });

  test.each([
    "",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----",
  ])("%j is no list", (pem) => {
    expect(() => Revocations.read(pem, [])).toThrow(RevocationListError);
  });

  test("delta and partial lists are refused, because they do not say everything", async () => {
    const authority = await TestAuthority.create("a");
    const pem = await authority.revocationList([], 30, "2.5.29.27");
    expect(() => Revocations.read(pem, [new X509Certificate(authority.certificate)])).toThrow(
      "critical extension 2.5.29.27 is not understood",
    );
  });

  test("100,000 entries are read while a device would hardly notice, and found by issuer and serial number", async () => {
    const authority = await TestAuthority.create("big");
    const other = await TestAuthority.create("other");
    const revoked = await authority.issue("revoked");
    const good = await authority.issue("good");
    const serials = Array.from({ length: 99_999 }, (_, index) => (0x7000_0000 + index).toString(16));
    const pem = await authority.largeRevocationList([...serials, revoked.serial]);
    const start = process.cpuUsage();
    const list = Revocations.read(
      pem,
      [other, authority].map(({ certificate }) => new X509Certificate(certificate)),
    );
    // Of this process, whatever else the machine does: a list that is read entry by entry over and over takes minutes.
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(3);
    expect(list.reports).toMatchObject([{ issuer: "CN=big", revoked: 100_000 }]);
    expect(list.isRevoked(new X509Certificate(revoked.certificate))).toBe(true);
    expect(list.isRevoked(new X509Certificate(good.certificate))).toBe(false);
  });
});
