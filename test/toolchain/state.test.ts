import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureState } from "../../toolchain/steps/state.mjs";
import { ensureLocalStack, wantsLocalStack } from "../../toolchain/steps/stack.mjs";
import { type Call, failed, messageOf, succeeded, temporaryFolder, testContext, write } from "./fixtures.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

let machine: string;
let count = 0;
beforeEach(() => {
  machine = join(folder.path, `machine ${(count += 1)}`);
  write(join(machine, "project/Pulumi.yaml"), "name: fieldlake\nruntime: nodejs\n");
});
const contextWith = (
  env: NodeJS.ProcessEnv = {},
  answer: (call: Call) => ReturnType<typeof succeeded> = () => succeeded(),
) => testContext(machine, { env: { PULUMI_HOME: join(machine, "pulumi-home"), ...env }, answer });
const logIn = (current: string) =>
  write(join(machine, "pulumi-home/credentials.json"), JSON.stringify({ current }));
const stackFile = () => join(machine, "project/.fieldlake/state/.pulumi/stacks/fieldlake/local-dev.json");

describe("where the state is", () => {
  test("by default in this clone, locked with a passphrase of its own", () => {
    const state = ensureState(contextWith());
    const passphrase = join(machine, "project/.fieldlake/passphrase");
    expect(state).toEqual({
      source: "local",
      description: ".fieldlake/state",
      backendUrl: pathToFileURL(join(machine, "project/.fieldlake/state")).href,
      passphraseFile: passphrase,
    });
    expect(readFileSync(passphrase, "utf8")).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    expect(statSync(passphrase).mode & 0o777).toBe(0o600);
    expect(statSync(join(machine, "project/.fieldlake/state")).mode & 0o777).toBe(0o700);
  });

  test("the passphrase stays the same, and differs between clones", () => {
    const read = () => readFileSync(ensureState(contextWith()).passphraseFile ?? "", "utf8");
    const first = read();
    expect(read()).toBe(first);
    machine = join(machine, "another clone");
    expect(read()).not.toBe(first);
  });

  test.each([{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/run/secret" }])(
    "the user's own passphrase is used: %j",
    (env) => expect(ensureState(contextWith(env))).not.toHaveProperty("passphraseFile"),
  );

  test("where the user says, by environment, project or login", () => {
    const byEnvironment = ensureState(contextWith({ PULUMI_BACKEND_URL: "s3://bucket" }));
    expect(byEnvironment).toEqual({ source: "user", description: "PULUMI_BACKEND_URL" });
    logIn("https://api.example.com");
    expect(ensureState(contextWith())).toEqual({
      source: "user",
      description: "your Pulumi login (https://api.example.com)",
    });
    logIn("");
    expect(ensureState(contextWith()).source).toBe("local");
    write(join(machine, "project/Pulumi.yaml"), "name: fieldlake\nbackend:\n  url: gs://bucket\n");
    expect(ensureState(contextWith())).toEqual({ source: "user", description: "the backend of Pulumi.yaml" });
  });

  test("an environment that is in this clone does not vanish with a later login", () => {
    ensureState(contextWith());
    write(stackFile(), "{}");
    logIn("https://api.example.com");
    expect(ensureState(contextWith()).source).toBe("local");
  });

  test("a lost passphrase is not replaced by one that opens nothing", async () => {
    ensureState(contextWith());
    write(stackFile(), "{}");
    rmSync(join(machine, "project/.fieldlake/passphrase"));
    const message = await messageOf(Promise.resolve().then(() => ensureState(contextWith())));
    expect(message).toContain(".fieldlake/passphrase is missing, and .fieldlake/state is locked with it");
    expect(ensureState(contextWith({ PULUMI_CONFIG_PASSPHRASE: "known" })).source).toBe("local");
  });
});

describe("the local stack", () => {
  test.each([
    ["start", true],
    ["pulumi up --stack local-dev", true],
    ["pulumi preview -s local-dev --policy-pack policies", true],
    ["pulumi --color never up --stack=local-dev", false],
    ["pulumi up --stack=local-dev", true],
    ["pulumi config set fieldlake:port 8884 -slocal-dev", true],
    ["pulumi up --stack aws-dev", false],
    ["pulumi up", false],
    ["pulumi stack rm local-dev", false],
    ["pulumi destroy --stack local-dev", false],
    ["destroy", false],
    ["query", false],
  ])("%s may create it: %s", (command, expected) => {
    expect(wantsLocalStack(command.split(" "))).toBe(expected);
  });

  const local = { source: "local", description: ".fieldlake/state" } as const;
  const commands = (calls: readonly Call[]) => calls.map(({ args }) => args.slice(0, 3).join(" "));

  test("is created and, where no other is, selected", async () => {
    const context = contextWith({}, ({ args }) => (args[1] === "--show-name" ? failed() : succeeded()));
    await ensureLocalStack(context, "/opt/pulumi", {}, local);
    expect(commands(context.calls)).toEqual([
      "stack init local-dev",
      "stack --show-name --non-interactive",
      "stack select local-dev",
    ]);
    const other = contextWith({}, () => succeeded("aws-dev\n"));
    await ensureLocalStack(other, "/opt/pulumi", {}, local);
    expect(commands(other.calls)).not.toContain("stack select local-dev");
  });

  test("is left alone where it exists", async () => {
    write(stackFile(), "{}");
    const context = contextWith({}, () => failed("nothing may run"));
    await ensureLocalStack(context, "/opt/pulumi", {}, local);
    const elsewhere = contextWith({}, () => failed("error: stack 'local-dev' already exists"));
    await ensureLocalStack(
      elsewhere,
      "/opt/pulumi",
      {},
      { source: "user", description: "PULUMI_BACKEND_URL" },
    );
    expect(context.calls).toEqual([]);
  });

  test("is no affair of ours without a project", async () => {
    rmSync(join(machine, "project"), { recursive: true });
    mkdirSync(join(machine, "project"));
    const context = contextWith({}, () => failed("nothing may run"));
    await ensureLocalStack(context, "/opt/pulumi", {}, local);
    expect(context.calls).toEqual([]);
  });

  test("that can't be created ends with what Pulumi said", async () => {
    const context = contextWith({}, () => failed("error: no credentials\n"));
    const message = await messageOf(ensureLocalStack(context, "/opt/pulumi", {}, local));
    expect(message).toContain("Pulumi could not create the stack local-dev\n    error: no credentials\n");
  });
});
