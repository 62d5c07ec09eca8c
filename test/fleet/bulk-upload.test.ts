/** Files to the raw zone of a cloud, for real on moto's S3 and on Azurite: interrupted everywhere, again, at once, changed. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsAccess } from "../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { blobFiles, blobObjects, storageResource } from "../../functions/adapters/blob.ts";
import { s3Files, s3Objects } from "../../functions/adapters/s3.ts";
import {
  keyOf,
  sendWhole,
  type BulkTarget,
  type BulkUpload,
  type Committed,
  type FileToSend,
} from "../../fleet/uploads/bulk.ts";
import { identify } from "../../fleet/uploads/content.ts";
import { uploadNotes } from "../../fleet/uploads/notes.ts";
import { blobTarget } from "../../fleet/uploads/targets/blob.ts";
import { signatures } from "../../fleet/uploads/targets/blob-sas.ts";
import { presignFor } from "../../fleet/uploads/targets/presign.ts";
import { s3Target } from "../../fleet/uploads/targets/s3.ts";
import { rawZoneTarget } from "../../fleet/uploads/targets/stack.ts";
import type { ObjectStore, StoredFiles } from "../../functions/ports.ts";
import { takeUploaded } from "../../functions/uploaded-file.ts";
import { uploadHost } from "../../functions/adapters/upload-host.ts";
import { settingsFile } from "../../functions/agreements.ts";
import { readProfiles } from "../../profiles/read.ts";
import { parquetRows } from "../functions/parquet-rows.ts";
import { goodParquet } from "../support/hostile-parquet.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { randomNumbers } from "../support/random.ts";
import { startMoto, type Moto } from "./support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-bulk-"));
const notes = join(folder, "notes");
let moto: Moto | null = null;
let azurite: Azurite | null = null;
let proxy: FlakyProxy;
let container = "";

interface Store {
  /** As a process that has just begun sees it. */
  target(): BulkTarget<Committed>;
  read(key: string): Promise<Uint8Array>;
  /** Bucket or container of a zone. */
  zone(name: string): string;
  readonly files: StoredFiles;
  readonly objects: ObjectStore;
}
const stores = new Map<string, Store>();

beforeAll(async () => {
  [moto, azurite] = await Promise.all([startMoto(), startAzurite(["raw", "curated", "quarantine"])]);
  if (moto !== null) {
    const env = { ...moto.env, AWS_ENDPOINT_URL: moto.endpoint };
    const access = awsAccess(env);
    const bucket = access.address("s3", "raw");
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    for (const zone of ["raw", "curated", "quarantine"]) {
      const made = await access.fetch("s3", access.address("s3", zone), { method: "PUT", body });
      expect(made.status).toBe(200);
    }
    const presign = presignFor(bucket, env);
    stores.set("S3", {
      target: () => s3Target({ bucket: "raw", presign, notes: uploadNotes(notes) }),
      read: (key) => s3Objects(access).read("raw", key),
      ...{ zone: (name) => name, files: s3Files(access), objects: s3Objects(access) },
    });
  }
  if (azurite !== null) {
    proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
    container = `${proxy.url}/devstoreaccount1/raw`;
    const fetch = azureFetch(azurite.env);
    stores.set("Blob", {
      // Azurite knows the version in which creating is enough for blocks, and asks for the right to write all the same.
      target: () => blobTarget({ container, fetch, sign: signatures(container, fetch, "cw") }),
      read: (key) => blobObjects(fetch).read(container, key),
      zone: (name) => `${proxy.url}/devstoreaccount1/${name}`,
      ...{ files: blobFiles(fetch), objects: blobObjects(fetch) },
    });
  }
}, 120_000);
afterAll(async () => {
  moto?.stop();
  await proxy?.close();
  await azurite?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
const random = randomNumbers(3);
async function fileOf(
  bytes: number,
  target: BulkTarget<Committed>,
): Promise<FileToSend & { content: Buffer }> {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 1_021) content.writeUInt32LE(random() * 2 ** 32, at);
  const path = join(folder, `${made++}.bin`);
  writeFileSync(path, content);
  const partBytes = target.partBytes(bytes);
  const request = { name: "häuser/../1.bin", deviceId: "press-01", channel: "telemetry/imu", clock: null };
  return { ...request, ...(await identify(path, partBytes)), path, partBytes, content };
}

/** A process that is killed: before or behind its so-manieth call of the store. */
function killed(target: BulkTarget<Committed>, call: number, isBehind: boolean): BulkTarget<Committed> {
  let left = call;
  const counted = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (--left < 0 && !isBehind) throw new Error("killed");
    const result = await work();
    if (left < 0) throw new Error("killed");
    return result;
  };
  return {
    ...target,
    async begin(file) {
      const upload = await target.begin(file);
      if ("done" in upload) return upload;
      const dying: BulkUpload<Committed> = {
        missing: upload.missing,
        put: (part, bytes) => counted(() => upload.put(part, bytes)),
        commit: () => counted(() => upload.commit()),
      };
      return dying;
    },
  };
}

