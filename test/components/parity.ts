/**
 * docs/parity.md: what each target does, by which resources, and what it can't, generated from the components themselves.
 *
 *     npm run parity
 */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";
import {
  targets,
  type EncryptionState,
  type NamedException,
  type Target,
} from "../../components/contracts/common.ts";
import type { IngestCapabilities } from "../../components/contracts/secure-ingest.ts";
import { loadPlatform } from "../../components/registry.ts";
import { readConfig, type Config } from "../../config.ts";
import { buildEnvironment } from "./environment.ts";
import { record, type Registration } from "./harness.ts";

/** As shipped: what a first `pulumi up` makes. */
const configOf = (target: Target, more: object = {}): Config =>
  readConfig(
    { target, environment: "acme", ...more },
    { "aws:region": "eu-central-1", "azure-native:location": "westeurope" },
  );

const administrator = "40000000-0000-4000-8000-000000000004";
const scoring = {
  profiles: ["wearable-imu"],
  scoring: { models: [{ name: "activity", file: "activity.onnx", table: "frames_wearable_imu" }] },
};
/** Options of a target that bring kinds of resources of their own. */
const options: readonly (readonly [option: string, target: Target, more: object])[] = [
  ["`scoring.models`", "local", scoring],
  ["`scoring.models`", "aws", scoring],
  ["`scoring.models`", "azure", scoring],
  ["`aws.tableFormat: iceberg`", "aws", { aws: { tableFormat: "iceberg" } }],
  ["`aws.governance: lake-formation`", "aws", { aws: { governance: "lake-formation" } }],
  ["`aws.replicaRegion`", "aws", { aws: { replicaRegion: "eu-west-1" } }],
  ["`azure.ingest: iothub`", "azure", { azure: { ingest: "iothub" } }],
  ["`azure.network: private`", "azure", { azure: { network: "private" } }],
  ["`azure.replicaLocation`", "azure", { azure: { replicaLocation: "northeurope" } }],
  [
    "`azure.query`",
    "azure",
    { azure: { query: { kind: "application", application: administrator, allowed: [administrator] } } },
  ],
  [
    "`azure.serverlessSql`",
    "azure",
    { azure: { serverlessSql: { administrator, addresses: ["203.0.113.7"] } } },
  ],
];

interface Built {
  readonly registrations: readonly Registration[];
  readonly capabilities: IngestCapabilities;
  readonly encryption: readonly EncryptionState[];
  readonly exceptions: readonly NamedException[];
}

async function build(config: Config): Promise<Built> {
  let parts: ReturnType<typeof buildEnvironment> | undefined;
  // A platform registers what its components share when it is loaded: inside, or the program before has it.
  const { registrations } = await record(async () => {
    const platform = await loadPlatform(config);
    parts = buildEnvironment(platform, config, { prefix: "acme-" });
  });
  if (parts === undefined) throw new Error("the program did not run");
  const all = Object.values(parts);
  return {
    registrations,
    capabilities: parts.ingest.capabilities,
    encryption: all.flatMap(({ encryption }) => encryption),
    exceptions: all.flatMap(({ exceptions }) => exceptions),
  };
}

type All = Readonly<Record<Target, Built>>;

