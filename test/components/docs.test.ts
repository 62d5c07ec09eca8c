/** docs/components/*.md says what the contracts say, and lists what is registered. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";
import ts from "typescript";
import { createPlatform as createLocal } from "../../components/local/platform.ts";
import { targets, type Target } from "../../components/contracts/common.ts";
import { readConfig } from "../../config.ts";
import { everything, frugal, recordAws } from "./aws/environment.ts";
import * as azure from "./azure/environment.ts";
import { buildEnvironment } from "./environment.ts";
import { record, type Registration } from "./harness.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

const pages = {
  "device-fleet": "fleet",
  "secure-ingest": "ingest",
  "stream-processor": "stream",
  "encrypted-lake": "lake",
  "knowledge-base": "knowledge",
} as const;
type Page = keyof typeof pages;

/** Members of an interface in a contract, those it extends included. */
function members(file: string, name: string): string[] {
  const source = ts.createSourceFile(
    file,
    read(`components/contracts/${file}.ts`),
    ts.ScriptTarget.Latest,
    true,
  );
  const declared = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (declared === undefined) throw new Error(`${file} has no ${name}`);
  const bases = declared.heritageClauses?.flatMap(({ types }) => types.map((type) => type.getText())) ?? [];
  return [
    ...declared.members.map((member) => member.name?.getText() ?? ""),
    ...bases.flatMap((base) => members("common", base)),
  ].sort();
}

const contractName = (page: Page): string =>
  page
    .split("-")
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join("");

/** What stands in backquotes in the first column of the table below a heading. */
function listed(page: Page, heading: string): string[] {
  const text = read(`docs/components/${page}.md`);
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${page}.md has no "## ${heading}"`);
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...(line.split("|")[1]?.matchAll(/`([^`]+)`/g) ?? [])].map(([, name]) => name ?? ""))
    .sort();
}

const registered: Record<Target, Registration[]> = { local: [], aws: [], azure: [] };

/** Storage accounts and vaults have no room for a component's name. */
const shortNames: Readonly<Record<string, string>> = {
  ...{
    acmeraw: "lake",
    acmecurated: "lake",
    acmequarantine: "lake",
    acmecopy: "lake",
    "acme-copy-keys": "lake",
  },
  ...{
    acmedecoder: "stream",
    acmeinsight: "knowledge",
    acmequery: "knowledge",
    acmecompact: "knowledge",
    acmedeclared: "knowledge",
  },
  ...{ acmeadmission: "fleet", acmeenrol: "fleet", acmerenew: "fleet", "acme-enrol": "fleet" },
  ...{ "acme-hub": "ingest", "acme-enrolment": "ingest" },
};
beforeAll(async () => {
  for (const raw of [frugal, everything])
    registered.aws.push(...(await recordAws(raw)).recording.registrations);
  for (const raw of [
    azure.frugal,
    azure.everything,
    azure.hub,
    azure.inCloud,
    azure.enrolling,
    azure.asked,
    azure.native,
  ])
    registered.azure.push(...(await azure.recordAzure(raw)).recording.registrations);
  const config = readConfig({
    target: "local",
    environment: "acme",
    profiles: ["machine-json"],
    bindings: [{ devices: "*", profile: "machine-json" }],
    devices: [{ id: "d1" }],
    local: { watch: [{ folder: "/srv/drops", device: "d1" }] },
  });
  const local = await record(() => void buildEnvironment(createLocal(config), config, { prefix: "acme-" }));
  registered.local.push(...local.registrations);
}, 240_000);

/** `aws:s3/bucket:Bucket` → `s3.Bucket`, `tls:index/privateKey:PrivateKey` → `tls.PrivateKey`. */
const short = (type: string): string => {
  const [pack = "", module = "", name = ""] = type.split(":");
  if (pack === "aws") return `${module.split("/")[0] ?? ""}.${name}`;
  const isModule = pack === "azure-native" || type.startsWith("fieldlake:azure:");
  return `${isModule ? module : pack}.${name}`;
};

describe.each(Object.keys(pages) as Page[])("%s", (page) => {
  test("names the args and outputs of its contract", () => {
    expect(listed(page, "Args")).toEqual(members(page, `${contractName(page)}Args`));
    expect(listed(page, "Outputs")).toEqual(members(page, `${contractName(page)}Outputs`));
  });

  test.each(targets)("lists what it is made of on %s", (target) => {
    const own = registered[target].filter(
      ({ type, name }) =>
        (name.startsWith(`acme-${pages[page]}`) || shortNames[name] === pages[page]) &&
        !/^fieldlake:\w+:(DeviceFleet|SecureIngest|StreamProcessor|EncryptedLake|KnowledgeBase)$/.test(type),
    );
    expect(listed(page, `Resources: ${target}`)).toEqual(
      [...new Set(own.map(({ type }) => short(type)))].sort(),
    );
  });
});
