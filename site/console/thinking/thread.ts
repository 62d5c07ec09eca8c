/** A thread for what takes long to compute, so that neither broker nor page waits for it. */
import { parentPort } from "node:worker_threads";
import { thinkingMethods, type Methods } from "./methods.ts";

const methods = thinkingMethods();

export interface ThreadRequest {
  readonly id: number;
  readonly method: keyof Methods;
  readonly args: readonly unknown[];
}

parentPort?.on("message", ({ id, method, args }: ThreadRequest) => {
  try {
    const work = methods[method] as (...args: readonly unknown[]) => unknown;
    parentPort?.postMessage({ id, result: work(...args) });
  } catch (error) {
    parentPort?.postMessage({ id, error: (error as Error).message });
  }
});