/** The page as it must be; the same for the same components. */
export async function parityPage(): Promise<string> {
  const built: Partial<Record<Target, Built>> = {};
  // In turns: mocks are one set a process.
  for (const target of targets) built[target] = await build(configOf(target));
  const added: [option: string, target: Target, types: string][] = [];
  const lost: string[][] = [];
  for (const [option, target, more] of options) {
    const known = new Set(typesOf(built[target]?.registrations ?? []));
    const { registrations, exceptions } = await build(configOf(target, more));
    const here = new Set(built[target]?.exceptions.map(({ rule }) => rule));
    for (const { rule, reason, compensatingControl } of exceptions.filter((one) => !here.has(one.rule)))
      lost.push([option, `\`${rule}\``, reason, compensatingControl]);
    const types = typesOf(registrations).filter((type) => !known.has(type));
    added.push([option, target, types.map((type) => `\`${type}\``).join(", ") || "more of those it has"]);
  }
  const all = built as All;
  const page = [
    "# Parity of the targets",
    "What each target does as it is shipped, by which resources, and what it can't do. Made by `npm run parity` from the components' own capabilities, encryption states, exceptions and registrations; a test holds the page to them.",
    "## Capabilities of the ingest",
    table(["capability", ...targets], capabilityRows(all)),
    "## How each part is protected",
    table(["target", "component", "part", "in transit", "at rest", "key of yours"], encryptionRows(all)),
    "## What can't be kept, and what stands in for it",
    table(["target", "rule", "on", "reason", "compensating control"], exceptionRows(all)),
    "## By which resources",
    table(["component", ...targets], resourceRows(all)),
    "## What options add",
    table(["option of `fieldlake:`", "target", "kinds of resources"], added),
    "## What options take away",
    table(["option of `fieldlake:`", "rule", "reason", "compensating control"], lost),
  ].join("\n\n");
  const file = resolve(fileURLToPath(new URL("../../", import.meta.url)), "docs/parity.md");
  const style = (await prettier.resolveConfig(file)) ?? {};
  return prettier.format(page, { ...style, parser: "markdown" });
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

const capabilityRows = (all: All): string[][] =>
  Object.keys(all.local.capabilities).map((name) => [
    `\`${name}\``,
    ...targets.map((target) => {
      const value = all[target].capabilities[name as keyof IngestCapabilities];
      return typeof value === "boolean" ? (value ? "yes" : "no") : value.join(", ");
    }),
  ]);

const encryptionRows = (all: All): string[][] =>
  targets.flatMap((target) =>
    all[target].encryption.map(({ component, name, inTransit, atRest, keyId }) => [
      target,
      component,
      name,
      inTransit ?? "–",
      atRest ?? "–",
      atRest === null ? "–" : keyId === null ? "no" : "yes",
    ]),
  );

const exceptionRows = (all: All): string[][] =>
  targets.flatMap((target) =>
    all[target].exceptions.map(({ rule, resource, reason, compensatingControl }) => [
      target,
      `\`${rule}\``,
      resource.replace(/^acme-/, ""),
      reason,
      compensatingControl,
    ]),
  );

const components = {
  DeviceFleet: /^acme-fleet/,
  SecureIngest: /^acme-ingest/,
  StreamProcessor: /^acme-stream|^acmedecoder/,
  EncryptedLake: /^acme-lake|^acme(raw|curated|quarantine)/,
  KnowledgeBase: /^acme-knowledge|^acme(insight|query)/,
} as const;

const typesOf = (registrations: readonly Registration[]): string[] =>
  [...new Set(registrations.filter(({ type }) => !isComponent(type)).map(({ type }) => short(type)))].sort();

function resourceRows(all: All): string[][] {
  const named = Object.entries(components);
  const of = (target: Target, belongs: (name: string) => boolean): string => {
    const types = all[target].registrations
      .filter(({ type, name }) => !isComponent(type) && belongs(name))
      .map(({ type }) => short(type));
    return (
      [...new Set(types)]
        .sort()
        .map((type) => `\`${type}\``)
        .join(", ") || "–"
    );
  };
  return [
    ...named.map(([component, pattern]) => [
      component,
      ...targets.map((target) => of(target, (name) => pattern.test(name))),
    ]),
    [
      "shared by all",
      ...targets.map((target) => of(target, (name) => !named.some(([, pattern]) => pattern.test(name)))),
    ],
  ];
}

const isComponent = (type: string): boolean =>
  /^fieldlake:\w+:(DeviceFleet|SecureIngest|StreamProcessor|EncryptedLake|KnowledgeBase)$|^pulumi:/.test(
    type,
  );

/** `aws:s3/bucket:Bucket` → `s3.Bucket`, `azure-native:storage:Queue` → `storage.Queue`, `tls:index/privateKey:PrivateKey` → `tls.PrivateKey`. */
function short(type: string): string {
  const [pack = "", module = "", name = ""] = type.split(":");
  const from = module.startsWith("index/") ? pack : (module.split("/")[0] ?? "");
  return `${from}.${name}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = resolve("docs/parity.md");
  const page = await parityPage();
  const before = await readFile(file, "utf8").catch(() => "");
  await writeFile(file, page);
  console.log(before === page ? `${file} was right` : `${file} written`);
  // The engine's runtime under mocks keeps the process alive.
  process.exit(0);
}
