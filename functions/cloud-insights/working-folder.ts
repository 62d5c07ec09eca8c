/** Files of the lake on this machine's disk, for as long as they are needed and there is room. */
import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTurns } from "../adapters/in-turns.ts";
import type { CloudPart } from "./ledger.ts";
import { atOnce, type InsightPorts } from "./ports.ts";

export class WorkingFolder {
  readonly #ports: InsightPorts;
  readonly #folder: string;
  /** Bytes by hash, the longest unused first. */
  readonly #held = new Map<string, number>();

  constructor(folder: string, ports: InsightPorts) {
    this.#folder = folder;
    this.#ports = ports;
  }

  pathOf({ sha256 }: Pick<CloudPart, "sha256">): string {
    return join(this.#folder, `${sha256}.parquet`);
  }

  /** Brings what a unit rests on. Throws where that is too much, or is not what was worked with before. */
  async bring(parts: readonly CloudPart[]): Promise<void> {
    const { bounds, objects, container } = this.#ports;
    const needed = new Map(parts.map((part) => [part.sha256, part]));
    const bytes = [...needed.values()].reduce((sum, part) => sum + part.bytes, 0);
    if (bytes > bounds.mostBytes)
      throw new Error(
        `it rests on ${bytes} bytes in ${needed.size} files; allowed: ${bounds.mostBytes}; narrow the devices or metrics of fieldlake:insights.rollUps`,
      );
    await this.#makeRoom(bounds.mostBytes - bytes, needed);
    const missing = [...needed.values()].filter(({ sha256 }) => !this.#held.has(sha256));
    await inTurns(
      missing.map((part) => async () => {
        const content = await objects.read(container, part.path);
        const sha256 = createHash("sha256").update(content).digest("hex");
        if (sha256 !== part.sha256)
          throw new Error(
            `${part.path} has the SHA-256 ${sha256}; when it landed it had ${part.sha256}: somebody replaced it`,
          );
        await writeFile(this.pathOf(part), content);
      }),
      atOnce,
    );
    for (const { sha256, bytes: size } of needed.values()) this.hold(sha256, size);
  }

  /** A file that lies there already. */
  hold(sha256: string, bytes: number): void {
    this.#held.delete(sha256);
    this.#held.set(sha256, bytes);
  }

  /** What was not used for longest goes first. @param room bytes that others than the needed ones may have */
  async #makeRoom(room: number, needed: ReadonlyMap<string, unknown>): Promise<void> {
    const others = [...this.#held].filter(([sha256]) => !needed.has(sha256));
    let sum = others.reduce((total, [, bytes]) => total + bytes, 0);
    for (const [sha256, bytes] of others) {
      if (sum <= room) return;
      sum -= bytes;
      this.#held.delete(sha256);
      await rm(this.pathOf({ sha256 }), { force: true });
    }
  }
}
