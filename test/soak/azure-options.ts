/**
 * Every option that has a say in Azure, switched on in turn: planned by `npm run plan`, whose policies must pass, and
 * exported, so that a checker of Microsoft's own resource types can read it. Options come from the configuration's
 * schema; one that this file has no example for, where it needs one, ends the run.
 *
 *     npm run soak:options -- --stack azure-dev --into <folder> [--only azure.eventHubs,key]
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { configSchema, readConfig, stackConfig } from "../../config.ts";
import { planCommand } from "../engine/support/plan-command.ts";

interface Node {
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}
interface Option {
  /** Below `fieldlake:`. */
  readonly path: string;
  readonly value: unknown;
}
interface Example {
  /** In place of what the schema alone suggests. */
  readonly values?: readonly unknown[];
  /** What the option can't do without, by path. */
  readonly besides?: Readonly<Record<string, unknown>>;
}

const { values: given } = parseArgs({
  options: {
    stack: { type: "string", default: "azure-dev" },
    into: { type: "string" },
    only: { type: "string", default: "" },
  },
});
if (given.into === undefined) throw new Error("--into: received nothing; allowed: a folder for the plans");

const keyId =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/mine/keys/lake";
const oneRegion = { "azure.replicaLocation": undefined };
const premium = { "azure.eventHubs.tier": "premium", "azure.eventHubs.units": 1 };

const examples: Readonly<Record<string, Example>> = {
  "azure.redundancy": { besides: oneRegion },
  "azure.replicaLocation": { values: ["swedencentral"] },
  "azure.hierarchicalNamespace": { besides: oneRegion },
  "azure.writeOnce.days": { values: [3_650], besides: { "zones.raw.retentionDays": 0 } },
  "azure.writeOnce.replicaMode": { besides: { "azure.replicaLocation": "northeurope" } },
  "azure.addressSpace": { values: ["10.0.0.0/16"], besides: { "azure.network": "private" } },
  "azure.fleetRegistry.webhookClientId": {
    values: ["00000000-0000-4000-8000-0000000000aa"],
    besides: { "azure.network": "public" },
  },
  "azure.enrolment": {
    values: [{}, { signingKeys: [keyId] }],
    besides: { "azure.network": "public" },
  },
  "azure.enrolment.signingKeys": { values: [[keyId]], besides: { "azure.network": "public" } },
  "azure.iotHub.units": { besides: { "azure.ingest": "iothub" } },
  "azure.eventHubs.tier": { besides: { ...premium, "azure.eventHubs.customerKey": false } },
  "azure.eventHubs.units": { values: [16], besides: { "azure.eventHubs.tier": "premium" } },
  "azure.eventHubs.partitions": { besides: premium },
  "azure.eventHubs.retentionHours": { besides: premium },
  "azure.eventHubs.customerKey": { besides: premium },
  "azure.admission": {
    values: [{ kind: "webhook", url: "https://acme.example/admission", audience: "api://acme" }],
  },
  "azure.query": {
    values: [
      {
        application: "10000000-0000-4000-8000-000000000001",
        allowed: ["20000000-0000-4000-8000-000000000002"],
      },
    ],
  },
  "azure.fleetRegistry": { values: [{}, { webhookClientId: "30000000-0000-4000-8000-000000000003" }] },
  "azure.alarmEmails": { values: [["one@acme.example", "two@acme.example"]] },
  "azure.insightMinutes": { values: [1, 60] },
  key: { values: [{ kind: "own", reference: keyId }] },
  "fleet.revoked": { values: [["press-json-01", "0AFF"]] },
  "load.devices": { values: [400_000], besides: { "azure.throughputUnits": 40 } },
  "zones.raw.retentionDays": { values: [0, 400] },
};
/** What says who and what, and no option of Azure's resources. */
const left = /^(target|environment|profiles|trustedCodecs|bindings|devices|alarms|local|aws)$/;

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const label = (value: unknown): string =>
  asText(value)
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .slice(0, 30);

const root = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node;
const begins = given.only.split(",");
const options = optionsOf("", root).filter(({ path }) => begins.some((begin) => path.startsWith(begin)));
const into = resolve(given.into);
await mkdir(into, { recursive: true });

const project = resolve(import.meta.dirname, "../..");
const base = parse(await readFile(join(project, `Pulumi.${given.stack}.yaml`), "utf8")) as {
  config: Record<string, unknown>;
};
const stack = `${given.stack}-options-${process.pid}`;
const file = join(project, `Pulumi.${stack}.yaml`);
/** A key of one's own is made by another stack: the pack is told whose it is. */
const pack = join(into, "policies.json");
await writeFile(
  pack,
  JSON.stringify({ "fieldlake-settings": { allowedKeyOwners: ["https://mine.vault.azure.net"] } }),
);
let failures = 0;
try {
  for (const option of [null, ...options]) {
    const name = option === null ? "as-it-is" : `${option.path}-${label(option.value)}`;
    const outcome = await planned(option, join(into, `${given.stack}.${name}.json`)).catch(
      (error: unknown) => {
        failures++;
        // The end of it says what is wrong; before it stands the whole plan.
        return `FAILED: …${(error as Error).message.slice(-2_000)}`;
      },
    );
    console.log(`${name}: ${outcome}`);
  }
} finally {
  await rm(file, { force: true });
}
console.log(`${options.length + 1} plans, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

async function planned(option: Option | null, plan: string): Promise<string> {
  const config = option === null ? base.config : withOption(option);
  // Refused here, it is a mistake of the examples above: said at once, without an engine.
  const text = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, asText(value)]));
  readConfig(stackConfig(text, "fieldlake"), text);
  await writeFile(file, stringify({ ...base, config }));
  const { plan: document, exported } = await planCommand(stack, {}, ["--config", pack]);
  await writeFile(plan, JSON.stringify(exported));
  if (!document.policies.passed) throw new Error("the policies find something");
  return `${document.resources} resources, policies pass`;
}

function withOption({ path, value }: Option): Record<string, unknown> {
  const config = structuredClone(base.config);
  const set = (at: string, to: unknown): void => {
    const [first = "", ...names] = at.split(".");
    const last = names.pop();
    if (last === undefined) {
      config[`fieldlake:${first}`] = to;
      return;
    }
    let inner = (config[`fieldlake:${first}`] ??= {}) as Record<string, unknown>;
    for (const name of names) inner = (inner[name] ??= {}) as Record<string, unknown>;
    if (to === undefined) Reflect.deleteProperty(inner, last);
    else inner[last] = to;
  };
  for (const [at, to] of Object.entries(examples[path]?.besides ?? {})) set(at, to);
  set(path, value);
  return config;
}

/** What the schema lets one choose at a path and below, its defaults left out. */
function optionsOf(path: string, node: Node): Option[] {
  if (left.test(path)) return [];
  const values = examples[path]?.values ?? valuesOf(node);
  if (values !== null) return values.map((value) => ({ path, value }));
  if (node.properties === undefined)
    throw new Error(`${path}: the schema does not say what it may be; add it to the examples`);
  return Object.entries(node.properties).flatMap(([name, inner]) =>
    optionsOf(path === "" ? name : `${path}.${name}`, inner),
  );
}

/** Null where it is a structure, or what only an example can say. */
function valuesOf(node: Node): readonly unknown[] | null {
  if (node.enum !== undefined) return node.enum.filter((value) => value !== node.default);
  if (node.type === "boolean") return [node.default !== true];
  if (node.type === "integer" || node.type === "number") {
    const bound = node.maximum === node.default ? node.minimum : node.maximum;
    return bound === undefined ? null : [bound];
  }
  return null;
}
