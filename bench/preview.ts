/**
 * Time of a cloud target's program in a preview, by the real engine and the offline provider, for a small and a large
 * fleet in turns: devices are not resources, so it must be the same. One throughput unit of Event Grid takes 10,000.
 *
 *     node bench/preview.ts [--stack aws-dev] [--rounds 5] [--devices 10,1000000]
 *     node bench/preview.ts --stack azure-dev --devices 10,10000
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createCloudStack } from "../test/engine/support/cloud-stack.ts";
import { median } from "./support/median.ts";

type Figure = "elapsed" | "processor";

const { values } = parseArgs({
  options: {
    stack: { type: "string", default: "aws-dev" },
    rounds: { type: "string", default: "5" },
    devices: { type: "string", default: "10,1000000" },
  },
});
const project = resolve(import.meta.dirname, "..");
const fleets = values.devices.split(",").map(Number);
const folder = await mkdtemp(join(tmpdir(), "fieldlake-preview-"));
const clock = join(folder, "milliseconds");

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const stacks = await Promise.all(
  fleets.map(async (devices) => {
    const stack = await createCloudStack(`Pulumi.${values.stack}.yaml`, {
      command: [process.execPath, join(project, "toolchain/fieldlake.mjs"), "pulumi"],
      env: {
        FIELDLAKE_PREVIEW_CLOCK: clock,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, "support/preview-clock.mjs")}`,
      },
      devices,
    });
    return { devices, stack, elapsed: [] as number[], processor: [] as number[], resources: 0 };
  }),
);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const one of stacks) {
    one.resources = (await one.stack.preview()).length;
    const { elapsed, processor } = JSON.parse(await readFile(clock, "utf8")) as Record<Figure, number>;
    one.elapsed.push(elapsed);
    one.processor.push(processor);
    console.log(
      `  round ${round + 1}  ${one.devices} devices  ${elapsed.toFixed(0)} ms, ${processor.toFixed(0)} ms of processor, ${one.resources} resources`,
    );
  }
}
for (const { devices, elapsed, processor, resources } of stacks) {
  console.log(
    `${values.stack}, ${devices} devices: program start to last registration ${spread(elapsed)}, processor ${spread(processor)}, ${resources} resources`,
  );
}
const ratio = (figure: Figure, of: (numbers: readonly number[]) => number): string => {
  const [first = NaN, ...others] = stacks.map((stack) => of(stack[figure]));
  return ((others.at(-1) ?? NaN) / first).toFixed(3);
};
const best = (numbers: readonly number[]): number => Math.min(...numbers);
console.log(
  `last fleet to first: medians ${ratio("elapsed", median)}, best rounds ${ratio("elapsed", best)}; processor ${ratio("processor", median)}, ${ratio("processor", best)}`,
);
for (const { stack } of stacks) await stack.dispose();
await rm(folder, { recursive: true });

function spread(numbers: readonly number[]): string {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return `${median(numbers).toFixed(0)} ms (median; ${low.toFixed(0)} to ${high.toFixed(0)})`;
}
