/** The code of a function app, published to a server that stands in for Azure's deployment endpoint. */
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { strFromU8, unzipSync } from "fflate";
import { functionCode } from "../../../provider/resources/function-code.ts";
import { azureServer, deploys, type AzureAnswer, type AzureServer } from "../../support/azure-server.ts";

const host = "acme-decoder.azurewebsites.net";
let azure: AzureServer;
let answers: AzureAnswer[];
let folder: string;

beforeEach(async () => {
  answers = [];
  azure = await azureServer((call) => answers.shift() ?? deploys(call));
  folder = await mkdtemp(join(tmpdir(), "fieldlake-code-"));
  await writeFile(join(folder, "decoder.mjs"), "export {};\n");
});
afterEach(async () => {
  await azure.close();
  await rm(folder, { recursive: true });
});

const resource = () => functionCode({ env: { FIELDLAKE_AZURE_ENDPOINT: azure.address }, firstPause: 1 });
const inputs = (hash = "one") => ({
  host,
  files: { "decoder.mjs": { path: join(folder, "decoder.mjs") }, "host.json": { text: "{}" } },
  hash,
});

describe("function code", () => {
  test("is one zip to the app's deployment endpoint, and the same bytes each time", async () => {
    const { id, outputs } = await resource().create("code", inputs());
    expect([id, outputs]).toEqual([host, { published: "one" }]);
    const [publish, watch] = azure.calls;
    expect(publish).toMatchObject({
      method: "POST",
      path: "acme-decoder.scm.azurewebsites.net/api/publish",
      query: "RemoteBuild=false&Deployer=fieldlake",
    });
    expect(watch?.path).toBe("acme-decoder.scm.azurewebsites.net/api/deployments/latest");
    const files = unzipSync(publish?.body ?? new Uint8Array());
    expect(
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)])),
    ).toEqual({
      "decoder.mjs": "export {};\n",
      "host.json": "{}",
    });
    await resource().update(id, { ...inputs(), ...outputs }, inputs());
    expect(azure.calls[2]?.body.equals(publish?.body ?? Buffer.alloc(0))).toBe(true);
  });

  test("a file that has changed under its path is packed as it is now", async () => {
    await resource().create("code", inputs());
    await writeFile(join(folder, "decoder.mjs"), "export default 1;\n");
    await resource().create("code", inputs("two"));
    const [first, second] = azure.calls
      .filter(({ method }) => method === "POST")
      .map(({ body }) => strFromU8(unzipSync(body)["decoder.mjs"] ?? new Uint8Array()));
    expect([first, second]).toEqual(["export {};\n", "export default 1;\n"]);
  });

  test("nothing is published where nothing changed, whatever the path of the bundle", async () => {
    const olds = { ...inputs(), published: "one" };
    expect(await resource().diff(host, olds, { ...inputs(), files: {} })).toEqual({ changes: false });
    expect(await resource().diff(host, olds, inputs("two"))).toEqual({ changes: true });
    expect(await resource().diff(host, olds, { ...inputs(), host: "b.azurewebsites.net" })).toEqual({
      changes: true,
      replaces: ["host"],
    });
    expect(azure.calls).toEqual([]);
  });

  test("a site that is not up yet, throttles or is busy is waited for", async () => {
    answers = [
      { status: 503 },
      { status: 429, headers: { "retry-after": "0" } },
      { status: 202 },
      { status: 404 },
      { status: 200, body: { status: 1, complete: false } },
      { status: 200, body: { status: 4 } },
    ];
    await resource().create("code", inputs());
    expect(azure.calls).toHaveLength(6);
  });

  test.each<[string, AzureAnswer[], RegExp]>([
    [
      "no right",
      [{ status: 401, body: "no" }],
      /^the code of acme-decoder.*HTTP 401 "no"; sign in again \(az login\)/,
    ],
    ["no role", [{ status: 403 }], /HTTP 403 ; give who deploys the role/],
    [
      "a deployment that fails",
      [{ status: 202 }, { status: 200, body: { status: 3, status_text: "no host.json" } }],
      /was not deployed: no host\.json$/,
    ],
    [
      "throttled for good",
      Array.from({ length: 7 }, () => ({ status: 429 })),
      /HTTP 429 ; Azure still throttles/,
    ],
    ["down for good", Array.from({ length: 7 }, () => ({ status: 500 })), /HTTP 500/],
  ])("%s: an error that says what to do", async (_what, given, message) => {
    answers = given;
    await expect(resource().create("code", inputs())).rejects.toThrow(message);
  });

  test("a file that is not there is found in the preview", () => {
    const files = { "engine.so": { path: join(folder, "none.so") }, "host.json": { text: "{}" } };
    expect(resource().check({ ...inputs(), files }, null)).toEqual([
      { property: "files", reason: expect.stringMatching(/none\.so; allowed: a file that is there/) },
    ]);
    expect(resource().check(inputs(), null)).toEqual([]);
  });

  test("a host that is none is refused before anything is asked", () => {
    expect(resource().check({ ...inputs(), host: "https://x" }, null)).toEqual([
      { property: "host", reason: expect.stringMatching(/^received "https:\/\/x"; allowed: the host name/) },
    ]);
  });
});
