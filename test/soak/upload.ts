/**
 * kill -9 of the site while a file is uploaded, at random moments from its first part to its report; the same upload again
 * after each: every record is in the lake once, and in quarantine once where it can't be read. As a command:
 *
 *     npm run soak:upload -- [--records 20000] [--kills 200] [--seed 1]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { upload } from "../../fleet/commands/upload.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { fakeTerminal } from "../fleet/support/terminal.ts";
import { randomNumbers } from "../support/random.ts";
import { startLiveSite } from "./site.ts";

export interface UploadSoakOptions {
  readonly records: number;
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface UploadSoakResult {
  readonly kills: number;
  /** Kills that came while an upload was under way. */
  readonly during: number;
  readonly files: number;
  /** Records that are nowhere. */
  readonly lost: number;
  /** Records that are there more than once. */
  readonly doubled: number;
}

const badEvery = 500;
/** Most milliseconds from the start of an upload to a kill. */
const longestWait = 900;
/** Kills that a file has to live through. */
const killsPerFile = 8;

export async function runUploadSoak(options: UploadSoakOptions): Promise<UploadSoakResult> {
  const { records, kills, seed, log = () => undefined } = options;
  const random = randomNumbers(seed);
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-upload-soak-"));
  const site = await startLiveSite({
    profiles: ["machine-json"],
    bindings: [{ devices: "press-*", profile: "machine-json" }],
  });
  let during = 0;
  let files = 0;
  try {
    for (let kill = 0; kill < kills; files++) {
      const file = join(folder, `${files}.ndjson`);
      writeFileSync(file, contentOf(records));
      const device = deviceOf(files);
      for (let left = Math.min(killsPerFile, kills - kill); left > 0; left--, kill++) {
        const sent = send(file, device, site.dataFolder);
        await Promise.race([delay(random() * longestWait), sent]);
        site.kill();
        if (await sent) log(`kill ${kill + 1}: behind the end of ${device}'s file`);
        else during++;
        await site.start();
      }
      if (!(await send(file, device, site.dataFolder))) throw new Error(`${device}'s file is refused`);
      log(`${kill} kills: file ${files + 1} is taken`);
    }
    await site.client().call("POST", "/flush");
    const counts = await Promise.all(
      Array.from({ length: files }, async (_, index) => {
        const { rows } = await site.client().query(countOf(deviceOf(index)));
        const [different, all] = (rows[0] ?? []).map(Number) as [number, number];
        return { lost: records - different, doubled: all - different };
      }),
    );
    const total = (of: "lost" | "doubled"): number => counts.reduce((sum, one) => sum + one[of], 0);
    return { kills, during, files, lost: total("lost"), doubled: total("doubled") };
  } finally {
    await site.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

const deviceOf = (index: number): string => `press-${index}`;

/** JSON by lines; every so many one that no decoder can read. */
function contentOf(records: number): string {
  const lines = Array.from({ length: records }, (_, index) =>
    index % badEvery === 7
      ? `{"seq":${index},"ts":`
      : `{"seq":${index},"ts":${1_700_000_000_000 + index * 1_000},"cycles":${index}}`,
  );
  return `${lines.join("\n")}\n`;
}

/** Different records, and all. */
const countOf = (device: string): string => `
  SELECT count(DISTINCT msg_id), count(*) FROM (
    SELECT msg_id FROM readings WHERE device_id = '${device}' AND metric = 'cycles'
    UNION ALL SELECT msg_id FROM quarantine WHERE device_id = '${device}')`;

/** Whether the upload came to its end. */
async function send(file: string, device: string, dataFolder: string): Promise<boolean> {
  const { terminal } = fakeTerminal();
  const site = connectSite(join(dataFolder, "run"));
  const folders = environmentFolders(dataFolder);
  return upload([file], { device, channel: "telemetry" }, { terminal, site, folders }).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      records: { type: "string", default: "20000" },
      kills: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
    },
  });
  const result = await runUploadSoak({
    records: Number(values.records),
    kills: Number(values.kills),
    seed: Number(values.seed),
    log: console.log,
  });
  console.log(result);
  process.exitCode = result.lost + result.doubled > 0 ? 1 : 0;
}
