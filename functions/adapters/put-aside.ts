import { createHash } from "node:crypto";
import type { Metrics, ObjectStore } from "../ports.ts";

/** Where a function puts what it gave up on. */
export interface Aside {
  readonly objects: Pick<ObjectStore, "create">;
  /** Bucket or container. */
  readonly quarantine: string;
  readonly metrics: Metrics;
}

/** Keeps the name of a file that can't be taken, with the reason; the same one once. */
export async function putAside(
  what: "uploads" | "scoring",
  file: string,
  error: Error,
  { objects, quarantine, metrics }: Aside,
): Promise<void> {
  console.error(error);
  const letter = Buffer.from(`${JSON.stringify({ file, error: error.message })}\n`);
  const name = createHash("sha256").update(letter).digest("hex");
  await objects.create(quarantine, `${what}/${name}.json`, letter);
  metrics.put({ FilesPutAside: 1 });
}
