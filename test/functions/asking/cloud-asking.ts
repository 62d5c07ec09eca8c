/** The API of a cloud over a lake in memory, with tokens of the site's own store. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fieldlake } from "../../../clients/typescript/client.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { alarmDesk } from "../../../functions/asking/alarm-desk.ts";
import { alarmRows } from "../../../functions/asking/alarm-rows.ts";
import { askingApp, type AskingArgs } from "../../../functions/asking/app.ts";
import { CloudLake, type CloudLakeArgs } from "../../../functions/asking/cloud-lake.ts";
import { cloudUploads } from "../../../functions/asking/cloud-uploads.ts";
import { cloudDevices } from "../../../functions/asking/devices.ts";
import { lakeSizes } from "../../../functions/asking/lake-sizes.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { scopeNames, type Scope } from "../../../site/access/scopes.ts";
import { temporaryTokens } from "../../page/support/temporary-tokens.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { memoryDocuments } from "../alarms/memory-documents.ts";

export interface TokenOptions {
  readonly scopes?: readonly Scope[];
  readonly devices?: readonly string[];
  /** Milliseconds since 1970 at which it was made; it lives a day. */
  readonly at?: number;
}

export async function startCloudAsking(
  now: () => number,
  store: MemoryLake = memoryLake(now),
  over: Partial<CloudLakeArgs> = {},
  more: Partial<Pick<AskingArgs, "models" | "resources" | "reports">> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-asking-"));
  const tokens = temporaryTokens();
  const warnings: string[] = [];
  const book = new CloudBook({ documents: memoryDocuments(), now });
  const lake = new CloudLake({
    ...{
      objects: store.objects,
      list: store.list,
      containers: ["curated", "quarantine"],
      tenant: "acme",
      now,
    },
    ...{ scan: { files: 2_000, bytes: 64 * 2 ** 20 }, cacheBytes: 128 * 2 ** 20 },
    most: { milliseconds: 10_000, exportBytes: 2 ** 20 },
    engine: { folder: join(folder, "lake"), memory: "256MB", threads: 1 },
    alarms: alarmRows(book, now),
    warn: (message) => void warnings.push(message),
    ...over,
  });
  const complaints: Error[] = [];
  const app = askingApp({
    ...{ environment: "acme", target: "memory", lake, models: [], resources: [], now },
    sizes: () => lakeSizes(store.list, { curated: "curated", quarantine: "quarantine" }),
    fleet: cloudDevices({ lake, registry: null, pinned: ["press-01"], now }),
    tokens: { find: async (text, at) => tokens.store.find(text, at) },
    alarms: alarmDesk(book),
    uploads: cloudUploads({
      ...{ objects: store.objects, list: store.list, raw: "raw", curated: "curated" },
      bindings: [{ devices: "press-*", profile: "machine-json" }],
      profiles: await readProfiles(["machine-json"]),
    }),
    profiles: await readProfiles(["machine-json"]),
    complain: (error) => void complaints.push(error),
    ...more,
  });
  let made = 0;
  const tokenOf = async ({
    scopes = scopeNames,
    devices,
    at = now(),
  }: TokenOptions = {}): Promise<string> => {
    const request = { scopes: [...scopes], devices: devices === undefined ? null : [...devices], days: 1 };
    return (await tokens.store.create({ ...request, name: `token ${made++}` }, at)).token;
  };
  const send = async (...of: ConstructorParameters<typeof Request>): Promise<Response> => {
    const request = new Request(...of);
    const body = await request.clone().arrayBuffer();
    if (request.method === "POST") request.headers.set("content-length", String(body.byteLength));
    return app.fetch(request, { address: "203.0.113.7" });
  };
  const clientWith = (token: string): Fieldlake =>
    new Fieldlake({ url: "https://asking.test/", token, retries: 0, fetch: send as typeof fetch });
  return {
    ...{ store, book, tokens, complaints, warnings, tokenOf, send, clientWith },
    client: async (options: TokenOptions = {}) => clientWith(await tokenOf(options)),
    stop(): void {
      tokens.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type CloudAsking = Awaited<ReturnType<typeof startCloudAsking>>;
