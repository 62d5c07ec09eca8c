import { createHash } from "node:crypto";
import { basename } from "node:path";
import { codecFolder } from "../../functions/codecs/files.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { FunctionCodeArgs, PackageFile } from "./resources.ts";

export interface HubReading {
  /** Messages of one invocation. */
  readonly batch: number;
  /** Seconds that a batch is waited for, to become a larger one. */
  readonly wait: number;
}

export interface HttpServing {
  /** What stands before each route; Azure's own default is `api`. */
  readonly routePrefix: string;
  /** Requests that an instance works on. */
  readonly atOnce: number;
  /** Requests that an instance has taken; beyond it the host answers 429. */
  readonly waiting: number;
}

/**
 * What a function app is made of: a bundle a function, and what the host reads.
 *
 * @param hub null where none of them hears of events
 * @param http default: the host's own
 * @param longest `hh:mm:ss` that an invocation may take
 */
export function functionPackage(
  bundles: readonly FunctionBundle[],
  texts: Readonly<Record<string, string>>,
  hub: HubReading | null,
  http?: HttpServing,
  longest = "00:10:00",
): Omit<FunctionCodeArgs, "host"> {
  const extensions = {
    ...(hub === null ? {} : { eventHubs: eventHubs(hub) }),
    ...(http === undefined ? {} : { http: limitsOf(http) }),
  };
  const host = {
    version: "2.0",
    extensionBundle: { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.*, 5.0.0)" },
    ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    // A trace is where the metrics are: none may be sampled away.
    logging: { applicationInsights: { samplingSettings: { isEnabled: false } } },
    functionTimeout: longest,
  };
  const texted: Readonly<Record<string, string>> = {
    ...texts,
    "host.json": JSON.stringify(host),
    "package.json": JSON.stringify({ name: "fieldlake", type: "module", main: "*.mjs" }),
  };
  const files: Record<string, PackageFile> = Object.fromEntries([
    ...bundles.flatMap(({ file, codecs = [], files: beside = {} }) => [
      [basename(file), { path: file }],
      // Under the name that the bundle points to: a stack trace then names the source.
      [`${basename(file)}.map`, { path: `${file}.map` }],
      ...codecs.map((path) => [`${codecFolder}/${basename(path)}`, { path }]),
      ...Object.entries(beside).map(([name, path]) => [name, { path }]),
    ]),
    ...Object.entries(texted).map(([name, text]) => [name, { text }]),
  ]);
  const hash = createHash("sha256");
  for (const { sha256 } of bundles) hash.update(sha256);
  for (const name of Object.keys(texted).sort()) hash.update(`\0${name}\0${texted[name]}`);
  return { files, hash: hash.digest("hex") };
}

const eventHubs = ({ batch, wait }: HubReading) => ({
  maxEventBatchSize: batch,
  minEventBatchSize: Math.ceil(batch / 2),
  maxWaitTime: duration(wait),
  prefetchCount: 2 * batch,
  batchCheckpointFrequency: 1,
});

/** learn.microsoft.com, "host.json", "Azure Functions HTTP triggers and bindings". */
const limitsOf = ({ routePrefix, atOnce, waiting }: HttpServing) => ({
  routePrefix,
  maxConcurrentRequests: atOnce,
  maxOutstandingRequests: waiting,
});

const duration = (seconds: number): string =>
  [3_600, 60, 1].map((unit) => String(Math.floor(seconds / unit) % 60).padStart(2, "0")).join(":");
