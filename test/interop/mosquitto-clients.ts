/** mosquitto_pub and mosquitto_sub as devices. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { until } from "../site/broker/support.ts";
import { type Check, command, type Ended, run, type Stand } from "./check.ts";

type Client = "mosquitto_pub" | "mosquitto_sub";

function args({ port, folder, deviceId }: Stand, id = deviceId): string[] {
  const files = [
    "--cafile",
    `${folder}/ca.pem`,
    "--cert",
    `${folder}/device.pem`,
    "--key",
    `${folder}/device.key`,
  ];
  return ["-h", "localhost", "-p", String(port), "-i", id, ...files];
}

function call(client: Client, stand: Stand, ...more: readonly string[]): Promise<Ended> {
  return run(client, [...args(stand), ...more]);
}

/** mosquitto_sub that is told to end. */
function listening(stand: Stand, ...more: readonly string[]) {
  const messages: string[] = [];
  const child = spawn("mosquitto_sub", [...args(stand), ...more], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface(child.stdout).on("line", (line) => messages.push(line));
  return {
    messages,
    async end(signal: "SIGTERM" | "SIGKILL") {
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

const stored = async ({ tls }: Stand, ...texts: readonly string[]): Promise<void> => {
  await until("the records", () => tls.bench.arrivals.length >= texts.length);
  assert.deepEqual([...tls.bench.texts].sort(), [...texts].sort());
};

export const mosquittoChecks: Readonly<Record<string, Check>> = {
  "publishes with QoS 0, 1 and 2, MQTT 3.1 and 3.1.1, TLS 1.2 and 1.3": async (stand) => {
    const texts: string[] = [];
    for (const version of ["mqttv31", "mqttv311"]) {
      for (const tls of ["tlsv1.2", "tlsv1.3"]) {
        for (const qos of ["0", "1", "2"]) {
          const text = `${version} ${tls} ${qos}`;
          const topic = "devices/pump-1/telemetry";
          const how = ["-V", version, "--tls-version", tls, "-q", qos, "-t", topic, "-m", text];
          assert.equal((await call("mosquitto_pub", stand, ...how)).code, 0, text);
          texts.push(`telemetry: ${text}`);
        }
      }
    }
    await stored(stand, ...texts);
  },
  "10,000 lines through one connection, QoS 1": async (stand) => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `${index}`);
    const how = ["-q", "1", "-t", "devices/pump-1/telemetry/load", "-l"];
    const { code } = await run("mosquitto_pub", [...args(stand), ...how], lines.join("\n"));
    assert.equal(code, 0);
    await until("the records", () => stand.tls.bench.arrivals.length === 10_000);
    assert.equal(new Set(stand.tls.bench.texts).size, 10_000);
  },
  "a command reaches a device that listens, and one that comes back to its session": async (stand) => {
    const { broker } = stand.tls;
    const how = ["-c", "-q", "1", "-t", "devices/pump-1/commands/+"];
    const first = listening(stand, ...how);
    assert.equal(await command(stand, "stop", "now"), "sent");
    await until("the command", () => first.messages.length === 1);
    await first.end("SIGTERM");
    await until("its end", () => broker.devices()[0]?.connected === false);
    assert.equal(await command(stand, "go", "later"), "queued");
    const second = listening(stand, ...how);
    await until("the command", () => second.messages.length === 1);
    await second.end("SIGTERM");
    assert.deepEqual([...first.messages, ...second.messages], ["now", "later"]);
  },
  "the will of a client that was killed, retained": async (stand) => {
    const status = "devices/pump-1/status";
    const will = [
      "--will-topic",
      status,
      "--will-payload",
      '{"online":false}',
      "--will-qos",
      "1",
      "--will-retain",
    ];
    const client = listening(stand, "-t", "devices/pump-1/commands/+", ...will);
    await until("the session", () => stand.tls.broker.devices()[0]?.connected === true);
    await client.end("SIGKILL");
    await until("the will", () => stand.tls.broker.devices()[0]?.online === false);
    const { output } = await call("mosquitto_sub", stand, "-t", status, "-C", "1", "-F", "%r %p");
    assert.equal(output.trim(), '1 {"online":false}');
  },
  "another device's topic ends the connection; another device's subscription is denied": async (stand) => {
    const publish = ["-q", "1", "-t", "devices/pump-2/telemetry", "-m", "x"];
    assert.notEqual((await call("mosquitto_pub", stand, ...publish)).code, 0);
    const { output } = await call("mosquitto_sub", stand, "-t", "devices/pump-2/#", "-W", "3");
    assert.match(output, /All subscription requests were denied/);
    assert.deepEqual(stand.tls.refused, { "publish not allowed": 1, "subscription not allowed": 1 });
    assert.deepEqual(stand.tls.bench.texts, []);
  },
  "another client id, a password and MQTT 5 are answered with a reason": async (stand) => {
    const how = ["-t", "devices/pump-1/telemetry", "-m", "x"];
    const other = await run("mosquitto_pub", [...args(stand, "pump-2"), ...how]);
    assert.match(other.output, /identifier rejected/);
    const password = await call("mosquitto_pub", stand, ...how, "-u", "pump-1", "-P", "secret");
    assert.match(password.output, /bad user name or password/);
    const version5 = await call("mosquitto_pub", stand, ...how, "-V", "5");
    assert.notEqual(version5.code, 0);
    assert.equal(stand.tls.refused["unsupported protocol version"], 1);
  },
  "without a certificate there is no session": async (stand) => {
    const how = ["--cafile", `${stand.folder}/ca.pem`, "-t", "devices/pump-1/telemetry", "-m", "x"];
    const ended = await run("mosquitto_pub", [
      "-h",
      "localhost",
      "-p",
      String(stand.port),
      "-i",
      "pump-1",
      ...how,
    ]);
    assert.notEqual(ended.code, 0);
    assert.deepEqual(stand.tls.refused, { "no client certificate": 1 });
  },
};
