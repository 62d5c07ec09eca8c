/**
 * Every option that has a say in Azure, with the values that a shipped stack does not have: from the configuration's
 * schema, so that none is forgotten. What the schema alone does not suggest stands in the examples here; an option that
 * needs one and has none is an error.
 */
import { readdirSync } from "node:fs";
import { z } from "zod";
import { configSchema } from "../../config.ts";

interface Node {
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}
export interface Option {
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
/** What stands below `config:` in a stack's file. */
export type StackConfig = Readonly<Record<string, unknown>>;

const keyId =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/mine/keys/lake";
/** A key of one's own is made by another stack: the pack is told whose it is. */
export const keyOwner = "https://mine.vault.azure.net";

const oneRegion = { "azure.replicaLocation": undefined, "azure.writeOnce.replicaMode": undefined };
const premium = { "azure.eventHubs.tier": "premium", "azure.eventHubs.units": 1 };
const standard = { "azure.eventHubs.tier": "standard", "azure.eventHubs.customerKey": false };

const everyProfile = readdirSync(new URL("../../profiles/", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const alarmRules = [
  { kind: "limit", name: "hot", devices: "press-*", metric: "temperature", above: 80 },
  { kind: "late", name: "silent", minutes: 30 },
];

const examples: Readonly<Record<string, Example>> = {
  "azure.redundancy": { besides: oneRegion },
  "azure.replicaLocation": { values: ["swedencentral"], besides: { "azure.redundancy": "ZRS" } },
  "azure.hierarchicalNamespace": { besides: oneRegion },
  "azure.writeOnce.days": { values: [3_650], besides: { "zones.raw.retentionDays": 0 } },
  "azure.writeOnce.replicaMode": { besides: { "azure.replicaLocation": "northeurope" } },
  "azure.addressSpace": { values: ["10.0.0.0/16"], besides: { "azure.network": "private" } },
  "azure.fleetRegistry.webhookClientId": {
    values: ["00000000-0000-4000-8000-0000000000aa"],
    besides: { "azure.network": "public" },
  },
  "azure.enrolment": { values: [{}] },
  "azure.enrolment.signingKeys": { values: [[keyId]] },
  "azure.iotHub.units": { besides: { "azure.ingest": "iothub" } },
  "azure.eventHubs.tier": { besides: { ...premium, "azure.eventHubs.customerKey": false } },
  "azure.eventHubs.units": { values: [16], besides: premium },
  "azure.eventHubs.maximumUnits": { besides: standard },
  "azure.eventHubs.partitions": { besides: premium },
  "azure.eventHubs.retentionHours": { besides: premium },
  "azure.eventHubs.customerKey": { besides: premium },
  "azure.admission": {
    values: [{ kind: "webhook", url: "https://acme.example/admission", audience: "api://acme" }],
  },
  "azure.query": {
    values: [
      {
        kind: "application",
        application: "10000000-0000-4000-8000-000000000001",
        allowed: ["20000000-0000-4000-8000-000000000002"],
      },
      { kind: "none" },
    ],
  },
  "azure.serverlessSql": {
    values: [{ administrator: "40000000-0000-4000-8000-000000000004" }],
  },
  "azure.fleetRegistry": { values: [{}] },
  "azure.alarmEmails": { values: [["one@acme.example", "two@acme.example"]] },
  "azure.insightMinutes": { values: [1, 60] },
  key: { values: [{ kind: "own", reference: keyId }] },
  "fleet.revoked": {
    values: [["press-json-01", "0AFF"]],
    besides: { devices: [{ id: "press-json-01", profile: "machine-json" }] },
  },
  profiles: { values: [everyProfile] },
  // An environment to keep has somebody who hears its alerts: the policies ask for it.
  protect: { besides: { "azure.alarmEmails": ["one@acme.example"] } },
  "alarms.rules": { values: [alarmRules] },
  "alarms.webhook": {
    values: [{ url: "https://alarms.acme.example/fieldlake" }],
    besides: { "alarms.rules": alarmRules },
  },
  "load.devices": { values: [400_000], besides: { "azure.throughputUnits": 40 } },
  "zones.raw.retentionDays": { values: [0, 400] },
};
/** What says who and what, and no option of Azure's resources. */
const left = /^(target|environment|trustedCodecs|bindings|devices|insights|scoring|reports|local|aws)$/;

const root = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node;

/** Each value of each option that the stack does not have already. Throws an Error at an option that needs an example. */
export const azureOptions = (config: StackConfig): readonly Option[] => optionsOf("", root, config);

function optionsOf(path: string, node: Node, config: StackConfig): readonly Option[] {
  if (left.test(path)) return [];
  const now = at(config, path) ?? node.default;
  const values = examples[path]?.values ?? valuesOf(node, now);
  // An optional structure is there as such, and with each of what stands in it.
  const here = (values ?? [])
    .filter((value) => JSON.stringify(value) !== JSON.stringify(now))
    .map((value) => ({ path, value }));
  if (values === null && node.properties === undefined)
    throw new Error(`${path}: the schema does not say what it may be; add it to the examples`);
  if (/^azure\.(query|admission|serverlessSql)$/.test(path)) return here;
  const below = Object.entries(node.properties ?? {}).flatMap(([name, inner]) =>
    optionsOf(path === "" ? name : `${path}.${name}`, inner, config),
  );
  return [...here, ...below];
}

/** Null where it is a structure, or what only an example can say. */
function valuesOf(node: Node, now: unknown): readonly unknown[] | null {
  if (node.enum !== undefined) return node.enum;
  if (node.type === "boolean") return [now !== true];
  if (node.type === "integer" || node.type === "number") {
    const bound = node.maximum === now ? node.minimum : node.maximum;
    return bound === undefined ? null : [bound];
  }
  return null;
}

/** The stack's configuration with the option, and what that can't do without. */
export function withOption(config: StackConfig, { path, value }: Option): StackConfig {
  const changed: Record<string, unknown> = structuredClone(config);
  for (const [beside, to] of Object.entries(examples[path]?.besides ?? {})) put(changed, beside, to);
  put(changed, path, value);
  return changed;
}

function at(config: StackConfig, path: string): unknown {
  const [first = "", ...names] = path.split(".");
  let inner = config[`fieldlake:${first}`];
  for (const name of names) inner = (inner as Record<string, unknown> | undefined)?.[name];
  return inner;
}

function put(config: Record<string, unknown>, path: string, to: unknown): void {
  const [first = "", ...names] = path.split(".");
  const last = names.pop();
  if (last === undefined) {
    config[`fieldlake:${first}`] = to;
    return;
  }
  let inner = (config[`fieldlake:${first}`] ??= {}) as Record<string, unknown>;
  for (const name of names) inner = (inner[name] ??= {}) as Record<string, unknown>;
  if (to === undefined) Reflect.deleteProperty(inner, last);
  else inner[last] = to;
}

/** As the engine hands a stack's configuration to a program: structures as JSON. */
export const asTexts = (config: StackConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
