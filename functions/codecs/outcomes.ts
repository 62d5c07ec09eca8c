/** Outcomes of calls that the sandbox stopped or did not make. */

import { codecMilliseconds, maximumTimeouts, type CodecOutcome } from "../core/formats/codec-sandbox.ts";

export const stopped: Readonly<Record<"timeout" | "memory" | "broken", CodecOutcome>> = {
  timeout: { kind: "timeout", text: `the codec took longer than ${codecMilliseconds} ms` },
  memory: { kind: "threw", text: "the codec used up its memory" },
  broken: { kind: "threw", text: "the codec broke the sandbox" },
};
export const held: CodecOutcome = {
  kind: "held",
  text: `not decoded: the codec ran out of time for ${maximumTimeouts} messages of this device before`,
};
