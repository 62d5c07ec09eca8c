/** Folders that machines drop files into: to rows of the lake, aside with the reason, or left alone while it is not their fault. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { pino } from "pino";
import { readProfiles } from "../../profiles/read.ts";
import { Drops } from "../../site/drops/drops.ts";
import { Keyring } from "../../site/seal.ts";
import { Uploads } from "../../site/uploads/uploads.ts";
import { storeFolder, type Store } from "./store/support.ts";

const place = storeFolder();
const folder = mkdtempSync(join(tmpdir(), "fieldlake-drops-"));
let store: Store;
let uploads: Uploads;
beforeAll(async () => {
  store = await place.open();
  const [machine] = await readProfiles(["machine-json"]);
  const named = (name: string, file: object) => ({ ...(machine as object), name, file });
  uploads = new Uploads({
    ...{ tenant: "acme", dataFolder: place.dataFolder, keyring: Keyring.fromFile(place.keyFile) },
    ...{ lake: store.lake, log: store.log },
    decoder: {
      profiles: [
        machine,
        named("machine-xml", { format: "xml", record: "log.cycle" }),
        named("machine-ini", { format: "ini" }),
      ],
      bindings: [
        { devices: "press-*", channel: "telemetry/xml", profile: "machine-xml" },
        { devices: "press-*", channel: "telemetry/ini", profile: "machine-ini" },
        { devices: "press-*", profile: "machine-json" },
      ],
      clockWindow: { behind: 604_800, ahead: 600 },
    },
  });
});
afterAll(async () => {
  await store.close();
  place.remove();
  rmSync(folder, { recursive: true });
});

const watched = (device: string, name: string, channel = "telemetry") => ({
  ...{ device, channel, folder: join(folder, name), settledSeconds: 5 },
  taken: "move" as const,
});

/** Looks, lets five seconds pass, looks again. */
function watching(
  folders: ReturnType<typeof watched>[],
  open: Pick<Uploads, "state" | "part" | "take"> = uploads,
) {
  let now = 0;
  const logger = pino({ level: "silent" });
  const drops = new Drops({ settings: { folders }, uploads: open, logger, now: () => now });
  return {
    drops,
    async settle(): Promise<boolean> {
      await drops.look();
      now += 5_000;
      return drops.look();
    },
  };
}

const drop = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const names = (name: string): string[] => readdirSync(join(folder, name)).toSorted();
const rows = async (device: string) => {
  await store.lake.flush();
  const { rows: found } = await store.lake.query(
    `SELECT epoch_ms(ts)::DOUBLE, value_int::INT, lane FROM readings WHERE device_id = '${device}' AND metric = 'cycles' ORDER BY ts`,
  );
  return found;
};
const cycle = (n: number) =>
  `<cycle><seq>${n}</seq><ts>${1_600_000_000_000 + n}</ts><cycles>${n}</cycles></cycle>`;

test("files become rows with their own times, each once, whatever they are called and however often they are dropped", async () => {
  for (const name of ["xml", "ini"]) mkdirSync(join(folder, name));
  const { drops, settle } = watching([
    watched("press-01", "xml", "telemetry/xml"),
    watched("press-02", "ini", "telemetry/ini"),
  ]);
  drop("xml/night.xml", `<log>${cycle(1)}${cycle(2)}</log>`);
  drop("ini/cycle.ini", "seq=3\nts=1600000000003\ncycles=3\n");
  expect(await settle()).toBe(true);
  expect(await rows("press-01")).toEqual([
    [1_600_000_000_001, 1, "offline"],
    [1_600_000_000_002, 2, "offline"],
  ]);
  expect(await rows("press-02")).toEqual([[1_600_000_000_003, 3, "offline"]]);
  drop("xml/night.xml", `<log>${cycle(1)}${cycle(2)}</log>`);
  drop("xml/other.xml", `<log>${cycle(2)}${cycle(4)}</log>`);
  await settle();
  expect((await rows("press-01")).map(([, value]) => value)).toEqual([1, 2, 4]);
  expect(names("xml/done")).toEqual(["night.xml", "night.xml.2", "other.xml"]);
  expect(drops.trouble).toBeNull();
});

test("a bad file is put aside with the reason, and is trouble until somebody clears it away; the others go on", async () => {
  mkdirSync(join(folder, "bad"));
  const { drops, settle } = watching([watched("press-03", "bad", "telemetry/xml")]);
  drop("bad/bomb.xml", `<!DOCTYPE x [<!ENTITY a "ha">]><log>&a;</log>`);
  drop("bad/good.xml", `<log>${cycle(7)}</log>`);
  await settle();
  expect(await rows("press-03")).toHaveLength(1);
  expect(names("bad/failed")).toEqual(["bomb.xml", "bomb.xml.reason.txt"]);
  expect(readFileSync(join(folder, "bad/failed/bomb.xml.reason.txt"), "utf8")).toContain("document type");
  expect(drops.trouble).toBe(`files in ${folder}/bad/failed that could not be taken: 1; why is beside each`);
  for (const name of names("bad/failed")) unlinkSync(join(folder, "bad/failed", name));
  await drops.look();
  expect(drops.trouble).toBeNull();
});

test("a full disk and a folder that is away cost no file: it stays, and is taken when they are back", async () => {
  mkdirSync(join(folder, "full"));
  let isFull = true;
  const { drops, settle } = watching([watched("press-04", "full", "telemetry/xml")], {
    state: (request) => uploads.state(request),
    part: (...part) =>
      isFull
        ? Promise.reject(Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }))
        : uploads.part(...part),
    take: (request) => uploads.take(request),
  });
  drop("full/a.xml", `<log>${cycle(9)}</log>`);
  expect(await settle()).toBe(false);
  expect(drops.trouble).toContain("is not looked after: ENOSPC");
  expect(names("full")).toEqual(["a.xml", "done", "failed"]);

  renameSync(join(folder, "full"), join(folder, "away"));
  expect(await drops.look()).toBe(false);
  expect(drops.trouble).toContain("ENOENT");
  // It is not made anew: files would be dropped below the place of a share.
  expect(existsSync(join(folder, "full"))).toBe(false);
  renameSync(join(folder, "away"), join(folder, "full"));
  isFull = false;
  expect(await settle()).toBe(true);
  expect([drops.trouble, (await rows("press-04")).length]).toEqual([null, 1]);
});

test("a file that becomes a link while it is looked at is not followed", async () => {
  mkdirSync(join(folder, "link"));
  const secret = join(folder, "secret.xml");
  writeFileSync(secret, `<log>${cycle(1)}</log>`);
  const swap = join(folder, "link/a.xml");
  let asked = 0;
  const { settle } = watching([watched("press-05", "link", "telemetry/xml")], {
    state(request) {
      // Between its hash and its bytes.
      asked += 1;
      unlinkSync(swap);
      symlinkSync(secret, swap);
      return uploads.state(request);
    },
    part: (...part) => uploads.part(...part),
    take: (request) => uploads.take(request),
  });
  drop("link/a.xml", `<log>${cycle(1)}</log>`);
  await settle();
  expect([asked, names("link")]).toEqual([1, ["a.xml", "done", "failed"]]);
  expect(await rows("press-05")).toEqual([]);
});
