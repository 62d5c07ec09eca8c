/** goja, the engine of The Things Stack, as a process that answers a line for a line. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { userCacheFolder } from "../../toolchain/paths.mjs";
import { startLinePeer } from "./line-peer.ts";

export interface CodecQuestion {
  readonly code: string;
  readonly bytes: readonly number[];
  readonly fPort: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A new VM for each uplink. */
  readonly fresh: boolean;
  /** Of processor time. */
  readonly milliseconds: number;
}

export interface CodecAnswer {
  /** Uplinks a second of processor time. */
  readonly rate: number;
  readonly result: unknown;
}

export interface CodecPeer {
  ask(question: CodecQuestion): Promise<CodecAnswer>;
  stop(): void;
}

/** Built once from its module, then kept. */
export async function startCodecPeer(): Promise<CodecPeer> {
  const cache = join(userCacheFolder(), "bench", "codecs-goja-20260917");
  const binary = join(cache, "peer");
  if (!existsSync(binary)) {
    console.log("building goja from its Go module (once) …");
    await mkdir(cache, { recursive: true });
    const cwd = resolve(import.meta.dirname, "../peers/codecs");
    await promisify(execFile)("go", ["build", "-trimpath", "-o", `${binary}.new`, "."], { cwd });
    await rename(`${binary}.new`, binary);
  }
  const peer = startLinePeer("goja", binary);
  return {
    ask: async (question) => JSON.parse(await peer.ask(JSON.stringify(question))) as CodecAnswer,
    stop: () => peer.stop(),
  };
}
