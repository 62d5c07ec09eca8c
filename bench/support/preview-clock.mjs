/**
 * Preloaded into every Node process of a preview: in the one that runs the program, writes how long it ran, from the
 * start of the process until its last registration was answered and it ended, and what it took of the processor: the
 * figure that holds on a busy machine. Milliseconds.
 */
import { writeFileSync } from "node:fs";

const file = process.env["FIELDLAKE_PREVIEW_CLOCK"];
if (file !== undefined && process.argv[1]?.includes("@pulumi/pulumi/cmd/run")) {
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    writeFileSync(file, JSON.stringify({ elapsed: performance.now(), processor: (user + system) / 1_000 }));
  });
}
