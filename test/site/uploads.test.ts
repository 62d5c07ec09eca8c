import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { readProfiles } from "../../profiles/read.ts";
import { Keyring } from "../../site/seal.ts";
import type { UploadRequest } from "../../site/uploads/upload-request.ts";
import { Uploads } from "../../site/uploads/uploads.ts";
import { museMemory } from "../support/muse-memory.ts";
import { storeFolder, type Store } from "./store/support.ts";

const folder = storeFolder();
const keyring = Keyring.fromFile(folder.keyFile);
const muse = await museMemory();
const bindings = [
  { devices: "press-xml", profile: "press-xml" },
  { devices: "press-*", profile: "machine-json" },
  { devices: "muse-v2-log-*", profile: "muse-v2-log" },
];
const xml = { file: { format: "xml", record: "log.cycle" } } as const;
let store: Store;
let profiles: readonly unknown[];
const desk = (): Uploads =>
  new Uploads({
    tenant: "acme",
    dataFolder: folder.dataFolder,
    keyring,
    lake: store.lake,
    log: store.log,
    decoder: { profiles: [...profiles], bindings, clockWindow: { behind: 604_800, ahead: 600 } },
  });

beforeAll(async () => {
  const [machine] = await readProfiles(["machine-json"]);
  profiles = [machine, { ...(machine as object), ...xml, name: "press-xml" }, muse.profile];
  store = await folder.open([], (shipped) => [...shipped, muse.profile]);
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

/** A record of the machine's log, as it would have been sent live. */
const record = (second: number) =>
  JSON.stringify({ ts: (1_700_000_000 + second) * 1_000, seq: second, cycles: second });
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${record(from + i)}\n`).join("");

function requestOf(
  text: string | Buffer,
  deviceId = "press-01",
): UploadRequest & { readonly content: Buffer } {
  const content = Buffer.from(text);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const named = { name: "day.ndjson", deviceId, channel: "telemetry", clock: null };
  return { sha256, bytes: content.length, ...named, content };
}

async function send(text: string | Buffer, deviceId?: string, clock: string | null = null) {
  const { content, ...plain } = requestOf(text, deviceId);
  const request = { ...plain, clock };
  const uploads = desk();
  const { received } = await uploads.state(request);
  if (received < content.length) await uploads.part(request, received, content.subarray(received));
  const report = await uploads.take(request);
  await store.lake.flush();
  return report;
}

const count = (deviceId: string) =>
  store.value(`SELECT count(*) FROM readings WHERE device_id = '${deviceId}' AND metric = 'cycles'`);

describe("uploads", () => {
  test("a file's records are rows with their own times, on the offline lane; again, it changes nothing", async () => {
    const report = await send(lines(0, 2_500));
    expect(report).toMatchObject({ profile: "machine-json", messages: 2_500, known: 0, unreadable: 0 });
    expect(await count("press-01")).toBe("2500");
    expect(
      await store.value(
        "SELECT min(epoch(ts)) || ' ' || max(epoch(ts)) || ' ' || any_value(lane) FROM readings",
      ),
    ).toBe("1700000000.0 1700002499.0 offline");
    expect(await send(lines(0, 2_500))).toEqual(report);
    expect(await count("press-01")).toBe("2500");
  });

  test("what came live already is left out, another file's overlap too", async () => {
    await store.send("press-02", ...Array.from({ length: 50 }, (_, i) => record(i)));
    await store.lake.flush();
    expect(await send(lines(20, 80), "press-02")).toMatchObject({ messages: 60, known: 30 });
    expect(await send(lines(0, 100), "press-02")).toMatchObject({ messages: 100, known: 80 });
    expect(await count("press-02")).toBe("100");
  });

  test("a live copy whose clock was ten years ahead is known for what it is", async () => {
    const ahead = Math.round(Date.now() / 1_000 + 315_360_000) - 1_700_000_000;
    await store.send("press-07", record(ahead), record(ahead + 1));
    await store.lake.flush();
    expect(await send(lines(ahead, ahead + 3), "press-07")).toMatchObject({ messages: 3, known: 2 });
    expect(await count("press-07")).toBe("3");
  });

  test("in parts, with a torn one, and ended before it was taken: it goes on where it was", async () => {
    const { content, ...request } = requestOf(lines(0, 300), "press-03");
    await desk().part(request, 0, content.subarray(0, 1_000));
    const [part] = folder.files(/\.part$/);
    appendFileSync(part!, Buffer.from([9, 9, 0, 0, 1, 2, 3]));
    expect(await desk().state(request)).toEqual({ received: 1_000, report: null });
    await expect(desk().part(request, 999, content.subarray(999))).rejects.toThrow("allowed: at 1000");
    await desk().part(request, 1_000, content.subarray(1_000));
    // Two at once are one after the other.
    const [one, two] = await Promise.all(
      [desk().take(request), desk().take(request)].map((p) => p.catch(() => null)),
    );
    expect(one ?? two).toMatchObject({ messages: 300 });
    await store.lake.flush();
    expect(await count("press-03")).toBe("300");
  });

  test("what is no record is told of and doesn't hold up the rest; half a record at the end", async () => {
    const report = await send(
      `${lines(0, 3)}{"ts": 1, \n${"x".repeat(70_000)}\n${lines(3, 5)}{"ts":17000`,
      "press-04",
    );
    expect(report).toMatchObject({
      messages: 7,
      unreadable: 1,
      firstUnreadable: expect.stringContaining("5"),
    });
    expect(await count("press-04")).toBe("5");
    expect(await store.value("SELECT count(*) FROM quarantine WHERE device_id = 'press-04'")).toBe("2");
  });

  test("a record that the profile knows no value of costs no other one, on any lane", async () => {
    const strange = JSON.stringify({ ts: 1_700_000_000_000, seq: 9_001, colour: "red" });
    const file = `${record(1)}\n${strange}\n${record(2)}\n`;
    expect(await send(file, "press-20")).toMatchObject({ messages: 3, known: 0, rows: 2, quarantined: 0 });
    expect(await send(`${file}${record(3)}\n`, "press-20")).toMatchObject({ messages: 4, known: 2, rows: 1 });
    expect(await send(`${strange}\n`, "press-20")).toMatchObject({ messages: 1, rows: 0, span: null });
    expect(await count("press-20")).toBe("3");
  });

  test("records without a time that can be read are told of: their rows lie where the file came", async () => {
    const none = '{"seq":1,"cycles":1}\n{"ts":"noon","seq":2,"cycles":2}\n';
    expect(await send(`${record(3)}\n${none}`, "press-21")).toMatchObject({
      ...{ messages: 3, rows: 3, undated: 2, firstUndated: "2: it has no time" },
    });
    const noon = '{"ts":"noon","seq":4,"cycles":2}\n';
    expect(await send(noon, "press-21")).toMatchObject({
      firstUndated: "1: ts is no time in ms; rows lie at arrival",
    });
    expect(await send(lines(0, 3), "press-21")).toMatchObject({ undated: 0, firstUndated: null });
  });

  test("an empty file is taken, a changed one is refused and can be sent again", async () => {
    expect(await send("", "press-05")).toMatchObject({ messages: 0, bytes: 0 });
    const { content, ...request } = requestOf(lines(0, 4), "press-05");
    content[3]! ^= 1;
    await desk().part(request, 0, content);
    await expect(desk().take(request)).rejects.toThrow("the file changed while it was sent");
    expect(await desk().state(request)).toEqual({ received: 0, report: null });
    expect(await send(lines(0, 4), "press-05")).toMatchObject({ messages: 4 });
  });

  test("a clock is put right by an offset or two anchors; the device's own times stay beside, also for repeats", async () => {
    const times = (deviceId: string) =>
      store.value(
        `SELECT string_agg(epoch_us(ts) || ' ' || epoch_us(ts_raw) || ' ' || flags, ', ' ORDER BY ts)
         FROM readings WHERE device_id = '${deviceId}' AND metric = 'cycles'`,
      );
    // Seconds since it was switched on.
    const early = [100, 160].map((second) => JSON.stringify({ ts: second * 1_000, seq: second, cycles: 1 }));
    const behind = await send(early.join("\n"), "press-11", "0=1700000000000000");
    expect(behind).toMatchObject({ messages: 2, known: 0, clock: "0=1700000000000000", clockJumps: 0 });
    expect(await times("press-11")).toBe("1700000100000000 100000000 272, 1700000160000000 160000000 272");
    // Between the anchors 61 seconds passed in 60 of its own.
    const drift = "100000000=1700000100000000,160000000=1700000161000000";
    await send(early.join("\n"), "press-12", drift);
    expect(await times("press-12")).toBe("1700000100000000 100000000 272, 1700000161000000 160000000 272");
    expect(await send(`${early[1]!}\n${record(9)}`, "press-12")).toMatchObject({ messages: 2, known: 1 });
    await expect(send(early.join("\n"), "press-12")).rejects.toThrow(
      `with the clock ${drift}; received: no correction`,
    );
  });

  test("two clocks in one file: with a correction refused before a row is written, without one told of", async () => {
    const mixed = `${lines(0, 2)}${JSON.stringify({ ts: 5_000, seq: 3, cycles: 3 })}\n${lines(2, 4)}`;
    await expect(send(mixed, "press-13", "0=3600000000")).rejects.toThrow(
      "not of one clock, so that one correction can't be right; at 3: from 2023-11-14T22:13:21.000000Z to 1970",
    );
    expect(await count("press-13")).toBe("0");
    expect(await send(mixed, "press-13")).toMatchObject({
      messages: 5,
      clockJumps: 2,
      firstClockJump: expect.stringContaining("3: from 2023-11-14"),
    });
    const disordered = `${record(50_000)}\n${record(1)}\n${record(20_000_000)}\n`;
    expect(await send(disordered, "press-14", "0=3600000000")).toMatchObject({ messages: 3, clockJumps: 0 });
  });

  test("data of ten years ago lie where they were measured", async () => {
    const [then, before] = [Date.UTC(2016, 10, 25), Date.UTC(2012, 10, 25)];
    const old = [before, then].map((ts, seq) => JSON.stringify({ ts, seq, cycles: seq })).join("\n");
    await send(old, "press-15");
    const sql = `SELECT string_agg(ts::DATE || ' ' || flags || ' ' || (ts_raw IS NULL), ', ' ORDER BY ts)
      FROM readings WHERE device_id = 'press-15' AND metric = 'cycles'`;
    // Before 2015 a clock may never have been set: doubted, and kept.
    expect(await store.value(sql)).toBe("2012-11-25 18 true, 2016-11-25 16 true");
  });

  test("compressed or as Parquet it is the same records", async () => {
    const text = lines(0, 200);
    expect(await send(gzipSync(text), "press-16")).toMatchObject({
      container: "gzip",
      messages: 200,
      known: 0,
    });
    expect(await send(zstdCompressSync(text), "press-16")).toMatchObject({ container: "zstd", known: 200 });
    expect(await send(Buffer.from(`\ufeff${text}`, "utf16le"), "press-16")).toMatchObject({ known: 200 });
    for (const zip of [Buffer.from("504b03040a00", "hex"), gzipSync(Buffer.from("504b03040a00", "hex"))])
      await expect(send(zip, "press-16")).rejects.toThrow("a ZIP archive");
    const column = (name: string, data: bigint[]) => ({ name, data, type: "INT64" as const });
    const seconds = Array.from({ length: 200 }, (_, second) => BigInt(second));
    const parquet = parquetWriteBuffer({
      columnData: [
        column(
          "ts",
          seconds.map((second) => (1_700_000_000n + second) * 1_000n),
        ),
        column("seq", seconds),
        column("cycles", seconds),
      ],
    });
    const report = await send(Buffer.from(parquet), "press-16");
    expect(report).toMatchObject({ container: "parquet", messages: 200, known: 200, unreadable: 0 });
    expect(await count("press-16")).toBe("200");
    await expect(send(gzipSync(text).subarray(0, -9), "press-17")).rejects.toThrow("damaged or ends early");
    await expect(send(gzipSync(Buffer.from(parquet)), "press-17")).rejects.toThrow("send it as it is");
    expect(await count("press-17")).toBe("0");
  });

  test("XML is the records that its profile sees in it, compressed too; of a damaged file nothing is taken", async () => {
    const cycles = Array.from({ length: 300 }, (_, second) => {
      const ts = (1_700_000_000 + second) * 1_000;
      return `<cycle><seq>${second}</seq><ts>${ts}</ts><cycles>${second}</cycles></cycle>`;
    });
    const log = `<log>${cycles.join("\n")}</log>`;
    const taken = { profile: "press-xml", messages: 300, known: 0, rows: 300, quarantined: 0 };
    expect(await send(log, "press-xml")).toMatchObject({ ...taken, container: null });
    expect(await count("press-xml")).toBe("300");
    expect(await send(gzipSync(log), "press-xml")).toMatchObject({ container: "gzip", known: 300, rows: 0 });
    const half = `<log>${cycles.join("").replaceAll("17000", "16000")}<cyc`;
    await expect(send(half, "press-xml")).rejects.toThrow("no well-formed XML");
    await expect(send(`<!DOCTYPE log>${log}`, "press-xml")).rejects.toThrow("document type");
    expect(await count("press-xml")).toBe("300");
  });

  test("a memory log is its pages, whatever their modes; half a page at the end is told of", async () => {
    expect(await send(muse.file, "muse-v2-log-1")).toMatchObject({
      ...{ profile: "muse-v2-log", messages: 5, known: 0, rows: 189, quarantined: 0, unreadable: 1 },
      firstUnreadable: expect.stringContaining("300 bytes at 2586 skipped: the input ends inside a frame"),
    });
    for (const { name, row, expected } of muse.tables) {
      const rows = await store.value(`SELECT '[' || string_agg(${row}, ',' ORDER BY ts) || ']' FROM ${name}`);
      expect(JSON.parse(rows as string)).toEqual(expected);
    }
    expect(await send(muse.file.subarray(6), "muse-v2-log-1")).toMatchObject({ known: 5, rows: 0 });
  });

  test("what can't be taken is refused before a byte is kept", () => {
    const { content: _, ...request } = requestOf("x");
    const refused = (change: Partial<UploadRequest>) => () => desk().state({ ...request, ...change });
    expect(refused({ deviceId: "room-1" })).toThrow("no profile is bound to telemetry of room-1");
    expect(refused({ deviceId: "../../etc" })).toThrow("device");
    expect(refused({ channel: "../x" })).toThrow("channel");
    expect(refused({ sha256: "../../x" })).toThrow("64 hexadecimal digits");
    expect(refused({ bytes: -1 })).toThrow("bytes -1");
    expect(refused({ clock: "yesterday" })).toThrow("device=real in microseconds");
    expect(refused({ clock: "0=0,1000000=5000000" })).toThrow(
      "5 real seconds pass in a second of the device",
    );
    expect(refused({ clock: "7=9,7=9" })).toThrow("NaN real seconds");
  });

  test("nothing lies plain in the folder, and a damaged file is found", async () => {
    const uploads = join(folder.dataFolder, "lake", "raw", "uploads");
    for (const name of readdirSync(uploads))
      expect(readFileSync(join(uploads, name)).includes("cycles")).toBe(false);
    const { content, ...request } = requestOf(lines(0, 50), "press-06");
    await desk().part(request, 0, content);
    const [part] = folder.files(/\.part$/);
    const bytes = readFileSync(part!);
    bytes[100]! ^= 1;
    writeFileSync(part!, bytes);
    await expect(desk().take(request)).rejects.toThrow("damaged");
  });
});
