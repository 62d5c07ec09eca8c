/** The TypeScript client at the API of a real lake. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { Fieldlake, type Answered } from "../../../clients/typescript/client.ts";
import { startRealApi, type RealApi } from "./support/real-api.ts";

const began = Date.now() - 3_600_000;
let api: RealApi;
let lake: Fieldlake;

beforeAll(async () => {
  api = await startRealApi(began);
  lake = new Fieldlake({ url: api.url, token: await api.tokenOf({ devices: ["press-*"] }) });
}, 60_000);
afterAll(() => api.stop());

describe("answers", () => {
  test("have the types of their operations, and no operation takes what is not its own", async () => {
    const latest: Answered<"latest"> = await lake.ask("latest", { search: "temperature", limit: 5 });
    expect(latest.rows.map(({ device, value }) => [device, value])).toEqual([
      ["press-01", { kind: "double", value: 2 }],
      ["press-02", { kind: "double", value: 2 }],
    ]);
    // @ts-expect-error: a device is wanted
    await expect(lake.ask("metrics", {})).rejects.toMatchObject({ name: "ProblemError", code: "parameter" });
    // @ts-expect-error: there is no such order
    await expect(lake.ask("latest", { order: "name" })).rejects.toMatchObject({ status: 400 });
    await expect(lake.ask("summary", {})).rejects.toMatchObject({ status: 403, code: "devices" });
    const { rows } = await lake.query("SELECT count(*)::INT FROM readings", { from: began + 1500 });
    expect(rows).toEqual([[4]]);
    const { time } = await lake.ask("series", { device: "press-01", metric: "temperature" });
    expect(time).toEqual([began, began + 1000, began + 2000]);
  });

  test("of any size come a row at a time; who has enough ends the transfer", async () => {
    let sum = 0;
    for await (const { x } of lake.rows("SELECT x FROM range(20000) t(x)")) sum += Number(x);
    expect(sum).toBe(199_990_000);
    for await (const row of lake.rows("SELECT x, repeat('y', 1000) AS y FROM range(50000) t(x)")) {
      expect(row).toMatchObject({ x: 0 });
      break;
    }
    while (api.place.files(/drafts/).length > 0) await new Promise((done) => setTimeout(done, 20));
  });

  test("of quarantine come page by page", async () => {
    const devices: string[] = [];
    for await (const { device } of lake.quarantined()) devices.push(device);
    expect(devices.toSorted()).toEqual(["press-01", "press-02"]);
  });

  test("are reports, by the list of those that are kept", async () => {
    const owner = new Fieldlake({ url: api.url, token: await api.tokenOf({ scopes: ["reports"] }) });
    const { schedule, making, reports } = await owner.ask("makeReport", {});
    expect([schedule, making, reports.map(({ dueAt }) => dueAt !== null)]).toEqual([
      ...["every day at 06:00 UTC", false],
      [false, true],
    ]);
    const id = String(reports[0]?.id);
    expect(await new Response(await owner.report(id)).text()).toBe("%PDF-1.7 all is well");
    expect(await new Response(await owner.report(id, "html")).text()).toContain("<p>all is well");
    await expect(owner.report("f".repeat(16))).rejects.toMatchObject({ status: 404, code: "no-report" });
    await expect(owner.report("../access/tokens.sealed")).rejects.toMatchObject({ status: 400 });
    const { headers } = await fetch(`${api.url}api/reports/file?id=${id}&form=html`, {
      headers: { authorization: `Bearer ${await api.tokenOf()}` },
    });
    // Never shown in this page's own origin.
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="fieldlake-acme-\d{4}-\d\d-\d\dT\d{4}Z\.html"$/,
    );
  });

  test("are files where one wants files", async () => {
    const csv = await new Response(await lake.download("SELECT 1 AS one", { format: "csv" })).text();
    expect(csv).toBe("one\n1\n");
    const parquet = await new Response(await lake.download("SELECT 1 AS one", { format: "parquet" })).bytes();
    expect(Buffer.from(parquet.subarray(0, 4)).toString()).toBe("PAR1");
  });
});

describe("a site that refuses or does not answer", () => {
  const serve = async (answers: readonly { status: number; body?: string; after?: string }[]) => {
    let asked = 0;
    const server = createServer((_, response) => {
      const { status, body = "{}", after = "0" } = answers[Math.min(asked++, answers.length - 1)]!;
      response.writeHead(status, { "retry-after": after, "content-type": "application/json" }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, asked: () => asked, close: () => server.close() };
  };

  test("is asked again while it is busy, as often as told, and no refusal is asked again", async () => {
    const busy = await serve([{ status: 503 }, { status: 429 }, { status: 200, body: '{"device":"a"}' }]);
    const client = new Fieldlake({ url: busy.url, token: "x", retries: 2 });
    expect(await client.ask("busiest", {})).toEqual({ device: "a" });
    busy.close();

    const always = await serve([{ status: 503 }]);
    await expect(
      new Fieldlake({ url: always.url, token: "x", retries: 1 }).ask("busiest", {}),
    ).rejects.toMatchObject({
      status: 503,
    });
    expect(always.asked()).toBe(2);
    always.close();

    const broken = await serve([{ status: 502, body: "<html>a proxy" }]);
    await expect(new Fieldlake({ url: broken.url, token: "x" }).ask("busiest", {})).rejects.toMatchObject({
      code: "unknown",
      message: expect.stringContaining("<html>a proxy"),
    });
    expect(broken.asked()).toBe(1);
    broken.close();
  });

  test("is unreachable; a wait can be given up", async () => {
    const gone = new Fieldlake({ url: "http://127.0.0.1:1/", token: "x" });
    await expect(gone.ask("busiest", {})).rejects.toMatchObject({ name: "UnreachableError" });
    const slow = await serve([{ status: 503, after: "30" }]);
    const signal = AbortSignal.timeout(50);
    await expect(
      new Fieldlake({ url: slow.url, token: "x" }).ask("busiest", {}, signal),
    ).rejects.toMatchObject({
      name: "TimeoutError",
    });
    slow.close();
  });
});

test("is small at run time: no schema, no package", async () => {
  const { outputFiles } = await build({
    entryPoints: ["clients/typescript/client.ts"],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    platform: "neutral",
  });
  const [{ text } = { text: "" }] = outputFiles;
  expect(text.length).toBeLessThan(5000);
  expect(text).not.toMatch(/from"|zod/);
});
