import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buildHandler, maximumBundleBytes, withDuckDb, type Bundle } from "../../functions/build.ts";
import type { HandlerConfig } from "../../functions/handlers/local.ts";
import type { Decoder } from "../../functions/core/decoder.ts";
import { readProfiles } from "../../profiles/read.ts";
import { packagedFunction } from "../support/packaged-function.ts";
import { json, message } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the local handler's bundle", () => {
  let folder: string;
  let bundle: Bundle;
  let code: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "functions-"));
    bundle = await buildHandler("local", join(folder, "made", "here"));
    code = await readFile(bundle.file, "utf8");
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is small, and holds the decoder alone: no validator, no package, no place of this machine", async () => {
    expect(bundle.bytes).toBe(Buffer.byteLength(code));
    expect(bundle.bytes).toBeLessThanOrEqual(maximumBundleBytes.local);
    const imported = [...code.matchAll(/from\s*"([^"]+)"|import\s*\(?"([^"]+)"/g)].map(
      ([, one, two]) => one ?? two,
    );
    expect(new Set(imported)).toEqual(new Set(["node:crypto", "node:fs", "node:module", "node:url"]));
    expect(code).not.toMatch(/zod|safeParse/i);
    const map = await readFile(`${bundle.file}.map`, "utf8");
    for (const text of [code, map]) expect(text).not.toContain(root);
    const { sources } = JSON.parse(map) as { sources: string[] };
    expect(
      sources.every((source) =>
        /^\.\.\/(core\/|handlers\/|codecs\/(part-apart|files)\.ts|platform\.ts)/.test(source),
      ),
    ).toBe(true);
  });

  test("is the same, byte for byte, in another folder and from sources in another place", async () => {
    const copy = join(folder, "copy");
    await cp(join(root, "functions"), join(copy, "functions"), { recursive: true });
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    const built = promisify(execFile)(process.execPath, ["functions/build.ts", "local", "out"], {
      cwd: copy,
    });
    expect((await built).stdout).toContain(`${bundle.bytes} bytes  sha256 ${bundle.sha256}`);
    expect(await readFile(join(copy, "out", "local.mjs"), "utf8")).toBe(code);
    expect(await readFile(join(copy, "out", "local.mjs.map"), "utf8")).toBe(
      await readFile(`${bundle.file}.map`, "utf8"),
    );
  });

  test("decodes what a worker hands it", async () => {
    const profiles = await readProfiles(["machine-json"]);
    const bindings = [{ devices: "*", profile: "machine-json" }];
    const { createHandler } = (await import(pathToFileURL(bundle.file).href)) as {
      createHandler: (config: HandlerConfig) => Decoder;
    };
    const handler = createHandler({ profiles, bindings, tenant: "stack" });
    const { readings, quarantined } = handler.decode([
      message(json({ seq: 1, temperature: 21.5 })),
      message("x"),
    ]);
    expect(readings).toMatchObject([{ tenant: "stack", metric: "temperature", valueDouble: 21.5, seq: 1 }]);
    expect(quarantined).toMatchObject([{ reason: "not-well-formed" }]);
    expect(() =>
      createHandler({ profiles, bindings: [{ devices: "*", profile: "x" }], tenant: "t" }),
    ).toThrow(/"x"/);
  });
});

test("the bundle for Functions registers with the worker, whose module comes by require alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "functions-"));
  const { file } = await buildHandler("azure-decoder", folder);
  // As the worker of Azure Functions does it: there is no package of that name.
  const worker = `
    import Module from "node:module";
    const { require } = Module.prototype;
    const core = {
      registerFunction: (metadata) => console.log(JSON.stringify(metadata)),
      setProgrammingModel: () => {},
      setAdditionalCapabilities: () => {},
    };
    Module.prototype.require = function (id) {
      return id === "@azure/functions-core" ? core : require.call(this, id);
    };
    await import(${JSON.stringify(pathToFileURL(file).href)});`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", worker]);
  const { name, bindings, retryOptions } = JSON.parse(stdout) as Record<string, object>;
  expect(name).toBe("decode");
  expect(Object.values(bindings ?? {})).toEqual([
    expect.objectContaining({
      type: "eventHubTrigger",
      direction: "in",
      eventHubName: "%EVENTS_HUB%",
      consumerGroup: "%EVENTS_GROUP%",
      connection: "EVENTS",
      cardinality: "many",
      dataType: "binary",
    }),
  ]);
  expect(retryOptions).toMatchObject({ retryStrategy: "exponentialBackoff", maxRetryCount: -1 });
  await rm(folder, { recursive: true });
});

test("bundles that ask in SQL load with their engine, as a host loads them", async () => {
  const packaged = await Promise.all(
    withDuckDb.filter((name) => name.startsWith("aws-")).map((name) => packagedFunction<object>(name)),
  );
  for (const { module } of packaged)
    expect(Object.keys(module)).toEqual(
      expect.arrayContaining(["handler", expect.stringMatching(/^(createHandler|handlerOf)$/)]),
    );
  for (const { remove } of packaged) await remove();
}, 60_000);

test("the command refuses a handler that there is not", async () => {
  const running = promisify(execFile)(process.execPath, ["functions/build.ts", "mainframe"], { cwd: root });
  await expect(running).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("allowed: local") });
});
