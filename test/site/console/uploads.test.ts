/** Files over the API, to a real log and lake: parts, refusals, tokens, and taking that lasts longer than an answer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import type { Asker } from "../../../site/console/asker.ts";
import { UploadDesk, type OpenUploads } from "../../../site/console/upload-desk.ts";
import type { UploadReport, UploadState } from "../../../site/uploads/upload-request.ts";
import { startRealApi, type RealApi } from "./support/real-api.ts";

let api: RealApi;
let token: string;

beforeAll(async () => {
  api = await startRealApi(Date.now() - 3_600_000);
}, 60_000);
beforeEach(async () => {
  // One that has not asked yet: they have a rate.
  token = await api.tokenOf({ scopes: ["uploads"], devices: ["press-*"] });
});
afterAll(() => api.stop());

interface Answer {
  readonly status: number;
  readonly body: UploadState & { readonly code?: string; readonly detail?: string };
}

async function ask(step: string, asked: object, body?: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const isTake = step === "take";
  const query = isTake ? "" : `?${new URLSearchParams(asked as Record<string, string>)}`;
  const response = await fetch(`${api.url}api/uploads/${step}${query}`, {
    method: isTake || body !== undefined ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, ...(isTake ? { "content-type": "application/json" } : {}) },
    ...(isTake ? { body: JSON.stringify(asked) } : body === undefined ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

function fileOf(text: string, more: object = {}) {
  const content = Buffer.from(text);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const asked = { sha256, bytes: content.length, name: "a.ndjson", device: "press-01", channel: "telemetry" };
  return { content, asked: { ...asked, ...more } };
}

const line = (second: number, more = "") =>
  `{"seq":${second},"ts":${1_500_000_000_000 + second * 1_000},"cycles":${second},"state":"${more}"}\n`;

describe("a file over the API", () => {
  test("in parts of up to 4 MiB becomes rows; the same again, or of another's session, is there already", async () => {
    const { content, asked } = fileOf(
      Array.from({ length: 1_500 }, (_, i) => line(i, "x".repeat(4_000))).join(""),
    );
    expect(content.length).toBeGreaterThan(5 << 20);
    const most = 4 << 20;
    expect(await ask("part", { ...asked, offset: 0 }, content.subarray(0, most + 1))).toMatchObject({
      status: 413,
      body: { code: "too-large" },
    });
    expect(await ask("part", { ...asked, offset: 0 }, content.subarray(0, most))).toEqual({
      status: 200,
      body: { received: most, report: null },
    });
    expect(await ask("take", asked)).toMatchObject({
      status: 422,
      body: {
        code: "upload",
        detail: `${most} of ${content.length} bytes were received: send the others first`,
      },
    });
    expect(await ask("state", asked)).toMatchObject({ body: { received: most } });
    await ask("part", { ...asked, offset: most }, content.subarray(most));
    const { body } = await ask("take", asked);
    expect(body.report).toMatchObject({
      ...{ profile: "machine-json", messages: 1_500, known: 0, rows: 3_000, quarantined: 0 },
      span: { from: 1_500_000_000_000_000, to: 1_500_001_499_000_000 },
    });
    expect((await ask("state", { ...asked, name: "other.ndjson" })).body.report).toEqual(body.report);
    await api.store.lake.flush();
    expect(
      await api.store.value("SELECT count(*) FROM readings WHERE lane = 'offline' AND metric = 'cycles'"),
    ).toBe("1500");
  });

  test.each([
    ["a path", { name: "../../etc/passwd" }, 400, "no path"],
    ["a path of Windows", { name: "..\\x" }, 400, "no path"],
    ["control characters", { name: "a\u001b[2Jb" }, 400, "printable"],
    ["a hash that is none", { sha256: "../x" }, 400, "64 hexadecimal digits"],
    ["more than 16 GiB", { bytes: 2 ** 35 }, 400, "allowed: a whole number from 0 to"],
    ["a channel that is none", { channel: "telemetry/../../x" }, 422, "channel"],
    ["commands, which no device logs", { channel: "commands/x" }, 422, "channel"],
    ["a clock that is none", { clock: "soon" }, 422, "clock"],
    ["a device that is none", { device: "press-01/x" }, 422, "device"],
    ["a device of others", { device: "room-07" }, 403, "this token is for press-*"],
  ])("with %s is refused in words", async (_, wrong, status, words) => {
    const answer = await ask("state", fileOf("x", wrong).asked);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(words) } });
  });

  test("is offered the channels and profiles that are bound to its device", async () => {
    expect((await ask("lanes", { device: "press-01" })).body).toEqual({
      device: "press-01",
      lanes: [{ channel: "telemetry", profile: "machine-json", format: "json" }],
    });
    expect((await ask("lanes", { device: "room-07" })).status).toBe(403);
  });

  test("beyond eight begun and not ended, a token has to end one first; the ninth begins then", async () => {
    const files = Array.from({ length: 9 }, (_, i) => fileOf(line(9_000 + i) + line(10_000 + i)));
    const begin = ({ content, asked }: (typeof files)[number]) =>
      ask("part", { ...asked, offset: 0 }, content.subarray(0, 9));
    for (const file of files.slice(0, 8)) expect((await begin(file)).status).toBe(200);
    expect(await begin(files[8]!)).toMatchObject({ status: 503, body: { code: "busy" } });
    const { content, asked } = files[0]!;
    await ask("part", { ...asked, offset: 9 }, content.subarray(9));
    expect((await ask("take", asked)).body.report).toMatchObject({ messages: 2 });
    expect((await begin(files[8]!)).status).toBe(200);
  });
});

describe("taking that lasts longer than an answer", () => {
  const page: Asker = { tokenId: null, scopes: "all", devices: null };
  const { asked } = fileOf("x");
  const withTake = (take: OpenUploads["take"]) => {
    const never = () => Promise.reject(new Error("not asked"));
    return new UploadDesk(() => ({ lanes: () => [], state: never, part: never, take }), 5);
  };

  test("goes on between two answers, is begun once, and is told when it is over", async () => {
    const { promise, resolve } = Promise.withResolvers<UploadReport>();
    let begun = 0;
    const desk = withTake(() => (begun++, promise));
    expect(await desk.take(page, asked)).toEqual({ received: 1, report: null });
    expect(await desk.state(page, asked)).toEqual({ received: 1, report: null });
    expect(await desk.take(page, asked)).toEqual({ received: 1, report: null });
    const report = { messages: 7 } as UploadReport;
    resolve(report);
    expect((await desk.take(page, asked)).report).toBe(report);
    expect(begun).toBe(1);
  });

  test("and fails meanwhile, fails the next question, once", async () => {
    const { promise, reject } = Promise.withResolvers<UploadReport>();
    let begun = 0;
    const desk = withTake(() => (begun++ === 0 ? promise : Promise.resolve({ messages: 1 } as UploadReport)));
    expect((await desk.take(page, asked)).report).toBeNull();
    reject(new Error("the file changed while it was sent"));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(desk.take(page, asked)).rejects.toThrow("the file changed");
    expect((await desk.take(page, asked)).report).toMatchObject({ messages: 1 });
  });
});
