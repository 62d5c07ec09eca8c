/**
 * The site's broker over mutual TLS and its log, as a process of its own: `tls-broker.ts <folder> <port>`, with `ca.pem`,
 * `crl.pem`, `server.pem` and `server.key` in the folder. Prints `ready`.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { startBroker } from "../../site/broker/broker.ts";
import { openIngestLog } from "../../site/log/ingest-log.ts";
import { Keyring } from "../../site/seal.ts";

const [folder = "", port = ""] = process.argv.slice(2);
const file = (name: string): string => readFileSync(join(folder, name), "utf8");
const keyring = new Keyring(randomBytes(32));
const log = await openIngestLog({ folder: join(folder, "log"), rawFolder: join(folder, "raw"), keyring });
await startBroker({
  settings: {
    host: "127.0.0.1",
    port: Number(port),
    serverCertificate: file("server.pem"),
    serverKey: file("server.key"),
    clientTrust: file("ca.pem"),
    limits: {
      maxPayload: 65_536,
      maxConnections: 10_000,
      handshakesPerSecond: 1_000_000,
      messagesPerSecond: 1_000,
      connectSeconds: 10,
    },
  },
  registry: { devices: [], revocationList: file("crl.pem") },
  book: null,
  environment: "bench",
  log,
  stateFolder: join(folder, "state"),
  keyring,
  logger: pino({ level: "silent" }),
});
console.log("ready");
