/** The sandbox's thread: QuickJS, which nothing here has to be interrupted for but by ending the thread. */

import { workerData } from "node:worker_threads";
import quickjs from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
} from "quickjs-emscripten-core";
import {
  answersFlag,
  progressFlag,
  readyFlag,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxThreadData,
} from "./agreement.ts";
import { CodecRuns } from "./codec-runs.ts";

const { wasm, flags, port } = workerData as SandboxThreadData;

/** Codecs see UTC, wherever they run: QuickJS asks this thread for its clock's zone. */
function useUtc(): void {
  const { prototype } = Date;
  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds"] as const)
    prototype[`get${part}`] = prototype[`getUTC${part}`];
  prototype.getTimezoneOffset = () => 0;
}

function answer(runs: CodecRuns, { codec, code, calls, isCareful }: SandboxRequest): SandboxAnswer {
  try {
    if (code !== null) runs.learn(codec, code);
    return calls.length === 0
      ? { outcomes: [], mistake: runs.check(codec), isBroken: false }
      : { outcomes: runs.run(codec, calls, isCareful), mistake: null, isBroken: false };
  } catch {
    return { outcomes: runs.done, mistake: null, isBroken: true };
  }
}

async function serve(): Promise<void> {
  useUtc();
  const wasmBinary = new Uint8Array(wasm).buffer;
  // The package declares the types of its CommonJS module also for the ECMAScript module that is imported here.
  const variant = newVariant(quickjs as unknown as QuickJSSyncVariant, { wasmBinary });
  const module = await newQuickJSWASMModuleFromVariant(variant);
  const runs = new CodecRuns(module, () => Atomics.add(flags, progressFlag, 1));
  port.on("message", (request: SandboxRequest) => {
    port.postMessage(answer(runs, request));
    Atomics.add(flags, answersFlag, 1);
    Atomics.notify(flags, answersFlag);
  });
}

const ready = (value: 1 | 2): void => {
  Atomics.store(flags, readyFlag, value);
  Atomics.notify(flags, readyFlag);
};
serve().then(
  () => ready(1),
  (error: unknown) => {
    console.error(error);
    ready(2);
  },
);
