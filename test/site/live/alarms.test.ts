/** Alarms of a whole site: from a reading over MQTT to the device, a webhook and whoever acknowledges. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { connectAsync, type MqttClient } from "mqtt";
import type { AlarmList } from "../../../functions/alarms/alarm.ts";
import { startLiveSite, type LiveSite } from "../../soak/site.ts";

interface Notice {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** As Standard Webhooks writes a secret; its key is the bytes behind the prefix. */
const keyBytes = Buffer.from("k".repeat(43));
const key = `whsec_${keyBytes.toString("base64")}`;
const device = "press-01";
const notices: Notice[] = [];
let isReceiverDown = false;
let site: LiveSite;
let receiver: Server;
let client: MqttClient;
const told: Record<string, unknown>[] = [];
let second = Math.floor(Date.now() / 1000) - 600;

beforeAll(async () => {
  site = await startLiveSite({
    profiles: ["machine-json"],
    bindings: [{ devices: "press-*", profile: "machine-json" }],
  });
  const { certificate, privateKey } = await site.authority.server();
  receiver = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    void text(request).then((body) => {
      if (!isReceiverDown) notices.push({ headers: request.headers, body });
      response.writeHead(isReceiverDown ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  await site.client().putModule("alarms", settings());
  client = await connected();
}, 60_000);

afterAll(async () => {
  await client?.endAsync(true);
  receiver?.close();
  await site?.dispose();
}, 60_000);

const settings = () => ({
  rules: [
    {
      kind: "limit",
      name: "hot",
      version: 1,
      devices: "press-*",
      severity: "critical",
      metric: "temperature",
      above: 80,
      release: 75,
      atLeast: 2,
    },
  ],
  // Tests look when they want to.
  everySeconds: 3600,
  webhook: {
    url: `https://127.0.0.1:${(receiver.address() as AddressInfo).port}/alarms`,
    key,
    trust: site.authority.trust,
  },
});

async function connected(): Promise<MqttClient> {
  const { certificate, privateKey } = await site.authority.device(device);
  const made = await connectAsync(`mqtts://127.0.0.1:${site.port}`, {
    clientId: device,
    username: device,
    cert: certificate,
    key: privateKey,
    ca: site.authority.trust,
    clean: false,
    reconnectPeriod: 0,
  });
  made.on("message", (_topic, payload) => told.push(JSON.parse(String(payload)) as Record<string, unknown>));
  await made.subscribeAsync(`devices/${device}/commands/#`, { qos: 1 });
  return made;
}

/** All at once: several of them arrive within one millisecond. */
async function measures(...temperatures: readonly number[]): Promise<void> {
  await Promise.all(
    temperatures.map((temperature) => {
      second++;
      const record = JSON.stringify({ ts: second * 1000, seq: second, temperature });
      return client.publishAsync(`devices/${device}/telemetry`, record, { qos: 1 });
    }),
  );
  await site.client().call("POST", "/flush");
  await site.client().call("POST", "/alarms/look");
}

const list = (): Promise<AlarmList> => site.client().call("POST", "/alarms/list", {});

test("two values beyond the limit raise one alarm, which tells the device and the webhook, signed", async () => {
  await measures(70, 81, 79, 82, 85, 90);
  const { alarms } = await list();
  expect(alarms).toEqual([
    expect.objectContaining({
      rule: "hot",
      severity: "critical",
      device,
      metric: "temperature",
      value: 85,
      detail: "temperature is 85, above 80",
      // Of the first value beyond, not of the one that proved it.
      raisedAt: (second - 2) * 1_000_000,
      clearedAt: null,
      acknowledged: null,
      evidence: expect.objectContaining({
        codec: "machine-json",
        msgId: expect.stringMatching(/^[0-9A-F]{32}$/),
      }),
    }),
  ]);
  const [notice] = notices;
  expect(notices).toHaveLength(1);
  const { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signature } = notice!.headers;
  expect(id).toBe(`${alarms[0]!.id}-raised`);
  // By the specification alone: https://github.com/standard-webhooks/standard-webhooks, "Symmetric".
  const signed = `${String(id)}.${String(seconds)}.${notice!.body}`;
  const mac = createHmac("sha256", keyBytes).update(signed).digest("base64");
  expect(signature).toBe(`v1,${mac}`);
  expect(JSON.parse(notice!.body)).toMatchObject({ type: "alarm.raised", data: { device, rule: "hot" } });
  expect(told).toEqual([JSON.parse(notice!.body)]);
});

test("values between release and limit change nothing; a look that finds nothing new tells nobody", async () => {
  await measures(78, 76);
  await measures();
  expect((await list()).open).toBe(1);
  expect(notices).toHaveLength(1);
});

test("an acknowledgement and an undelivered notice survive kill -9; the notice is delivered afterwards", async () => {
  const [alarm] = (await list()).alarms;
  await site.client().call("POST", "/alarms/acknowledge", { id: alarm!.id, by: "kim", note: "fan replaced" });
  isReceiverDown = true;
  await measures(60);
  site.kill();
  await site.start();
  client = await connected();
  const [after] = (await list()).alarms;
  expect(after).toMatchObject({ id: alarm!.id, acknowledged: { by: "kim", note: "fan replaced" } });
  expect(after?.clearedAt).toBe(second * 1_000_000);
  expect(notices).toHaveLength(1);
  isReceiverDown = false;
  // The next attempt is due two seconds after the first.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await measures();
  expect(notices.map(({ headers }) => headers["webhook-id"])).toEqual([
    `${alarm!.id}-raised`,
    `${alarm!.id}-cleared`,
  ]);
}, 60_000);

test("a silence tells nobody, and the alarm is raised all the same", async () => {
  const request = { rule: "hot", device: "press-*", minutes: 5, by: "kim", reason: "maintenance" };
  await site.client().call("POST", "/alarms/silence", request);
  await measures(90, 91);
  const { alarms, open, silences } = await list();
  expect([open, alarms[0]?.silenced, silences.length]).toEqual([1, true, 1]);
  expect(notices).toHaveLength(2);
});

test("requests that say nothing useful are refused with what is allowed", async () => {
  const refused = (step: string, request: object) =>
    site
      .client()
      .call("POST", `/alarms/${step}`, request)
      .catch((error: Error) => error.message);
  expect(await refused("acknowledge", { id: "0123456789abcdef", by: "kim" })).toMatch(
    /received "0123456789abcdef"; allowed: the id of an alarm/,
  );
  expect(await refused("silence", { minutes: -1, by: " " })).toMatch(
    /minutes: received -1; .*; by: received " "; allowed: who it is; reason: received nothing; /,
  );
});

test("a rule that means something else now ends what its former version raised", async () => {
  const changed = settings();
  await site
    .client()
    .putModule("alarms", { ...changed, rules: [{ ...changed.rules[0], version: 2, above: 200 }] });
  expect((await list()).open).toBe(0);
});
