/**
 * A stack of the local target whose registry holds a million devices: an `up` changes nothing, and resources and state are
 * the same as with the two devices before. As a command, on a machine with an engine:
 *
 *     node toolchain/run.mjs test/soak/million.ts [--devices 1000000]
 */
import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openLocalRegistry } from "../../fleet/registry/local-registry.ts";
import type { Change } from "../../fleet/registry/model.ts";
import { Keyring } from "../../site/seal.ts";
import { createStack, type TestStack } from "../engine/support/stack.ts";

const { values } = parseArgs({ options: { devices: { type: "string", default: "1000000" } } });
const count = Number(values.devices);
const dayMs = 86_400_000;
const portion = 1000;

const stack = await createStack({
  profiles: ["machine-json"],
  bindings: [{ devices: "press-*", profile: "machine-json" }],
  devices: [{ id: "press-01", profile: "machine-json" }, { id: "press-02" }],
});
try {
  await up(stack);
  const [small, smallSeconds] = [await stateOf(stack), await up(stack)];
  await fill(stack);
  const largeSeconds = await up(stack);
  const large = await stateOf(stack);
  const size = (text: string): string => `${(text.length / 1024).toFixed(1)} kB`;
  console.log(
    `2 devices: empty up ${smallSeconds.toFixed(1)} s, ${small.resources} resources, state ${size(small.text)}`,
  );
  console.log(
    `${count + 2} devices: empty up ${largeSeconds.toFixed(1)} s, ${large.resources} resources, state ${size(large.text)}`,
  );
  const isSame = small.resources === large.resources && small.text === large.text;
  console.log(
    isSame ? "the states are the same" : `the states differ:\n${difference(small.text, large.text)}`,
  );
  if (!isSame) process.exitCode = 1;
} finally {
  await stack.dispose();
}

function difference(one: string, other: string): string {
  const at = [...one].findIndex((character, index) => character !== other[index]);
  return [one, other].map((text) => text.slice(Math.max(0, at - 200), at + 100)).join("\n");
}

/** Seconds; throws where the second and later ones change anything. */
async function up({ pulumi }: TestStack): Promise<number> {
  const began = performance.now();
  const { status, text } = await pulumi("up", "--yes", "--skip-preview");
  if (status !== 0) throw new Error(text);
  const changed = /Resources:\s+([^\n]*)/.exec(text)?.[1] ?? "";
  console.log(`up: ${changed.trim()}`);
  return (performance.now() - began) / 1000;
}

/** The exported state without the time of the last up. */
async function stateOf({
  exported,
}: TestStack): Promise<{ readonly resources: number; readonly text: string }> {
  const state = JSON.parse(await exported()) as {
    deployment: { resources: { urn: string; modified?: string }[] };
  };
  const { resources } = state.deployment;
  // In the order in which their registrations came, which is not the same each time.
  const sorted = resources
    .map(({ modified: _modified, ...rest }) => rest)
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
  return { resources: resources.length, text: JSON.stringify(sorted, lasting) };
}

/** What the engine writes down another way each time: secrets are encrypted anew, and sets come in any order. */
function lasting(key: string, value: unknown): unknown {
  if (key === "ciphertext" && typeof value === "string") return value.length;
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value.toSorted() : value;
}

/** Devices with a certificate each, as a batch writes them; what is certified does not matter here. */
async function fill({ dataFolder, keyFolder }: TestStack): Promise<void> {
  const began = performance.now();
  const registry = await openLocalRegistry({
    folder: join(dataFolder, "fleet"),
    sealing: Keyring.fromFile(join(keyFolder, "site.key")).key("registry"),
  });
  const issuer = (await registry.issuers())[0]?.id as string;
  const [notBefore, notAfter] = [new Date(), new Date(Date.now() + 90 * dayMs)];
  const der = randomBytes(420);
  for (let first = 0; first < count; first += portion) {
    const changes = Array.from({ length: Math.min(portion, count - first) }, (_, index): Change => {
      const certificate = {
        ...{
          deviceId: `wrist-${first + index}`,
          serial: `5${randomBytes(20).toString("hex").slice(1)}`,
          issuer,
        },
        ...{ notBefore, notAfter, recordedAt: notBefore, der },
        keyId: randomBytes(16).toString("hex"),
        ...({ keyKind: "P-256", source: "issued" } as const),
      };
      return { kind: "certificate", certificate };
    });
    await registry.record(changes);
  }
  await registry.close();
  const folder = join(dataFolder, "fleet");
  const bytes = Number(execFileSync("du", ["-sm", folder], { encoding: "utf8" }).split("\t")[0]);
  console.log(
    `${count} devices written in ${((performance.now() - began) / 1000).toFixed(0)} s, ${bytes} MB`,
  );
}
