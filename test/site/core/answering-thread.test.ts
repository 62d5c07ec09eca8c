import { afterEach, expect, test } from "@jest/globals";
import { AnsweringThread } from "../../../site/answering-thread.ts";

let thread: AnsweringThread<unknown, unknown>;
afterEach(() => thread.stop());
const ended = "it is gone";
const run = (script: string, timeoutMs?: number): void => {
  const module = new URL(
    `data:text/javascript,import { parentPort } from "node:worker_threads";${encodeURIComponent(script)}`,
  );
  thread = new AnsweringThread(module, { ended, ...(timeoutMs !== undefined && { timeoutMs }) });
};
const echo = 'parentPort.on("message", (what) => parentPort.postMessage(what));';

test("one request after the other is answered, after what it says by itself", async () => {
  run(`${echo} parentPort.postMessage("ready");`);
  expect(await thread.next()).toBe("ready");
  expect(await thread.ask({ n: 1 })).toEqual({ n: 1 });
  expect(await thread.ask({ n: 2 })).toEqual({ n: 2 });
});

test("an error between two requests ends the thread and not the process; every request after it is told why", async () => {
  run(`${echo} parentPort.on("message", () => setImmediate(() => { throw new Error("broken"); }));`);
  await thread.ask(1);
  while (!thread.isDead) await new Promise((done) => setTimeout(done, 5));
  await expect(thread.ask(2)).rejects.toThrow("broken");
  await expect(thread.ask(3)).rejects.toThrow("broken");
});

test("who waits hears of its end, whoever ended it", async () => {
  run("setInterval(() => undefined, 1000);");
  const asked = thread.ask(1);
  await thread.stop();
  await expect(asked).rejects.toThrow(ended);
  run("process.exit(0);");
  await expect(thread.ask(1)).rejects.toThrow(ended);
});

test("who takes too long is ended", async () => {
  run("setInterval(() => undefined, 1000);", 50);
  await expect(thread.ask(1)).rejects.toThrow("it took over 0.05 s");
  expect(thread.isDead).toBe(true);
});
