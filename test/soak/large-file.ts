/**
 * One large file through a site, from its first part to its report: every record is in the lake once, and the site's
 * memory does not follow the size of the file. As a command:
 *
 *     npm run soak:large-file -- [--gigabytes 5] [--record-bytes 500] [--most-megabytes 2048]
 */
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { peakMemory } from "../../bench/support/memory.ts";
import { upload } from "../../fleet/commands/upload.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { fakeTerminal } from "../fleet/support/terminal.ts";
import { startLiveSite } from "./site.ts";

const device = "press-01";
/** Decimal, as disks are sold. */
const gigabyte = 1_000_000_000;
const megabyte = 1_000_000;

const { values } = parseArgs({
  options: {
    gigabytes: { type: "string", default: "5" },
    "record-bytes": { type: "string", default: "500" },
    "most-megabytes": { type: "string", default: "2048" },
  },
});
const recordBytes = Number(values["record-bytes"]);
const records = Math.floor((Number(values.gigabytes) * gigabyte) / recordBytes);
const mostMegabytes = Number(values["most-megabytes"]);

const folder = mkdtempSync(join(tmpdir(), "fieldlake-large-file-"));
const site = await startLiveSite({
  profiles: ["machine-json"],
  bindings: [{ devices: device, profile: "machine-json" }],
});
try {
  const file = join(folder, "log.ndjson");
  await write(file);
  console.log(`${count(records)} records of ${recordBytes} bytes; the site begins at ${await peak()} MB`);
  const began = performance.now();
  const watch = setInterval(() => void tell(began), 30_000);
  const { terminal } = fakeTerminal();
  await upload(
    [file],
    { device, channel: "telemetry" },
    {
      terminal,
      site: connectSite(join(site.dataFolder, "run")),
      folders: environmentFolders(site.dataFolder),
    },
  ).finally(() => clearInterval(watch));
  const seconds = (performance.now() - began) / 1000;
  await site.client().call("POST", "/flush");
  const { rows } = await site
    .client()
    .query(`SELECT count(DISTINCT seq), count(*) FROM readings WHERE metric = 'cycles'`);
  const [different, all] = (rows[0] ?? []).map(Number) as [number, number];
  const peakMegabytes = await peak();
  const result = {
    seconds: Math.round(seconds),
    megabytesPerSecond: Number(((records * recordBytes) / megabyte / seconds).toFixed(1)),
    peakMegabytes,
    lost: records - different,
    doubled: all - different,
  };
  console.log(result);
  process.exitCode = result.lost !== 0 || result.doubled !== 0 || peakMegabytes > mostMegabytes ? 1 : 0;
} finally {
  await site.dispose();
  rmSync(folder, { recursive: true, force: true });
}

/** JSON by lines, each as long as the others: what the profile reads, and a note that it does not. */
async function write(file: string): Promise<void> {
  const stream = createWriteStream(file, { highWaterMark: 4 * 1024 * 1024 });
  for (let index = 0; index < records; index++) {
    const known = `{"seq":${index},"ts":${1_700_000_000_000 + index * 10},"cycles":${index},"note":"`;
    const line = `${known}${"n".repeat(Math.max(0, recordBytes - known.length - 3))}"}\n`;
    if (!stream.write(line)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
}

/** Megabytes of the site's process, the most so far. */
async function peak(): Promise<number> {
  return Math.round((await peakMemory(site.pid())) / megabyte);
}

async function tell(began: number): Promise<void> {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${seconds} s: ${await peak()} MB`);
}

function count(number: number): string {
  return number.toLocaleString("en");
}
