/**
 * Devices that connect, over and over: TCP, a full TLS 1.3 handshake with a certificate on P-256, CONNECT, CONNACK, end.
 * Arguments: port, folder of the credentials, number of devices, seconds. Prints {@link HandshakeCounts} as JSON.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "node:tls";
import { generate } from "mqtt-packet";

export interface HandshakeCounts {
  readonly handshakes: number;
  readonly seconds: number;
  /** Used by this process. */
  readonly cpuSeconds: number;
}

const [port = 0, folder = "", devices = 0, duration = 0] = [
  Number(process.argv[2]),
  process.argv[3],
  Number(process.argv[4]),
  Number(process.argv[5]),
];
const goodbye = generate({ cmd: "disconnect" });

const started = performance.now();
const cpuBefore = process.cpuUsage();
const until = started + duration * 1000;
const counts = await Promise.all(Array.from({ length: devices }, (_, index) => device(`press-${index + 1}`)));
const cpu = process.cpuUsage(cpuBefore);
const result: HandshakeCounts = {
  handshakes: counts.reduce((sum, count) => sum + count, 0),
  seconds: (performance.now() - started) / 1000,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
};
console.log(JSON.stringify(result));

async function device(id: string): Promise<number> {
  const file = (name: string): string => readFileSync(join(folder, name), "utf8");
  const options: ConnectionOptions = {
    host: "127.0.0.1",
    port,
    ca: file("ca.pem"),
    cert: file(`${id}.pem`),
    key: file(`${id}.key`),
    minVersion: "TLSv1.3",
    ecdhCurve: "P-256",
  };
  const hello = generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    clientId: id,
  });
  let count = 0;
  while (performance.now() < until) {
    await session(options, hello);
    count += 1;
  }
  return count;
}

function session(options: ConnectionOptions, hello: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(options, () => {
    if (socket.getProtocol() !== "TLSv1.3" || socket.isSessionReused())
      reject(new Error("no full handshake of TLS 1.3"));
    socket.write(hello);
  });
  socket.setNoDelay();
  let isAccepted = false;
  socket.once("data", (connack: Buffer) => {
    isAccepted = connack[3] === 0;
    if (!isAccepted) reject(new Error(`CONNACK with code ${connack[3]}`));
    socket.end(goodbye);
  });
  // The server may be gone before the last bytes of TLS reach it.
  socket.on("error", (error) => {
    if (!isAccepted) reject(error);
  });
  socket.on("close", () => resolve());
  return promise;
}
