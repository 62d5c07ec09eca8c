/** Runs tasks in their order, at most `parallel` at a time. Rejects with the first failure; what runs then runs on. */
export async function inTurns(tasks: readonly (() => Promise<void>)[], parallel: number): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const task of queue) await task();
  };
  await Promise.all(Array.from({ length: Math.min(parallel, tasks.length) }, worker));
}
