/** `fieldlake plan` without an engine: what is read of a preview, how it is exported, judged and shown. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { plan, type PlanOptions } from "../../fleet/commands/plan.ts";
import { CommandError, exitCodes } from "../../fleet/errors.ts";
import { totalOf, touched, type Plan } from "../../fleet/plan/document.ts";
import { exportedDeployment } from "../../fleet/plan/export.ts";
import { plannedResources } from "../../fleet/plan/resources.ts";
import { readableSettings } from "../../fleet/plan/stack-file.ts";
import { plannedProject, preview, provider, secret, unknown, urn } from "./support/planned-stack.ts";
import { fakeTerminal, tagged } from "./support/terminal.ts";

const thingType = urn("aws:iot/thingType:ThingType", "sensor");
/** Of types that no policy judges. */
const harmless = preview([
  {
    ...{ type: "aws:iot/thingType:ThingType", name: "sensor", inputs: { name: "sensor-1" } },
    outputs: { arn: unknown },
  },
  { type: "aws:iot/thingGroup:ThingGroup", name: "fleet", inputs: {} },
  {
    ...{ type: "aws:iot/thing:Thing", name: "press-1", inputs: { thingTypeName: unknown } },
    dependencies: [thingType],
  },
]);
const plain = preview([{ type: "aws:s3/bucket:Bucket", name: "raw", inputs: { bucket: "raw-1" } }]);

describe("a stack's file", () => {
  test("is read without salt and without what a provider would need to sign in", () => {
    const file = [
      "encryptionsalt: v1:abc",
      "config:",
      "  aws:region: eu-central-1",
      "  aws:secretKey:",
      "    secure: v1:AAA",
      "  fieldlake:aws:",
      "    webhook:",
      "      secure: v1:BBB",
      "  fieldlake:target: aws",
      "",
    ].join("\n");
    expect(readableSettings(file, "fieldlake")).toEqual({
      text: 'config:\n  aws:region: eu-central-1\n  fieldlake:aws:\n    webhook: "(encrypted)"\n  fieldlake:target: aws\n',
      leftOut: ["aws:secretKey", "webhook"],
    });
  });
});

describe("planned resources", () => {
  const resources = plannedResources(harmless.digest, harmless.events);

  const named = (name: string) => resources.find((resource) => resource.urn.endsWith(`::${name}`));

  test("have what the digest and the events each know", () => {
    expect(named("press-1")).toMatchObject({ dependencies: [thingType], inputs: { thingTypeName: unknown } });
    expect(named("sensor")).toMatchObject({ outputs: { arn: unknown }, provider: `${provider}::${unknown}` });
  });

  test("come in one order whatever the engine's was: what is named stands before what names it", () => {
    const order = resources.map((resource) => resource.urn.split("::").at(-1));
    expect(order).toEqual(["fieldlake-aws-test", "lake", "default", "sensor", "press-1", "fleet"]);
    expect(plannedResources(harmless.digest, harmless.events.toReversed())).toEqual(resources);
  });

  test("are exported with the provider's id that references end in, sealed secrets and no path", () => {
    const archive = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", hash: "1" };
    const asset = { ...archive, "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" };
    const [stack, ...rest] = resources;
    if (stack === undefined) throw new Error("the preview has no stack");
    const inputs = {
      code: { ...archive, path: "/home/me", assets: { "a.mjs": { ...asset, path: "/home/me/a.mjs" } } },
      password: "[secret]",
    };
    const { version, deployment } = exportedDeployment([{ ...stack, inputs }, ...rest], "v3.220.0");
    expect(version).toBe(3);
    expect(deployment.resources[0]).toMatchObject({ outputs: { devices: secret } });
    expect(deployment.resources[0]?.inputs).toEqual({
      code: { ...archive, assets: { "a.mjs": asset } },
      password: secret,
    });
    expect(deployment.resources.find((one) => one.urn === provider)).toMatchObject({ id: unknown });
    // The magic is the engine's own check of a manifest: the SHA-256 of its version.
    expect(deployment.manifest).toEqual({
      time: "0001-01-01T00:00:00Z",
      magic: "22b7de8b0b797cfdc538c94a4e1b81eae77789956bbf6ad52b70e5ebbf1f68c0",
      version: "v3.220.0",
    });
  });
});

