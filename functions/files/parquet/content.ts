/** A Parquet file as the lines that its rows are: read in a process of its own, with limits of memory and time. */
import { fork, type ChildProcess } from "node:child_process";
import { FileRefusal } from "../../core/files/refusal.ts";
import type { Profile } from "../../core/profiles/profile.ts";
import { unpackedLimits } from "../unpack.ts";
import { readerFiles } from "./files.ts";
import type { ReaderMessage, ReaderStart } from "./reader.ts";
import { firstRow, type PlacedLines, type RandomAccess, type RowPlace } from "./rows.ts";

const magic = Buffer.from("PAR1");
/** Whether a file with these first bytes is one. */
export const isParquet = (head: Uint8Array): boolean => magic.equals(head.subarray(0, magic.length));

/** Throws {@link FileRefusal} where these are the first bytes of what was compressed. */
export function refusePacked(head: Uint8Array): void {
  if (isParquet(head))
    throw new FileRefusal(
      "a Parquet file is inside: it is compressed by itself, send it as it is",
      "unknown-type",
    );
}

export interface ReaderLimits {
  /** Milliseconds that the reader may take from one answer to its next question: a row group. */
  readonly patience: number;
  /** Of JavaScript values. */
  readonly memoryMegabytes: number;
  /** Of the reader's whole process. */
  readonly processMegabytes: number;
}

const readerLimits: ReaderLimits = { patience: 60_000, memoryMegabytes: 640, processMegabytes: 1_200 };

/** Milliseconds until it says its first word. */
const startMs = 60_000;
const seen = new Uint8Array();

/** What the reader gets to see of the environment: where the system has Node's own libraries. */
const passed = ["LD_LIBRARY_PATH", "SystemRoot"];

/**
 * The lines from a place on; with the first of them, the line of column names. Throws {@link FileRefusal} where the file
 * can't be read within the limits, and what `file` throws.
 *
 * @param before bytes of lines that were read of it before that place
 */
export async function* parquetContent(
  file: RandomAccess,
  profile: Profile,
  from: RowPlace = firstRow,
  before = 0,
  limits = readerLimits,
): AsyncGenerator<PlacedLines> {
  const { reader, watch } = readerFiles();
  const child = fork(reader, [], {
    ...{ serialization: "advanced", execArgv: [`--max-old-space-size=${limits.memoryMegabytes}`] },
    ...{ stdio: ["ignore", "ignore", "ignore", "ipc"] },
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => passed.includes(name))),
  });
  // What is told to one that has ended is told by its end.
  child.on("error", () => undefined);
  let plain = before;
  try {
    const { bytes } = file;
    const mostBytes = limits.processMegabytes * 2 ** 20;
    const start: ReaderStart = { bytes, profile, from, mostBytes, watch: watch.href };
    let message = await answerOf(child, start, startMs);
    // One that can't even begin says nothing of the file: that comes again.
    if ("ended" in message) throw new Error(`what reads Parquet did not start: ${message.ended}`);
    for (;;) {
      if ("end" in message) return;
      if ("refusal" in message) throw refused(message.refusal);
      if ("ended" in message) throw refused(endOf(message.ended, limits));
      let answer: Uint8Array = seen;
      if ("want" in message) {
        const [first, end] = message.want;
        answer = await file.slice(first, end);
        if (answer.length !== end - first)
          throw new Error(`${answer.length} bytes where ${first} to ${end} were asked for`);
      } else {
        plain += message.lines.length;
        if (plain > unpackedLimits.free + unpackedLimits.times * bytes)
          throw new FileRefusal(
            `the Parquet file holds more than ${unpackedLimits.times} times its own bytes; send it as ndjson or csv`,
          );
        yield message;
      }
      message = await answerOf(child, answer, limits.patience);
    }
  } finally {
    child.kill("SIGKILL");
  }
}

const refused = (why: string): FileRefusal => new FileRefusal(`the Parquet file is not taken: ${why}`);

type Ended = { readonly ended: "late" | "memory" | "stopped" };

function endOf(ended: Ended["ended"], { patience }: ReaderLimits): string {
  return ended === "late"
    ? `it takes more than ${patience / 1_000} s for a row group: write it with smaller ones`
    : "it takes more memory than a row group may, or is damaged: write it with smaller row groups";
}

/** What it says next, or how it ended: by a signal where it took too much. */
function answerOf(
  child: ChildProcess,
  message: ReaderStart | Uint8Array,
  milliseconds: number,
): Promise<ReaderMessage | Ended> {
  return new Promise((resolve) => {
    const settle = (said: ReaderMessage | Ended): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      resolve(said);
    };
    const onMessage = (said: unknown): void => settle(said as ReaderMessage);
    const onExit = (): void => settle({ ended: "memory" });
    const onError = (): void => settle({ ended: "stopped" });
    const timer = setTimeout(() => settle({ ended: "late" }), milliseconds);
    child.once("message", onMessage).once("exit", onExit).once("error", onError);
    if (child.exitCode !== null || child.signalCode !== null) onExit();
    else child.send(message, (error) => error !== null && onExit());
  });
}
