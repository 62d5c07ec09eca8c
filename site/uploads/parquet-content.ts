/** A Parquet file as the lines that its rows are: read in a thread with limits of memory and time. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import type { ParquetThreadData, ParquetThreadMessage } from "./parquet-thread.ts";
import { unpackedLimits } from "../../functions/files/unpack.ts";
import { UploadRefusal } from "./upload-request.ts";

/** A file whose bytes can be had from anywhere. */
export interface RandomAccess {
  readonly bytes: number;
  slice(start: number, end: number): Promise<Buffer>;
}

export const parquetMagic = Buffer.from("PAR1");

/** Milliseconds that the thread may take from one answer to its next question: a row group. */
const patience = 60_000;
const memoryMegabytes = 640;

/** Throws {@link UploadRefusal} where the file can't be read within the limits. */
export async function* parquetContent(
  file: RandomAccess,
  profile: Profile,
  limits = { patience, memoryMegabytes },
): AsyncGenerator<Buffer> {
  const workerData: ParquetThreadData = { bytes: file.bytes, profile };
  const worker = new Worker(new URL("./parquet-thread.ts", import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMegabytes },
  });
  let plain = 0;
  try {
    for (let next = answer(worker, limits.patience); ;) {
      const message = await next;
      if ("end" in message) return;
      if ("refusal" in message) throw new UploadRefusal(`the Parquet file is not taken: ${message.refusal}`);
      if ("lines" in message) {
        plain += message.lines.length;
        if (plain > unpackedLimits.free + unpackedLimits.times * file.bytes)
          throw new UploadRefusal(
            `the Parquet file holds more than ${unpackedLimits.times} times its own bytes; send it as ndjson or csv`,
          );
        yield Buffer.from(message.lines.buffer, message.lines.byteOffset, message.lines.byteLength);
        next = answer(worker, limits.patience);
        worker.postMessage(null);
      } else {
        const bytes = new Uint8Array(await file.slice(...message.want));
        next = answer(worker, limits.patience);
        worker.postMessage(bytes, [bytes.buffer]);
      }
    }
  } finally {
    await worker.terminate();
  }
}

async function answer(worker: Worker, milliseconds: number): Promise<ParquetThreadMessage> {
  try {
    const [message] = await once(worker, "message", { signal: AbortSignal.timeout(milliseconds) });
    return message as ParquetThreadMessage;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_WORKER_OUT_OF_MEMORY")
      throw new UploadRefusal(
        "the Parquet file takes more memory than a row group may: write it with smaller row groups",
      );
    if (code === "ABORT_ERR")
      throw new UploadRefusal(
        `the Parquet file takes more than ${milliseconds / 1_000} s for a row group: write it with smaller ones`,
      );
    throw new UploadRefusal(`the Parquet file is not taken: ${message}`);
  }
}