describe("arithmetic", () => {
  const line = { quota: "q", unit: "u", remark: "", source: "", limit: 1_000 };

  test.each([
    [0, "within"],
    [799, "within"],
    [800, "near"],
    [1_000, "near"],
    [1_001, "beyond"],
  ])("%d of 1,000 is %s", (expected, state) => {
    expect(touched({ ...line, expected })).toMatchObject({ state, used: expected / 1_000 });
  });

  test("the sum is that of the printed cents", () => {
    const cost = (usdPerMonth: number) => ({ component: "", item: "", basis: "", source: "", usdPerMonth });
    expect(totalOf([0.1, 0.2, 4.38].map(cost))).toBe(4.68);
    expect(totalOf([])).toBe(0);
  });
});

describe("the command", () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));
  const run = async (
    made: ReturnType<typeof preview>,
    options: PlanOptions = {},
    { stack = "aws-test", exitCode = 0 } = {},
  ) => {
    const { folder, folders, close } = plannedProject(made, exitCode);
    cleanups.push(close);
    const screen = fakeTerminal({ showStyles: true });
    const given =
      options.export === undefined ? options : { ...options, export: join(folder, options.export) };
    const ended = await plan(stack, given, { terminal: screen.terminal, folders }).catch(
      (error: unknown) => error,
    );
    return { ended, folder, notes: screen.notes, shown: tagged(screen.output()) };
  };

  test("shows what would be made and how, what is touched and what it would cost", async () => {
    const { ended, shown } = await run(harmless);
    expect(ended).toBeUndefined();
    expect(shown).toContain("environment demo on aws eu-central-1, 4 resources");
    expect(shown).toContain("<faint>OFFLINE</faint>");
    expect(shown).toMatch(/EncryptedLake lake │ aws iot +│ +3 │ ThingType, Thing, ThingGroup/);
    expect(shown).toMatch(/raw zone │ TLS 1\.2 +│ AES-256 │ known after up/);
    expect(shown).toContain("customer managed key on ingest: yes");
    expect(shown).toContain("instead: a wall");
    expect(shown).toContain("130 devices × 60 messages an hour × 200 bytes");
    expect(shown).toMatch(/<bad>130 % BEYOND *<\/bad>/);
    expect(shown).toMatch(/sum +│ .* │ +3\.30 │/);
  });

  test("--json has everything, --export what evidence reads", async () => {
    const { shown, folder, notes } = await run(harmless, { json: true, export: "plan.json" });
    const document = JSON.parse(shown) as Plan;
    expect(document).toMatchObject({
      format: "fieldlake-plan/1",
      load: { devices: 130 },
      costs: { usdPerMonth: 3.3 },
      policies: { passed: true, violations: [] },
    });
    expect(document.components).toMatchObject([{ component: "EncryptedLake", name: "lake" }]);
    expect(notes.join()).toContain("they are no state");
    const text = readFileSync(join(folder, "plan.json"), "utf8");
    const { deployment } = JSON.parse(text) as { deployment: { resources: unknown[] } };
    expect(deployment.resources).toHaveLength(6);
  });

  test("ends with an error on a violation, after it was shown with its fix", async () => {
    const { ended, shown } = await run(plain);
    expect(ended).toBeInstanceOf(CommandError);
    expect(ended).toMatchObject({ exitCode: exitCodes.failed });
    expect(shown).toMatch(/<bad>mandatory violation<\/bad> raw: .* Fix: .*\[aws-s3-/);
    expect(JSON.parse((await run(plain, { json: true })).shown)).toMatchObject({
      policies: {
        passed: false,
        violations: expect.arrayContaining([expect.objectContaining({ resource: "raw" })]),
      },
    });
  });

  test("says in the program's words why there is no plan, and which stacks there are", async () => {
    const mistake = {
      message: "<{%fg 1%}>error: the configuration has 3 mistakes<{%reset%}>",
      severity: "error",
    };
    const events = [{ sequence: 0, timestamp: 0, diagnosticEvent: mistake }] as typeof plain.events;
    const { ended } = await run({ ...plain, events }, {}, { exitCode: 255 });
    expect(ended).toMatchObject({ message: expect.stringContaining("\nthe configuration has 3 mistakes") });
    expect((await run(plain, {}, { stack: "nope" })).ended).toMatchObject({
      exitCode: exitCodes.usage,
      advice: ["stacks with a file: aws-test"],
    });
  });
});
