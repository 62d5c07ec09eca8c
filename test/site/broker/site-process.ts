/**
 * A log and a broker as a process of their own, to be killed: `node site-process.ts <folder> <key, base64>`. Prints its port.
 */
import { join } from "node:path";
import { pino } from "pino";
import { startPlainBroker } from "../../../site/broker/plain.ts";
import { openIngestLog } from "../../../site/log/ingest-log.ts";
import { Keyring } from "../../../site/seal.ts";

const [folder = "", key = ""] = process.argv.slice(2);
const keyring = new Keyring(Buffer.from(key, "base64"));
const log = await openIngestLog({
  folder: join(folder, "log"),
  rawFolder: join(folder, "raw"),
  keyring,
  limits: { segmentBytes: 200_000, backlogBytes: 1 << 30 },
});
const stateFolder = join(folder, "state");
const broker = await startPlainBroker({ log, stateFolder, keyring, logger: pino({ level: "silent" }) });
console.log(broker.port);
