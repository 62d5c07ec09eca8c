/** What reads Parquet beside the bundles of functions that take files in, as a host has it. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { buildHandler, type Bundle } from "../../functions/build.ts";
import { parquetFiles } from "../../functions/files/parquet/files.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import type { createHandler as Handler } from "../../functions/handlers/aws-upload.ts";
import { readProfiles } from "../../profiles/read.ts";
import { goodParquet } from "../support/hostile-parquet.ts";
import { memoryZones } from "../support/memory-zones.ts";
import { uploadFunctions } from "../support/upload-functions.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let folder: string;
let bundle: Bundle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "functions-"));
  bundle = await buildHandler("aws-upload", folder);
});
afterAll(() => rm(folder, { recursive: true }));

test("is the same for both clouds and part of the bundle's hash; one of another build is refused, and the file comes again", async () => {
  const other = await mkdtemp(join(tmpdir(), "functions-"));
  const azure = await buildHandler("azure-upload", other);
  for (const name of Object.values(parquetFiles)) {
    const text = await readFile(join(folder, name), "utf8");
    expect(bundle.files[name]).toBe(join(folder, name));
    expect(await readFile(azure.files[name] ?? "", "utf8")).toBe(text);
    expect(text).not.toContain(root);
    const hash = createHash("sha256").update(text).digest("hex");
    for (const { file } of [bundle, azure]) expect(await readFile(file, "utf8")).toContain(hash);
  }
  await rm(other, { recursive: true });

  const { createHandler } = (await import(pathToFileURL(bundle.file).href)) as {
    createHandler: typeof Handler;
  };
  const zones = memoryZones(Date.now());
  const profiles = (await readProfiles(["machine-json"])) as readonly Profile[];
  const bindings = [{ devices: "press-*", profile: "machine-json" }];
  const { ports } = await uploadFunctions(zones, profiles, bindings);
  const handle = createHandler("raw", ports, () => Promise.reject(new Error("no second turn")));
  const take = async (content: Buffer): Promise<unknown> => {
    const key = `offline/press-01/telemetry/${createHash("sha256").update(content).digest("hex")}`;
    zones.put(key, content);
    const body = JSON.stringify({ detail: { bucket: { name: "raw" }, object: { key } } });
    const Records = [{ body }] as Parameters<typeof handle>[0]["Records"];
    await handle({ Records }, { getRemainingTimeInMillis: () => 600_000 });
    return JSON.parse(Buffer.from(zones.stored.get(`curated/_manifest/${key}.json`) ?? "null").toString());
  };
  expect(await take(goodParquet())).toMatchObject({ container: "parquet", readings: 267, refused: null });
  const cut = goodParquet().subarray(0, -1);
  expect(await take(cut)).toMatchObject({ refused: expect.stringContaining("ends early") });

  const reader = join(folder, parquetFiles.reader);
  await writeFile(reader, `${await readFile(reader, "utf8")};`);
  await expect(take(goodParquet(9))).rejects.toThrow(/reader\.mjs has the hash .* deploy again/);
  await rm(reader);
  await expect(take(goodParquet(9))).rejects.toThrow("ENOENT");
}, 60_000);