describe.each(["S3", "Blob"])("files to %s", (name) => {
  const real = (what: string, body: (store: Store) => Promise<void>) =>
    // Where the server can't be had, its start has said so.
    test(what, async () => (stores.has(name) ? body(stores.get(name)!) : undefined), 60_000);

  real("are stored once, whole, under their content; again nothing is sent", async (store) => {
    const file = await fileOf(17_000_001, store.target());
    const first = await sendWhole(file, store.target());
    expect(first).toMatchObject({ wasThere: false, done: { created: true } });
    expect(first.done.address.endsWith(`/raw/offline/press-01/telemetry/imu/${file.sha256}`)).toBe(true);
    for (let again = 0; again < 2; again++)
      expect(await sendWhole({ ...file, name: "other" }, killed(store.target(), 0, false))).toEqual({
        wasThere: true,
        done: { ...first.done, created: false },
      });
    expect(Buffer.from(await store.read(keyOf(file))).equals(file.content)).toBe(true);
  });

  real("interrupted before and behind every part and the end: it goes on where it was", async (store) => {
    const file = await fileOf(17_000_001, store.target());
    const parts = Math.ceil(file.bytes / file.partBytes);
    const safe: number[] = [];
    for (let call = 0; call <= parts; call++)
      for (const isBehind of [false, true]) {
        // Each process gets one call further than all before it.
        const dying = killed(store.target(), isBehind || call === 0 ? 0 : 1, isBehind);
        await sendWhole(file, dying, (bytes) => safe.push(bytes)).catch((error: Error) =>
          expect(error.message).toBe("killed"),
        );
      }
    const last = await sendWhole(file, store.target(), (bytes) => safe.push(bytes));
    expect(last.done.created).toBe(false);
    // What was safe is never sent again.
    expect(safe.filter((bytes, index) => bytes < (safe[index - 1] ?? 0))).toEqual([]);
    expect(Buffer.from(await store.read(keyOf(file))).equals(file.content)).toBe(true);
  });

  real("two that send the same at once: one file", async (store) => {
    const file = await fileOf(3_000, store.target());
    const [one, two] = await Promise.all([store.target().begin(file), store.target().begin(file)]);
    const results: boolean[] = [];
    for (const upload of [one, two]) {
      if ("done" in upload) throw new Error("nothing was there yet");
      for (const part of upload.missing) await upload.put(part, file.content.subarray(part.start, part.end));
    }
    for (const upload of [one, two]) if (!("done" in upload)) results.push((await upload.commit()).created);
    expect(results.filter((created) => created)).toHaveLength(1);
    expect(Buffer.from(await store.read(keyOf(file))).equals(file.content)).toBe(true);
  });

  real("an empty file is a file; one that changes while it is sent is none", async (store) => {
    const empty = await fileOf(0, store.target());
    expect((await sendWhole(empty, store.target())).done.created).toBe(true);
    expect((await store.read(keyOf(empty))).length).toBe(0);
    const changing = await fileOf(9_000_000, store.target());
    writeFileSync(changing.path, changing.content.fill(7, 8_999_000));
    await expect(sendWhole(changing, store.target())).rejects.toThrow("changed while it was sent");
    writeFileSync(changing.path, "shorter");
    await expect(sendWhole(changing, store.target())).rejects.toThrow("changed while it was sent");
    await expect(store.read(keyOf(changing))).rejects.toThrow("HTTP 404");
  });
});

