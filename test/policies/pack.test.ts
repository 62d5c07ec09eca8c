/** The pack as it is given away: plain JavaScript, no provider SDK, and a page that says what is in it. */
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { format, resolveConfig } from "prettier";
import { buildPack } from "../../policies/build/build.ts";
import { withReference } from "../../policies/build/reference.ts";
import { rules } from "../../policies/rules/index.ts";
import { requirements } from "../../policies/evidence/evidence.ts";
import { EngineProject } from "../provider/offline/engine-project.ts";

let folder: string;
let modules: readonly string[];
let project: EngineProject;
/** One violation of each theme that AWS and Azure resources can show. */
const program = `
  import { PrivateKey } from "@pulumi/tls";
  import * as iot from "@pulumi/aws/iot/index.js";
  import * as iam from "@pulumi/aws/iam/index.js";
  import * as sqs from "@pulumi/aws/sqs/index.js";
  import * as dynamodb from "@pulumi/aws/dynamodb/index.js";
  import * as storage from "@pulumi/azure-native/storage/index.js";
  new PrivateKey("short", { algorithm: "RSA", rsaBits: 1024 });
  new iot.Policy("open", { policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "iot:*", Resource: "*" }] }) });
  new iam.Role("anybody", { assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] }) });
  new sqs.Queue("plain", { sqsManagedSseEnabled: true });
  new dynamodb.Table("rows", { hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST" });
  new storage.StorageAccount("old", { resourceGroupName: "g", kind: "StorageV2", sku: { name: "Standard_LRS" }, minimumTlsVersion: "TLS1_0" });
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldlake-pack-"));
  modules = await buildPack(folder);
  await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  project = await EngineProject.create(program);
  await project.pulumi("config", "set", "aws:region", "eu-central-1");
  await project.pulumi("config", "set", "azure-native:location", "westeurope");
}, 60_000);
afterAll(async () => {
  await project.remove();
  await rm(folder, { recursive: true, force: true });
});

test("it is made of its own modules only", () => {
  expect(modules.length).toBeGreaterThan(30);
  expect(modules.filter((module) => !/^policies\//.test(module))).toEqual([]);
});

test.each(["preview", "up"])(
  "built, it stops %s by a rule of every theme",
  async (command) => {
    const options = command === "up" ? ["--yes", "--skip-preview"] : [];
    const text = await project.pulumi(command, ...options, "--policy-pack", folder).then(
      (out) => Promise.reject(new Error(`it was let through:\n${out}`)),
      (error: Error) => error.message,
    );
    for (const id of [
      "aws-iot-bind-policy-to-thing",
      "aws-iam-forbid-open-trust",
      "aws-sqs-require-customer-key",
      "aws-dynamodb-require-recovery",
      "azure-storage-require-tls-version",
      "local-key-require-strength",
    ])
      expect(text).toMatch(new RegExp(`\\[mandatory\\].*${id}`));
  },
  90_000,
);

test("every rule says what it needs to", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const rule of rules) {
    expect(rule.id).toMatch(/^(aws|azure|local|pack|fleet|fieldlake)(-[a-z0-9]+)+$/);
    expect(requirements[rule.theme]).toBeDefined();
    expect([rule.id, rule.controls.length > 0, rule.fix.length > 10, rule.why.endsWith(".")]).toEqual([
      rule.id,
      true,
      true,
      true,
    ]);
    expect([rule.id, rule.example.violation.length > 0, rule.example.fixed.length > 0]).toEqual([
      rule.id,
      true,
      true,
    ]);
  }
});

test("docs/policies.md is as the rules are (npm run policies:docs)", async () => {
  const file = join(process.cwd(), "docs/policies.md");
  const page = await readFile(file, "utf8");
  const made = await format(withReference(page, rules), { ...(await resolveConfig(file)), filepath: file });
  expect(page).toBe(made);
});
