/** A peer in a process of its own that answers a line for a line; it lives over all rounds. */
import { spawn, type SpawnOptions } from "node:child_process";
import { createInterface } from "node:readline";

export interface LinePeer {
  ask(line: string): Promise<string>;
  stop(): void;
}

export function startLinePeer(
  name: string,
  command: string,
  args: readonly string[] = [],
  options: Pick<SpawnOptions, "env"> = {},
): LinePeer {
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${name} has ended`);
      return value;
    },
    stop: () => void child.kill(),
  };
}