describe.each(["S3", "Blob"])("the function that makes rows of what came to %s", (name) => {
  test("reads it by ranges, with its clock, and writes rows and a manifest once", async () => {
    const store = stores.get(name);
    if (store === undefined) return;
    const home = mkdtempSync(join(folder, "function-"));
    const settings = {
      ...{ tenant: "acme", profiles: await readProfiles(["machine-json"]) },
      bindings: [{ devices: "press-*", profile: "machine-json" }],
      clockWindow: { behind: 604_800, ahead: 600 },
    };
    writeFileSync(join(home, settingsFile), JSON.stringify(settings));
    const zones = { curated: store.zone("curated"), quarantine: store.zone("quarantine") };
    const written: string[] = [];
    const objects: ObjectStore = {
      ...store.objects,
      async create(bucket, key, bytes, metadata) {
        const isNew = await store.objects.create(bucket, key, bytes, metadata);
        if (isNew) written.push(key);
        return isNew;
      },
    };
    const ports = uploadHost(home, store.files, objects, zones, () => ({ put: () => undefined }));

    // Beyond one range.
    const lines = Array.from(
      { length: 9_000 },
      (_, seq) =>
        `{"seq":${seq},"ts":${1_600_000_000_000 + seq},"cycles":${seq},"other":"${"x".repeat(1_000)}"}\n`,
    );
    const path = join(folder, "day.ndjson");
    writeFileSync(path, lines.join(""));
    const target = store.target();
    const partBytes = target.partBytes(lines.join("").length);
    const request = {
      name: "day.ndjson",
      deviceId: "press-01",
      channel: "telemetry/day",
      clock: "0=1000000",
    };
    const file = { ...request, ...(await identify(path, partBytes)), path, partBytes };
    await sendWhole(file, target);

    for (let again = 0; again < 2; again++)
      expect(await takeUploaded(store.zone("raw"), keyOf(file), ports)).toBeNull();
    const rows = written.filter((key) => key.startsWith("readings/"));
    expect(
      await parquetRows(
        await Promise.all(rows.map((key) => store.objects.read(zones.curated, key))),
        "count(*)::INT AS rows, count(DISTINCT msg_id)::INT AS messages, epoch_ms(min(ts))::DOUBLE AS first, any_value(lane) AS lane",
      ),
    ).toEqual([{ rows: 9_000, messages: 9_000, first: 1_600_000_001_000, lane: "offline" }]);
    const manifests = written.filter((key) => key.startsWith("_manifest/"));
    expect(manifests).toEqual([`_manifest/${keyOf(file)}.json`]);
    const manifest = await store.objects.read(zones.curated, manifests[0] ?? "");
    expect(JSON.parse(Buffer.from(manifest).toString())).toMatchObject({
      ...{ bytes: file.bytes, name: "day.ndjson", clock: "0=1000000", messages: 9_000, refused: null },
    });
    expect(
      await takeUploaded(store.zone("raw"), `offline/press-01/telemetry/${"0".repeat(64)}`, ports),
    ).toBeNull();

    for (const [parquet, said] of [
      [goodParquet(), { container: "parquet", messages: 300, readings: 267, refused: null }],
      [goodParquet().subarray(0, -1), { messages: 0, refused: expect.stringContaining("ends early") }],
    ] as const) {
      const table = join(folder, "day.parquet");
      writeFileSync(table, parquet);
      const bytes = target.partBytes(parquet.length);
      const named = { ...request, name: "day.parquet", clock: null, path: table, partBytes: bytes };
      const sent = { ...named, ...(await identify(table, bytes)) };
      await sendWhole(sent, target);
      expect(await takeUploaded(store.zone("raw"), keyOf(sent), ports)).toBeNull();
      const told = await store.objects.read(zones.curated, `_manifest/${keyOf(sent)}.json`);
      expect(JSON.parse(Buffer.from(told).toString())).toMatchObject(said);
    }
  }, 60_000);
});

describe("what may be done with what is handed out", () => {
  test("a signature for one blob creates it and does nothing else", async () => {
    if (azurite === null) return;
    const asked = azureFetch(azurite.env);
    const sas = await signatures(container, asked)("one");
    const headers = { "x-ms-version": "2026-04-06", "x-ms-blob-type": "BlockBlob" };
    const put = (name: string, query: string) =>
      fetch(`${container}/${name}?${query}`, { method: "PUT", headers, body: "x" });
    expect((await put("two", sas)).status).toBe(403);
    expect((await put("one", sas.replace("sp=c", "sp=cw"))).status).toBe(403);
    expect((await put("one", sas)).status).toBe(201);
    expect((await put("one", sas)).status).toBe(403);
    expect((await fetch(`${container}/one?${sas}`)).status).toBe(403);
    const kept = await asked(storageResource, `${container}/one`, {
      headers: { "x-ms-version": "2024-11-04" },
    });
    expect(await kept.text()).toBe("x");
  });

  test("a request for a part is signed for that part, with its checksum, for an hour", async () => {
    const presign = presignFor("https://raw.s3.eu-central-1.amazonaws.com", {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session",
    });
    const signed = await presign(
      "PUT",
      "offline/a b",
      { partNumber: "1", uploadId: "u" },
      { "x-amz-checksum-crc32": "AA==" },
    );
    const { pathname, searchParams } = new URL(signed.url);
    expect(pathname).toBe("/offline/a%20b");
    expect(Object.fromEntries(searchParams)).toMatchObject({
      partNumber: "1",
      "X-Amz-Expires": "3600",
      "X-Amz-Security-Token": "session",
      "X-Amz-SignedHeaders": "host;x-amz-checksum-crc32",
    });
    expect(signed.headers).toEqual({ "x-amz-checksum-crc32": "AA==" });
  });

  test("only raw zones are targets", () => {
    expect(() => rawZoneTarget("file:///data/raw", folder)).toThrow(
      "allowed are the raw zones of S3 and Azure Blob",
    );
    expect(rawZoneTarget("https://lake.blob.core.windows.net/raw", folder).partBytes(1)).toBe(8 << 20);
  });

  test("no note is left of what is done", () => {
    if (moto !== null) expect(readdirSync(notes).length).toBeLessThanOrEqual(1);
  });
});
