/** Devices send files by HTTPS with their own certificate, to a real listener, log and lake. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { createHash, X509Certificate } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { gzipSync } from "node:zlib";
import { readProfiles } from "../../profiles/read.ts";
import { Gate } from "../../site/broker/gate.ts";
import { Keyring } from "../../site/seal.ts";
import { Uploads } from "../../site/uploads/uploads.ts";
import type { UploadSite } from "../../site/uploads/upload-endpoint.ts";
import { enrolmentBench, type EnrolmentBench } from "./enrolment/support.ts";
import { storeFolder, type Store } from "./store/support.ts";
import { TestAuthority } from "./support/certificates.ts";

const folder = storeFolder();
let store: Store;
let bench: EnrolmentBench;
let site: UploadSite | null = null;
type Leaf = Awaited<ReturnType<TestAuthority["issue"]>>;
let press: Leaf;
let revoked: Leaf;

beforeAll(async () => {
  store = await folder.open();
  bench = await enrolmentBench({ perSecond: 500 }, () => site);
  [press, revoked] = [await bench.authority.issue("press-01"), await bench.authority.issue("press-02")];
  const authorities = [new X509Certificate(bench.authority.certificate)];
  const revocationList = await bench.authority.revocationList([revoked.serial]);
  const gate = new Gate({ authorities, environment: "test", book: null }, { devices: [], revocationList });
  const uploads = new Uploads({
    tenant: "acme",
    dataFolder: folder.dataFolder,
    keyring: Keyring.fromFile(folder.keyFile),
    lake: store.lake,
    log: store.log,
    decoder: {
      profiles: await readProfiles(["machine-json"]),
      bindings: [{ devices: "press-*", profile: "machine-json" }],
      clockWindow: { behind: 604_800, ahead: 600 },
    },
  });
  site = { uploads, judge: (certificate) => gate.judge(certificate) };
});
afterAll(async () => {
  await bench.remove();
  await store.close();
  folder.remove();
});

interface Answer {
  readonly status: number;
  readonly offset: string | undefined;
  readonly body: string;
}

function ask(
  method: string,
  path: string,
  headers: Record<string, string | number>,
  body: Buffer = Buffer.alloc(0),
  device: Leaf | null = press,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        ...{
          host: "127.0.0.1",
          port: bench.settings.port,
          servername: "localhost",
          ca: bench.root.certificate,
        },
        ...(device === null ? {} : { cert: device.certificate, key: device.key }),
        ...{ method, path: `/uploads/${path}`, agent: false },
        headers: { ...(method === "PATCH" && { "Content-Length": body.length }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const offset = response.headers["upload-offset"];
          resolve({
            status: response.statusCode ?? 0,
            offset: offset as string,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const lines = (from: number, to: number): Buffer =>
  Buffer.from(
    Array.from(
      { length: to - from },
      (_, at) => `{"ts":${1_700_000_000_000 + (from + at) * 1_000},"seq":${from + at},"cycles":1}\n`,
    ).join(""),
  );
const hashOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
const rows = async (): Promise<unknown> => {
  await store.lake.flush();
  return store.value("SELECT count(*) FROM readings WHERE device_id = 'press-01' AND metric = 'cycles'");
};

describe("files over HTTPS", () => {
  test("in parts that go on after an interruption, with the device's certificate; again nothing changes", async () => {
    const content = lines(0, 400);
    const [path, length] = [hashOf(content), { "Upload-Length": content.length }];
    expect(await ask("HEAD", path, length)).toMatchObject({ status: 200, offset: "0" });
    const part = (from: number, to: number, at = from) =>
      ask("PATCH", path, { ...length, "Upload-Offset": at }, content.subarray(from, to));
    expect(await part(0, 5_000)).toMatchObject({ status: 204, offset: "5000" });
    // The answer was lost: the device asks, and is told where to go on.
    expect(await part(0, 5_000)).toMatchObject({ status: 409, offset: "5000" });
    expect(await ask("HEAD", path, length)).toMatchObject({ status: 200, offset: "5000" });
    const last = await part(5_000, content.length);
    expect(last.status).toBe(200);
    expect(JSON.parse(last.body)).toMatchObject({
      deviceId: "press-01",
      messages: 400,
      known: 0,
      unreadable: 0,
    });
    expect(await rows()).toBe("400");
    expect(await ask("HEAD", path, length)).toMatchObject({ status: 200, offset: String(content.length) });
    const again = await part(0, 9);
    expect([again.status, JSON.parse(again.body)]).toEqual([200, JSON.parse(last.body)]);
    const packed = gzipSync(lines(300, 500));
    const whole = { "Upload-Length": packed.length, "Upload-Offset": 0 };
    const answer = await ask("PATCH", `${hashOf(packed)}?name=day.gz`, whole, packed);
    expect(JSON.parse(answer.body)).toMatchObject({
      name: "day.gz",
      container: "gzip",
      messages: 200,
      known: 100,
    });
    expect(await rows()).toBe("500");
  });

  test("only whom the broker would let in, and only in their own name", async () => {
    const content = lines(0, 1);
    const path = hashOf(content);
    const length = { "Upload-Length": content.length };
    const stranger = await (await TestAuthority.create("stranger")).issue("press-01");
    expect(await ask("HEAD", path, length, undefined, null)).toMatchObject({ status: 401 });
    expect(await ask("PATCH", path, length, content, revoked)).toMatchObject({
      status: 403,
      body: "certificate revoked\n",
    });
    expect(await ask("PATCH", path, length, content, stranger)).toMatchObject({
      status: 403,
      body: "unknown certificate authority\n",
    });
    const named = await ask("PATCH", `${path}?device=press-03`, { ...length, "Upload-Offset": 0 }, content);
    expect(named).toMatchObject({
      status: 400,
      body: expect.stringContaining("device: allowed are channel"),
    });
  });

  test("what can't be taken is refused, and says why", async () => {
    // Each test has a device of its own: requests of one are counted by the second.
    const device = await bench.authority.issue("press-05");
    const content = lines(600, 610);
    const path = hashOf(content);
    const good = { "Upload-Length": content.length, "Upload-Offset": 0 };
    const refused = async (status: number, why: string, change: object, at = path, body = content) =>
      expect(await ask("PATCH", at, { ...good, ...change }, body, device)).toMatchObject({
        status,
        body: expect.stringContaining(why),
      });
    await refused(400, "upload-length: received x", { "Upload-Length": "x" });
    await refused(413, "at most 1073741824", { "Upload-Length": 2 ** 31 });
    await refused(413, "4194304 a part", { "Upload-Length": 5 << 20 }, path, Buffer.alloc(5 << 20));
    await refused(422, "64 hexadecimal digits", {}, "..%2f..%2fetc");
    await refused(422, "channel", {}, `${path}?channel=status/../x`);
    await refused(422, "telemetry, telemetry/{stream} or events", {}, `${path}?channel=commands/x`);
    await refused(422, "device=real", {}, `${path}?clock=now`);
    await refused(400, "a part without bytes", {}, path, Buffer.alloc(0));
    expect(await ask("DELETE", path, good, undefined, device)).toMatchObject({ status: 405 });
    const changed = Buffer.from(content.map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
    await refused(422, "the file changed while it was sent", {}, path, changed);
    expect(await ask("HEAD", path, good, undefined, device)).toMatchObject({ offset: "0" });
    expect(await ask("PATCH", path, good, content, device)).toMatchObject({ status: 200 });
  });

  test("files without end, and requests without end, are bounded; while nothing decodes, it is said", async () => {
    const device = await bench.authority.issue("press-06");
    const begun: number[] = [];
    for (let number = 0; number < 9; number++) {
      const content = lines(1_000 + number, 1_002 + number);
      const headers = { "Upload-Length": content.length, "Upload-Offset": 0 };
      begun.push((await ask("PATCH", hashOf(content), headers, content.subarray(0, 9), device)).status);
    }
    expect(begun).toEqual([204, 204, 204, 204, 204, 204, 204, 204, 429]);
    const path = hashOf(lines(0, 1));
    // However long it takes to ask: all within one moment.
    const clock = jest.spyOn(Date, "now").mockReturnValue(Date.now());
    const many = await Promise.all(
      Array.from({ length: 60 }, () => ask("HEAD", path, { "Upload-Length": 5 }, undefined, device)),
    );
    clock.mockRestore();
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    const open = site;
    site = null;
    expect(await ask("HEAD", path, { "Upload-Length": 5 }, undefined, device)).toMatchObject({ status: 503 });
    site = open;
  });
});
