/** paho-mqtt, the Python client, as a device: paho-device.py has the client's side of each check. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../site/broker/support.ts";
import { type Check, command, run, type Stand } from "./check.ts";

/** `python`: an interpreter that has paho-mqtt. */
export function pahoChecks(python: string): Readonly<Record<string, Check>> {
  const device = async (check: string, { deviceId, port, folder }: Stand): Promise<string> => {
    const script = join(import.meta.dirname, "paho-device.py");
    const { code, output } = await run(python, [script, check, deviceId, String(port), folder]);
    assert.equal(code, 0, output);
    return output.trim();
  };
  const stored = async (stand: Stand, count: number): Promise<void> => {
    await until("the records", () => new Set(stand.tls.bench.texts).size === count);
  };
  return {
    "publishes with QoS 0, 1 and 2 and gets them back, MQTT 3.1 and 3.1.1, TLS 1.2 and 1.3": async (
      stand,
    ) => {
      await device("every_qos", stand);
      await stored(stand, 12);
    },
    "10,000 messages, up to 1,000 under way": async (stand) => {
      await device("many", stand);
      await stored(stand, 10_000);
      assert.equal(stand.tls.bench.arrivals.length, 10_000);
    },
    "connections that break in the middle: each message is stored": async (stand) => {
      await device("broken_connections", stand);
      await stored(stand, 300);
    },
    "a command reaches a device that listens, and one that comes back to its session": async (stand) => {
      const first = device("await_command", stand);
      assert.equal(await command(stand, "stop", "now"), "sent");
      assert.equal(await first, "devices/paho-1/commands/stop now");
      await until("its end", () => stand.tls.broker.devices()[0]?.connected === false);
      assert.equal(await command(stand, "go", "later"), "queued");
      assert.equal(await device("await_command", stand), "devices/paho-1/commands/go later");
    },
    "the will of a device whose network went, retained": async (stand) => {
      await device("will", stand);
    },
    "another device's topic ends the connection; another device's subscription is denied": async (stand) => {
      await device("foreign_topics", stand);
      assert.deepEqual(stand.tls.refused, { "publish not allowed": 1, "subscription not allowed": 1 });
      assert.deepEqual(stand.tls.bench.texts, []);
    },
    "another client id, MQTT 5 and no certificate are refused with a reason": async (stand) => {
      await device("refusals", stand);
      await until("the count", () => stand.tls.refused["no client certificate"] === 1);
    },
  };
}
