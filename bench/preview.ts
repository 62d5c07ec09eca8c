/**
 * Time of a cloud target's program in a preview, by the real engine and the offline provider, for a small and a large
 * fleet in turns: devices are not resources, so it must be the same.
 *
 *     node bench/preview.ts [--stack aws-dev] [--rounds 5] [--devices 10,1000000]
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createCloudStack } from "../test/engine/support/cloud-stack.ts";
import { median } from "./support/median.ts";

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
    return { devices, stack, milliseconds: [] as number[], resources: 0 };
  }),
);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const one of stacks) {
    one.resources = (await one.stack.preview()).length;
    const milliseconds = Number(await readFile(clock, "utf8"));
    one.milliseconds.push(milliseconds);
    console.log(
      `  round ${round + 1}  ${one.devices} devices  ${milliseconds.toFixed(0)} ms, ${one.resources} resources`,
    );
  }
}
for (const { devices, milliseconds, resources } of stacks) {
  const [low, high] = [Math.min(...milliseconds), Math.max(...milliseconds)];
  console.log(
    `${values.stack}, ${devices} devices: program start to last registration ${median(milliseconds).toFixed(0)} ms (median; ${low.toFixed(0)} to ${high.toFixed(0)}), ${resources} resources`,
  );
}
const ratio = (of: (numbers: readonly number[]) => number): string => {
  const [first = NaN, ...others] = stacks.map(({ milliseconds }) => of(milliseconds));
  return ((others.at(-1) ?? NaN) / first).toFixed(3);
};
console.log(
  `last fleet to first: medians ${ratio(median)}, best rounds ${ratio((numbers) => Math.min(...numbers))}`,
);
for (const { stack } of stacks) await stack.dispose();
await rm(folder, { recursive: true });
