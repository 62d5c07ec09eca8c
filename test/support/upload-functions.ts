/** The functions of both clouds that decode uploaded files, over zones in memory. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { uploadHost } from "../../functions/adapters/upload-host.ts";
import { settingsFile, type DecoderSettings } from "../../functions/agreements.ts";
import type { BatchLimits } from "../../functions/core/files/file-batches.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import { createHandler as awsHandler } from "../../functions/handlers/aws-upload.ts";
import type { UploadPorts } from "../../functions/uploaded-file.ts";
import type { MemoryZones } from "./memory-zones.ts";

export const clouds = ["aws", "azure"] as const;
export type Cloud = (typeof clouds)[number];

export interface UploadFunctions {
  readonly ports: UploadPorts;
  /** Tells of a file, and of what is put behind the others, until nothing is left. @returns how many times it ran */
  run(cloud: Cloud, key: string, options?: RunOptions): Promise<number>;
}

export interface RunOptions {
  /** Milliseconds that each run on AWS has; default: enough. */
  readonly left?: number;
  /** Attempts of Azure that failed before. */
  readonly retryCount?: number;
}

export async function uploadFunctions(
  zones: MemoryZones,
  profiles: readonly Profile[],
  bindings: readonly Binding[],
  counted: Record<string, number>[] = [],
  batch?: BatchLimits,
): Promise<UploadFunctions> {
  const folder = await mkdtemp(join(tmpdir(), "upload-functions-"));
  const clockWindow = { behind: 604_800, ahead: 600 };
  const settings: DecoderSettings = { tenant: "acme", profiles, bindings, clockWindow };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));
  const buckets = { curated: "curated", quarantine: "quarantine" };
  const metrics = { put: (values: Readonly<Record<string, number>>) => void counted.push({ ...values }) };
  const ports = uploadHost(folder, zones.files, zones.objects, buckets, () => metrics, batch);
  // Outside of its host, Microsoft's library says so at length.
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { createHandler: azureHandler } = await import("../../functions/handlers/azure-upload.ts");
  warned.mockRestore();
  return {
    ports,
    async run(cloud, key, { left = 600_000, retryCount = 0 } = {}) {
      if (cloud === "azure") {
        const data = { url: `raw/${key.split("/").map(encodeURIComponent).join("/")}` };
        const event = Buffer.from(JSON.stringify([{ type: "Microsoft.Storage.BlobCreated", data }]));
        const retryContext = { retryCount, maxRetryCount: 10 };
        await azureHandler("raw", "quarantine", ports)([event], { retryContext });
        return 1;
      }
      const queue = [JSON.stringify({ detail: { bucket: { name: "raw" }, object: { key } } })];
      const handle = awsHandler("raw", ports, (body) => Promise.resolve(void queue.push(body)));
      let runs = 0;
      for (; runs < queue.length; runs++) {
        const Records = [{ body: queue[runs] ?? "" }] as Parameters<typeof handle>[0]["Records"];
        await handle({ Records }, { getRemainingTimeInMillis: () => left });
      }
      return runs;
    },
  };
}
