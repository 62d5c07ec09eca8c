/**
 * Devices that connect: handshakes a second and CPU a handshake of the site's broker, beside mosquitto in the same run:
 *
 *     node bench/handshakes.ts [--seconds 10] [--rounds 3] [--devices 16]
 *
 * The same certificates and revocation list for both; each connection is a full TLS 1.3 handshake on P-256 with client
 * certificate, nothing resumed, up to CONNACK. Server and devices share the machine: the rate is that of both together,
 * the CPU that of the server alone.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { environment, nodeFlags } from "../site/runtime.ts";
import { createAuthority } from "./support/authority.ts";
import { cpuSeconds } from "./support/cpu.ts";
import type { HandshakeCounts } from "./support/handshaker.ts";
import { median } from "./support/median.ts";

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
}

interface Measured {
  /** Handshakes a second. */
  readonly rate: number;
  /** Milliseconds of CPU a handshake. */
  readonly serverCpu: number;
  readonly deviceCpu: number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    devices: { type: "string", default: "16" },
  },
});
const devices = Number(values.devices);

const folder = await mkdtemp(join(tmpdir(), "fieldlake-bench-handshakes-"));
await writeCredentials();
const contenders: readonly Contender[] = [await startMosquitto(), await startFieldlake()];
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${devices} devices`);
const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
try {
  // Both are warm before anything counts.
  for (const contender of contenders) await measure(contender, 2);
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const contender of contenders) {
      const measured = await measure(contender, Number(values.seconds));
      results.get(contender.name)?.push(measured);
      console.log(`  round ${round}  ${line(contender.name, measured)}`);
    }
  }
} finally {
  for (const { child } of contenders) child.kill("SIGTERM");
  await Promise.all(contenders.map(({ child }) => child.exitCode === null && once(child, "exit")));
  await rm(folder, { recursive: true });
}
report();

async function measure({ port, child }: Contender, seconds: number): Promise<Measured> {
  const pid = child.pid as number;
  const before = await cpuSeconds(pid);
  const script = resolve(import.meta.dirname, "support/handshaker.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    ...[port, folder, devices, seconds].map(String),
  ]);
  const used = (await cpuSeconds(pid)) - before;
  const counts = JSON.parse(stdout) as HandshakeCounts;
  return {
    rate: counts.handshakes / counts.seconds,
    serverCpu: (1000 * used) / counts.handshakes,
    deviceCpu: (1000 * counts.cpuSeconds) / counts.handshakes,
  };
}

async function writeCredentials(): Promise<void> {
  const authority = await createAuthority();
  const server = await authority.server();
  const files: Record<string, string> = {
    "ca.pem": authority.trust,
    "crl.pem": authority.revocationList,
    "server.pem": server.certificate,
    "server.key": server.privateKey,
  };
  for (let number = 1; number <= devices; number++) {
    const { certificate, privateKey } = await authority.device(`press-${number}`);
    files[`press-${number}.pem`] = certificate;
    files[`press-${number}.key`] = privateKey;
  }
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
}

async function startMosquitto(): Promise<Contender> {
  const { stdout } = await promisify(execFile)("mosquitto", ["-h"]).catch(
    (error: { code?: unknown; stdout: string }) => {
      if (error.code === "ENOENT")
        throw new Error("mosquitto is not on PATH: install it (Debian: mosquitto)");
      return error;
    },
  );
  const port = await freePort();
  const file = join(folder, "mosquitto.conf");
  const settings = [
    `listener ${port} 127.0.0.1`,
    ...["cafile ca.pem", "crlfile crl.pem", "certfile server.pem", "keyfile server.key"].map((setting) =>
      setting.replace(" ", ` ${folder}/`),
    ),
    "require_certificate true",
    "use_identity_as_username true",
    "persistence false",
    "set_tcp_nodelay true",
    "log_type error",
    // Started by root it would change to a user who may not read the keys.
    "user root",
    "",
  ];
  await writeFile(file, settings.join("\n"));
  const child = spawn("mosquitto", ["-c", file], { stdio: ["ignore", "inherit", "inherit"] });
  await listening(port);
  return { name: stdout.split("\n")[0]?.replace(" version", "") ?? "mosquitto", port, child };
}

async function startFieldlake(): Promise<Contender> {
  const port = await freePort();
  const script = resolve(import.meta.dirname, "support/tls-broker.ts");
  const child = spawn(process.execPath, [...nodeFlags, script, folder, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  await once(child.stdout, "data");
  return { name: "Fieldlake", port, child };
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await delay(50);
  }
  throw new Error("mosquitto did not start");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function line(name: string, { rate, serverCpu, deviceCpu }: Measured): string {
  const figures = [
    `${rate.toFixed(0).padStart(5)} handshakes/s`,
    `server ${serverCpu.toFixed(2)} ms CPU each`,
    `device ${deviceCpu.toFixed(2)} ms`,
  ];
  return `${name.padEnd(20)} ${figures.join("  ")}`;
}

function report(): void {
  const medians = [...results].map(([name, all]) => {
    return [
      name,
      {
        rate: median(all.map(({ rate }) => rate)),
        serverCpu: median(all.map(({ serverCpu }) => serverCpu)),
        deviceCpu: median(all.map(({ deviceCpu }) => deviceCpu)),
      },
    ] as const;
  });
  const [peer] = medians;
  if (peer === undefined) return;
  console.log(`\nmedian of ${values.rounds}`);
  for (const [name, measured] of medians) {
    const rate = (measured.rate / peer[1].rate).toFixed(2);
    const cpu = (measured.serverCpu / peer[1].serverCpu).toFixed(2);
    console.log(`  ${line(name, measured)}  rate ${rate} ×, CPU ${cpu} ×`);
  }
}
