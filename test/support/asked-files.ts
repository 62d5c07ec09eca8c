/** Files of devices over the API of a cloud, whatever stores them. */
import { createHash } from "node:crypto";
import { expect } from "@jest/globals";
import { mostPartBytes } from "../../site/uploads/upload-limits.ts";

export interface FilesTarget {
  /** By a token for the devices `press-*` with the scope `uploads`. @param path below `api/uploads/` */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Of the raw zone. */
  read(key: string): Promise<Uint8Array>;
}

export const logged = '{"seq":1,"ts":1600000000000,"cycles":1}\n{"seq":2,"ts":1600000001000,"cycles":2}\n';
export const hashOf = (content: string): string => createHash("sha256").update(content).digest("hex");

export const queryOf = (content: string, over: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({
    ...{ sha256: hashOf(content), bytes: String(Buffer.byteLength(content)), name: "day.ndjson" },
    ...{ device: "press-01", ...over },
  }).toString();

/** All but the report, which the function of uploads makes. */
export async function takesFiles({ send, read }: FilesTarget): Promise<void> {
  const said = async (path: string, init?: RequestInit) => {
    const answer = await send(path, init);
    return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
  };
  const part = (content: string, over: Readonly<Record<string, string>> = {}, body = content) =>
    said(`part?${queryOf(content, { offset: "0", ...over })}`, { method: "POST", body });
  const take = (content: string) =>
    said("take", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...Object.fromEntries(new URLSearchParams(queryOf(content))),
        bytes: content.length,
      }),
    });
  expect(await said("lanes?device=press-01")).toMatchObject({
    ...{ status: 200, device: "press-01" },
    lanes: [{ channel: "telemetry", profile: "machine-json", format: "json" }],
  });
  expect(await said(`state?${queryOf(logged)}`)).toEqual({ status: 200, received: 0, report: null });
  expect(await take(logged)).toMatchObject({ status: 422, code: "upload" });
  const problem = (status: number, code: string, detail: string) => ({
    ...{ status, code, detail: expect.stringContaining(detail) },
  });
  expect(await part(logged, {}, logged.replace("2}", "3}"))).toMatchObject(problem(422, "upload", "SHA-256"));
  expect(await part(logged, {}, logged.slice(1))).toMatchObject(problem(422, "upload", "the whole file"));
  expect(await part(logged, { offset: "1" })).toMatchObject(problem(422, "upload", "the whole file"));
  expect(await part(logged, { device: "room-07" })).toMatchObject(problem(403, "devices", "press-*"));
  expect(await part(logged, { device: "../press-01" })).toMatchObject({ status: 403 });
  expect(await part(logged, { channel: "telemetry/../x" })).toMatchObject(problem(422, "upload", "channel"));
  expect(await part(logged, { channel: "events" })).toMatchObject(problem(422, "upload", "no profile"));
  const long = { bytes: String(mostPartBytes + 1) };
  expect(await part(logged, long)).toMatchObject(problem(422, "upload", "npx fieldlake upload"));
  expect(await said(`state?${queryOf(logged)}`)).toMatchObject({ received: 0 });

  const there = { status: 200, received: logged.length, report: null };
  for (let time = 0; time < 2; time++) expect(await part(logged)).toEqual(there);
  expect(Buffer.from(await read(`offline/press-01/telemetry/${hashOf(logged)}`)).toString()).toBe(logged);
  expect(await said(`state?${queryOf(logged)}`)).toEqual(there);
  expect(await take(logged)).toEqual(there);
  // As long as a part may be: longer than what else is sent to the API.
  const most = `{"seq":3,"ts":1600000002000,"cycles":3,"x":"`.padEnd(mostPartBytes - 3, "x") + '"}\n';
  expect(await part(most)).toEqual({ status: 200, received: mostPartBytes, report: null });
}
