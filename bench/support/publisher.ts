/**
 * The publisher as a process of its own, so that it does not share a thread with what it loads:
 *
 *   node bench/support/publisher.ts --port 1883 [--host 127.0.0.1] [--tls <folder>] [--connections 4] [--window 1000]
 *     [--count 300000] [--payload json75|frame62] [--device bench-{n}] [--topic devices/{id}/telemetry]
 *
 * Prints one line of JSON: `sent`, `acked`, `seconds`, `rate` (acknowledged messages a second), `payloadBytes`.
 */
import { parseArgs } from "node:util";
import { payloadKinds, type PayloadKind } from "./payloads.ts";
import { publish } from "./publish.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string" },
    tls: { type: "string" },
    connections: { type: "string", default: "4" },
    window: { type: "string", default: "1000" },
    count: { type: "string", default: "300000" },
    payload: { type: "string", default: "json75" },
    device: { type: "string", default: "bench-{n}" },
    topic: { type: "string", default: "devices/{id}/telemetry" },
  },
});

const kind = payloadKinds.find((one) => one === values.payload) as PayloadKind | undefined;
if (kind === undefined) fail(`--payload: received ${values.payload}; allowed: ${payloadKinds.join(", ")}`);
const connections = whole("connections", values.connections);
const result = await publish({
  host: values.host,
  port: whole("port", values.port),
  tlsFolder: values.tls ?? null,
  devices: Array.from({ length: connections }, (_, index) => values.device.replace("{n}", String(index + 1))),
  window: whole("window", values.window),
  count: whole("count", values.count),
  kind,
  topic: values.topic,
});
console.log(JSON.stringify(result));

function whole(name: string, text: string | undefined): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    fail(`--${name}: received ${text}; allowed: a whole number from 1`);
  return value;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
