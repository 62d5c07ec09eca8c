/** Files of devices over the API of a cloud: what becomes of them, by the function that makes rows of them. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { hashOf, logged, queryOf, takesFiles } from "../../support/asked-files.ts";
import { memoryZones } from "../../support/memory-zones.ts";
import { uploadFunctions } from "../../support/upload-functions.ts";
import { startCloudAsking, type CloudAsking } from "./cloud-asking.ts";

const at = Date.UTC(2026, 10, 26, 12);
let asking: CloudAsking;
let token: string;
beforeAll(async () => {
  asking = await startCloudAsking(() => at);
  token = await asking.tokenOf({ scopes: ["uploads"], devices: ["press-*"] });
});
afterAll(() => asking.stop());

const send = (path: string, init: RequestInit = {}): Promise<Response> =>
  asking.send(`https://asking.test/api/uploads/${path}`, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${token}` },
  });
const keyOf = (content: string): string => `offline/press-01/telemetry/${hashOf(content)}`;

/** As a file of the raw zone tells its event. */
async function becomesRows(content: string, metadata: Readonly<Record<string, string>>): Promise<void> {
  const zones = memoryZones(at);
  zones.put(keyOf(content), Buffer.from(content), metadata);
  const bindings = [{ devices: "press-*", profile: "machine-json" }];
  const functions = await uploadFunctions(
    zones,
    (await readProfiles(["machine-json"])) as Profile[],
    bindings,
  );
  await functions.run("aws", keyOf(content));
  for (const [name, bytes] of zones.stored)
    if (name.startsWith("curated/_manifest/")) asking.store.stored.set(name, { bytes, modifiedMs: at });
}
const stateOf = async (content: string, over: Readonly<Record<string, string>> = {}) => {
  const answer = await send(`state?${queryOf(content, over)}`);
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
};

test("one part is put where uploaded files lie, once its hash was checked; all else is refused", async () => {
  await takesFiles({
    send,
    read: (key) => asking.store.objects.read("raw", key),
  });
});

test("what became of a file is its manifest, and says nothing that nobody counted", async () => {
  await becomesRows(logged, { name: "day%20one.ndjson" });
  expect(await stateOf(logged)).toEqual({
    ...{ status: 200, received: logged.length },
    report: {
      ...{ sha256: hashOf(logged), bytes: logged.length, name: "day one.ndjson", deviceId: "press-01" },
      ...{ channel: "telemetry", clock: null, profile: "machine-json", container: null },
      ...{ messages: 2, known: null, rows: 2, quarantined: 0, firstQuarantined: null },
      ...{ undated: 0, firstUndated: null, span: null, unreadable: 0, firstUnreadable: null },
      ...{ clockJumps: null, firstClockJump: null, takenAt: new Date(at).toISOString() },
    },
  });
  expect(await stateOf(logged, { clock: "0=1000000" })).toMatchObject({ status: 422, code: "upload" });
});

test("a file that the function refused is refused", async () => {
  const content = "PAR1 is no file of Parquet, and would be read on the site alone. PAR1";
  await becomesRows(content, {});
  expect(await stateOf(content)).toMatchObject({
    ...{ status: 422, code: "upload" },
    detail: expect.stringContaining("the file was refused: "),
  });
});
