import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buildHandler, type Bundle } from "../../functions/build.ts";
import { codecFiles } from "../../functions/codecs/files.ts";
import type { Decoder } from "../../functions/core/decoder.ts";
import type { HandlerConfig } from "../../functions/handlers/local.ts";
import { readProfiles } from "../../profiles/read.ts";
import { json, message } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("what TS013 codecs need, beside the bundle", () => {
  let folder: string;
  let bundle: Bundle;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "functions-"));
    bundle = await buildHandler("local", folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const handlerOf = async () => {
    const { createHandler } = (await import(pathToFileURL(bundle.file).href)) as {
      createHandler: (config: HandlerConfig) => Decoder;
    };
    const profiles = await readProfiles(["soil-lorawan"]);
    return createHandler({
      profiles,
      bindings: [{ devices: "*", profile: "soil-lorawan" }],
      tenant: "stack",
    });
  };

  test("files of another build are refused, the right ones decode; all together stay below a megabyte", async () => {
    expect(bundle.codecs.map((file) => basename(file))).toEqual(Object.values(codecFiles));
    const sizes = await Promise.all(bundle.codecs.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, bundle.bytes)).toBeLessThan(1_000_000);
    for (const file of bundle.codecs) expect((await readFile(file)).includes(root)).toBe(false);

    const [part = ""] = bundle.codecs;
    const text = await readFile(part, "utf8");
    await writeFile(part, `${text};`);
    await expect(handlerOf()).rejects.toThrow(/part\.mjs has the hash .* deploy again/);
    await writeFile(part, text);
    const uplink = { fPort: 2, data: Buffer.from("010c800bb804d2", "hex").toString("base64") };
    const { readings, quarantined } = (await handlerOf()).decode([
      message(json(uplink)),
      message(json({ ...uplink, fPort: 9 })),
    ]);
    expect(readings[0]).toMatchObject({ metric: "battery_voltage", valueDouble: 3.2, unit: "V" });
    expect(quarantined).toMatchObject([{ reason: "codec-errors" }]);
  });
});
