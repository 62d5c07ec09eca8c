import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { brokerSettings } from "../../../site/settings.ts";
import { TestAuthority } from "../support/certificates.ts";
import { RawClient, silent, until } from "./support.ts";
import { plainSocket, TlsBench } from "./tls-bench.ts";
import { startBroker } from "../../../site/broker/broker.ts";

let tls: TlsBench;
beforeEach(async () => {
  tls = await TlsBench.make();
});
afterEach(() => tls.bench.remove());

const telemetry = "devices/press-1/telemetry";

async function refusedFor(reason: string, client: RawClient): Promise<void> {
  client.connect("press-1");
  await client.closed();
  await until(reason, () => tls.refused[reason] === 1);
  expect(tls.refused).toEqual({ [reason]: 1 });
  expect(tls.broker.stats()).toMatchObject({ accepted: 0, connected: 0 });
}

describe("who gets in", () => {
  test("a device with a certificate of its own; its message reaches the log", async () => {
    const client = await tls.session("press-1");
    client.publish(telemetry, "42", 1, 1);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    await until("the record", () => tls.bench.texts.length === 1);
    expect(tls.bench.arrivals[0]).toMatchObject({ deviceId: "press-1", channel: "telemetry" });
    const [device] = tls.broker.devices();
    expect(device).toMatchObject({ deviceId: "press-1", connected: true, revoked: false });
    expect(device?.certificateNotAfter).toBeGreaterThan(Date.now() * 1000);
  });

  test("nobody without a certificate", async () => {
    const { port } = tls.settings;
    await refusedFor("no client certificate", RawClient.tls({ port, ca: tls.root.certificate }));
  });

  test("nobody from another authority, even one of the same name", async () => {
    const stranger = await TestAuthority.create("test intermediate", await TestAuthority.create("test root"));
    const leaf = await stranger.issue("press-1");
    const options = { ...tls.options(leaf), cert: leaf.certificate + stranger.certificate };
    await refusedFor("unknown certificate authority", RawClient.tls(options));
  });

  test("no certificate that signed itself", async () => {
    const own = await TestAuthority.create("press-1");
    const leaf = await own.issue("press-1");
    await refusedFor(
      "unknown certificate authority",
      RawClient.tls({ ...tls.options(leaf), cert: leaf.certificate }),
    );
  });

  test.each([
    ["certificate expired", { from: -30, until: -1 }],
    ["certificate not yet valid", { from: 1, until: 30 }],
    ["certificate not for client authentication", { usages: ["serverAuth"] }],
    ["certificate not for client authentication", { usages: [] }],
    ["certificate not for client authentication", { isAuthority: true }],
    ["certificate without a device id", { subject: "CN=Press 1" }],
    ["certificate without a device id", { subject: "O=press-1" }],
    ["certificate without a device id", { subject: "CN=press-1,CN=press-2" }],
    ["certificate without a device id", { subject: "CN=press-1\\0A" }],
  ] as const)("%s (%j)", async (reason, options) => {
    await refusedFor(reason, await tls.device("press-1", options));
  });

  test("a client id other than the certificate's name", async () => {
    const client = await tls.device("press-1");
    client.connect("press-2");
    await client.closed();
    expect(client.of("connack")[0]?.returnCode).toBe(2);
    expect(tls.refused).toEqual({ "client id is not the certificate's": 1 });
  });

  test("another device's topics are neither published nor subscribed to", async () => {
    const client = await tls.session("press-1");
    client.subscribe("devices/press-2/#", 1);
    await client.until("SUBACK", () => client.of("suback").length === 1);
    expect(client.of("suback")[0]?.granted).toEqual([128]);
    client.publish("devices/press-2/telemetry", "forged", 1, 1);
    await client.closed();
    expect(tls.refused).toEqual({ "subscription not allowed": 1, "publish not allowed": 1 });
    expect(tls.bench.texts).toEqual([]);
  });

  test("a certificate that expires during the session ends it", async () => {
    const client = await tls.session("press-1", { untilMs: 2500 });
    await client.closed();
    expect(tls.refused).toEqual({ "certificate expired": 1 });
  });
});

describe("the transport", () => {
  async function handshake(options: object): Promise<TLSSocket> {
    const leaf = await tls.authority.issue("press-1");
    const socket = connectTls({ host: "127.0.0.1", ...tls.options(leaf), ...options });
    await new Promise((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
    });
    socket.on("error", () => undefined);
    return socket;
  }

  test("is TLS 1.3, and 1.2 at least, always with forward secrecy", async () => {
    const modern = await handshake({});
    expect(modern.getProtocol()).toBe("TLSv1.3");
    const older = await handshake({ maxVersion: "TLSv1.2" });
    expect(older.getProtocol()).toBe("TLSv1.2");
    expect(older.getCipher().name).toMatch(/^ECDHE-ECDSA-AES(128|256)-GCM/);
    await expect(
      handshake({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
    ).rejects.toThrow();
    await expect(handshake({ maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256" })).rejects.toThrow();
    await expect(handshake({ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" })).rejects.toThrow();
  });

  test("takes no renegotiation and gives no ticket to come back with", async () => {
    const socket = await handshake({ maxVersion: "TLSv1.2" });
    expect(socket.getTLSTicket()).toBeUndefined();
    const error = await new Promise((resolve) => {
      socket.renegotiate({ rejectUnauthorized: true }, (failure) => resolve(failure));
      socket.once("close", () => resolve(new Error("closed")));
    });
    expect(error).toBeInstanceOf(Error);
  });

  test("plain MQTT and garbage do not get past the handshake", async () => {
    const socket = plainSocket(tls.settings.port);
    socket.write(Buffer.from([0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1, 97]));
    await new Promise((resolve) => socket.once("close", resolve));
    await until("the count", () => tls.refused["TLS handshake failed"] === 1);
  });

  test("a port that is in use is named with its settings", async () => {
    const { bench, settings, authority } = tls;
    const again = startBroker({
      settings,
      registry: { devices: [], revocationList: await authority.revocationList() },
      log: await bench.log({ folder: `${bench.root}/other-log` }, false),
      stateFolder: `${bench.root}/other-state`,
      keyring: bench.keyring,
      book: null,
      environment: "test",
      logger: silent,
    });
    await expect(again).rejects.toThrow(
      `127.0.0.1:${settings.port}: the port is in use; stop what listens there, or set another one (fieldlake:local.mqttPort`,
    );
  });

  test("no setting turns mutual TLS off", () => {
    expect(brokerSettings.safeParse(tls.settings).success).toBe(true);
    for (const change of [
      { tls: false },
      { requestCert: false },
      { rejectUnauthorized: false },
      { plain: true },
    ]) {
      expect(brokerSettings.safeParse({ ...tls.settings, ...change }).success).toBe(false);
    }
    for (const key of ["serverCertificate", "serverKey", "clientTrust"]) {
      expect(brokerSettings.safeParse({ ...tls.settings, [key]: undefined }).success).toBe(false);
      expect(brokerSettings.safeParse({ ...tls.settings, [key]: "" }).success).toBe(false);
    }
  });
});
