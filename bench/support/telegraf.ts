/**
 * The peer that a user would pick for MQTT → Parquet: Telegraf, built from its Go module with the three plugins it
 * needs, behind mosquitto (it has no broker of its own). Tuned: batches of 20,000, 200,000 undelivered messages.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { userCacheFolder } from "../../toolchain/paths.mjs";
import { peakMemory } from "./memory.ts";

export const telegrafVersion = "1.37.2";

export type PayloadKind = "json75" | "frame62";

export interface TelegrafRun {
  /** Port of the broker to publish to. */
  readonly port: number;
  /** Ids of the broker's process and Telegraf's. */
  readonly processes: readonly number[];
  /** Resolves when so many messages are in Parquet files. */
  written(messages: number, timeoutMs: number): Promise<void>;
  /** Bytes, Telegraf and mosquitto together. */
  peakMemory(): Promise<number>;
  stop(): Promise<void>;
}

/** Path of the built binary; built once (about four minutes), then cached. */
export async function buildTelegraf(): Promise<string> {
  const folder = join(userCacheFolder(), "bench", `telegraf-${telegrafVersion}`);
  const binary = join(folder, "telegraf");
  if (existsSync(binary)) return binary;
  const module = resolve(import.meta.dirname, "../peers/telegraf");
  const workspace = await mkdtemp(join(tmpdir(), "fieldlake-telegraf-"));
  for (const file of ["go.mod", "go.sum"]) await copyFile(join(module, file), join(workspace, file));
  const tags = "custom,inputs.mqtt_consumer,outputs.parquet,parsers.json,parsers.binary";
  console.log(`building Telegraf ${telegrafVersion} from its Go module (once, about four minutes) …`);
  const args = ["build", "-mod=mod", "-trimpath", "-tags", tags, "-o", "telegraf"];
  const go = spawn("go", [...args, "github.com/influxdata/telegraf/cmd/telegraf"], {
    cwd: workspace,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [status] = (await once(go, "exit")) as [number];
  if (status !== 0) throw new Error("Telegraf could not be built: Go 1.25 or newer is needed on PATH");
  await mkdir(folder, { recursive: true });
  await copyFile(join(workspace, "telegraf"), `${binary}.new`);
  await rename(`${binary}.new`, binary);
  await rm(workspace, { recursive: true });
  return binary;
}

/** A broker and Telegraf, subscribed and ready. */
export async function startTelegraf(binary: string, payload: PayloadKind): Promise<TelegrafRun> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-telegraf-run-"));
  const port = await freePort();
  await writeFile(join(folder, "mosquitto.conf"), mosquittoConfig(port));
  await mkdir(join(folder, "parquet"));
  await writeFile(join(folder, "telegraf.conf"), telegrafConfig(port, join(folder, "parquet"), payload));
  const mosquitto = start("mosquitto", ["-c", join(folder, "mosquitto.conf")]);
  await delay(500);
  if (mosquitto.exitCode !== null) throw new Error("mosquitto did not start: install it (package mosquitto)");
  const telegraf = start(binary, ["--config", join(folder, "telegraf.conf"), "--debug"]);
  let written = 0;
  let connected = false;
  const errors: string[] = [];
  for (const stream of [telegraf.stdout, telegraf.stderr]) {
    let rest = "";
    stream?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (/Connected \[tcp/.test(line)) connected = true;
        if (/ E! /.test(line)) errors.push(line);
        written += Number(/\[outputs\.parquet\].*Wrote batch of (\d+) metrics/.exec(line)?.[1] ?? 0);
      }
    });
  }
  const until = async (condition: () => boolean, timeoutMs: number, what: string) => {
    const deadline = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > deadline)
        throw new Error(`${what}; written ${written}; ${errors.slice(0, 3).join(" | ")}`);
      await delay(10);
    }
  };
  await until(() => connected, 15_000, "Telegraf did not connect");
  return {
    port,
    processes: [mosquitto.pid ?? 0, telegraf.pid ?? 0],
    written: (messages, timeoutMs) =>
      until(() => written >= messages, timeoutMs, "Telegraf did not write everything"),
    peakMemory: async () => (await peakMemory(telegraf.pid)) + (await peakMemory(mosquitto.pid)),
    async stop() {
      telegraf.kill("SIGTERM");
      await Promise.race([once(telegraf, "exit"), delay(10_000)]);
      mosquitto.kill("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const start = (command: string, args: readonly string[]): ChildProcess =>
  spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });

const mosquittoConfig = (port: number): string =>
  [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence false",
    "max_inflight_messages 0",
    "max_queued_messages 0",
    "set_tcp_nodelay true",
    "log_type error",
    "",
  ].join("\n");

/** Fields as ours decodes them: two values of the JSON, 24 of the frame. */
function telegrafConfig(port: number, folder: string, payload: PayloadKind): string {
  return `
[agent]
  interval = "1s"
  flush_interval = "1s"
  metric_batch_size = 20000
  metric_buffer_limit = 1000000
  omit_hostname = true
[[inputs.mqtt_consumer]]
  servers = ["tcp://127.0.0.1:${port}"]
  topics = ["devices/+/telemetry"]
  qos = 1
  max_undelivered_messages = 200000
  persistent_session = false
  client_id = "telegraf"
  topic_tag = "topic"
${payload === "json75" ? jsonParser : binaryParser()}
[[outputs.parquet]]
  directory = "${folder}"
  timestamp_field_name = "timestamp"
`;
}

const jsonParser = `  data_format = "json"
  json_time_key = "ts"
  json_time_format = "unix_ms"
`;

function binaryParser(): string {
  const axes = ["accel_x", "accel_y", "accel_z", "gyro_x", "gyro_y", "gyro_z"];
  const fields = [0, 1, 2, 3].flatMap((sample) => axes.map((axis) => `${axis}_${sample}`));
  const entries = [
    "{ bits = 112, omit = true }",
    ...fields.map((name) => `{ name = "${name}", type = "int16" }`),
  ];
  return `  data_format = "binary"
  endianness = "le"
  [[inputs.mqtt_consumer.binary]]
    metric_name = "imu"
    entries = [${entries.join(", ")}]
`;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
