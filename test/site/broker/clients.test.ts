import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { until } from "./support.ts";
import { TlsBench } from "./tls-bench.ts";

let tls: TlsBench;
let clients: MqttClient[];
beforeEach(async () => {
  tls = await TlsBench.make();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) await client.endAsync(true);
  await tls.bench.remove();
});

/** The `mqtt` package as a device. */
async function device(id: string, options: IClientOptions = {}): Promise<MqttClient> {
  const { ca, cert, key, port } = tls.options(await tls.authority.issue(id));
  const client = await mqtt.connectAsync({
    host: "127.0.0.1",
    port: port as number,
    protocol: "mqtts",
    ca: ca as string,
    cert: cert as string,
    key: key as string,
    clientId: id,
    username: id,
    reconnectPeriod: 0,
    ...options,
  });
  clients.push(client);
  return client;
}

function messagesOf(client: MqttClient): string[] {
  const messages: string[] = [];
  client.on("message", (topic, payload) => messages.push(`${topic} ${payload.toString()}`));
  return messages;
}

describe("the mqtt package over mutual TLS", () => {
  test("publishes with every QoS and gets its own messages back", async () => {
    const client = await device("press-1");
    const messages = messagesOf(client);
    const [granted] = await client.subscribeAsync("devices/press-1/#", { qos: 2 });
    expect(granted?.qos).toBe(1);
    for (const qos of [0, 1, 2] as const)
      await client.publishAsync("devices/press-1/telemetry", `${qos}`, { qos });
    await until("all three", () => messages.length === 3);
    expect(messages).toEqual(["0", "1", "2"].map((text) => `devices/press-1/telemetry ${text}`));
    await until("the records", () => tls.bench.arrivals.length === 3);
  });

  test("2,000 messages under way at a time are acknowledged and stored once each", async () => {
    const client = await device("press-1");
    await Promise.all(
      Array.from({ length: 2000 }, (_, index) =>
        client.publishAsync("devices/press-1/telemetry/imu", `${index}`, { qos: 1 }),
      ),
    );
    await until("the records", () => tls.bench.arrivals.length === 2000);
    expect(new Set(tls.bench.texts).size).toBe(2000);
  });

  test("a refused subscription is told of", async () => {
    const client = await device("press-1");
    await expect(client.subscribeAsync("devices/press-2/#")).rejects.toThrow();
  });

  test("a will reaches the fleet when the network goes", async () => {
    const will = {
      topic: "devices/press-1/status",
      payload: Buffer.from('{"online":false}'),
      qos: 1,
      retain: true,
    } as const;
    const client = await device("press-1", { will });
    await client.publishAsync("devices/press-1/status", '{"online":true}', { qos: 1, retain: true });
    expect(tls.broker.devices()).toMatchObject([{ connected: true, online: true }]);
    client.stream.destroy();
    await until("the will", () => tls.broker.devices()[0]?.online === false);
    expect(tls.broker.devices()).toMatchObject([{ connected: false, online: false }]);
  });
});

describe("commands", () => {
  test("reach a device that listens, wait for one that will, and say so where nobody does", async () => {
    const { broker } = tls;
    const reboot = Buffer.from("now");
    expect(await broker.publishCommand("press-1", "reboot", reboot)).toBe("unreachable");
    const client = await device("press-1", { clean: false });
    const messages = messagesOf(client);
    expect(await broker.publishCommand("press-1", "reboot", reboot)).toBe("unreachable");
    await client.subscribeAsync("devices/press-1/commands/+", { qos: 1 });
    expect(await broker.publishCommand("press-1", "reboot", reboot)).toBe("sent");
    await until("the command", () => messages.length === 1);
    await client.endAsync();
    await until("the end of the session's connection", () => !broker.devices()[0]?.connected);
    expect(await broker.publishCommand("press-1", "calibrate", Buffer.from("2"))).toBe("queued");
    const again = await device("press-1", { clean: false });
    const later = messagesOf(again);
    await until("the command", () => later.length === 1);
    expect([...messages, ...later]).toEqual([
      "devices/press-1/commands/reboot now",
      "devices/press-1/commands/calibrate 2",
    ]);
    await again.publishAsync("devices/press-1/commands/calibrate/ack", "done", { qos: 1 });
    await until("the answer", () => tls.bench.texts.includes("commands/calibrate/ack: done"));
  });

  test.each([
    ["deviceId", "Press", "reboot", 1],
    ["name", "press-1", "a/b", 1],
    ["name", "press-1", "+", 1],
    ["payload", "press-1", "reboot", 65_537],
  ])("%s is checked", async (argument, deviceId, name, size) => {
    await expect(tls.broker.publishCommand(deviceId, name, Buffer.alloc(size))).rejects.toThrow(
      new RegExp(`^${argument}: received`),
    );
  });
});
