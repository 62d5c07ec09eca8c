import { afterEach, describe, expect, test } from "@jest/globals";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroy } from "../../fleet/commands/destroy.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { fakeTerminal } from "./support/terminal.ts";

const path = process.env["PATH"];
const folders: string[] = [];
afterEach(() => {
  process.env["PATH"] = path;
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

const stackFile = "# comment\nconfig:\n    fieldlake:target: local\n";

/** An engine that writes down what it is asked, salts the stack's file as the real one does, and answers by `script`. */
function project(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
  folders.push(folder);
  const environment = environmentFolders(folder);
  mkdirSync(join(environment.environment, "data", "run"), { recursive: true });
  mkdirSync(join(environment.local, "state"), { recursive: true });
  writeFileSync(join(folder, "Pulumi.local-dev.yaml"), stackFile);
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh\necho "$*" >> asked\nprintf 'config:\\n  fieldlake:target: local\\nencryptionsalt: v1:x\\n' > Pulumi.local-dev.yaml\ncase "$1 $2" in\n${script}\nesac\n`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  process.env["PATH"] = `${folder}:${path}`;
  const screen = fakeTerminal();
  const context = {
    terminal: screen.terminal,
    folders: environment,
    signal: new AbortController().signal,
    site: connectSite(join(environment.environment, "data", "run")),
  };
  const asked = () => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  return { folder, environment, context, screen, asked };
}

describe("fieldlake destroy", () => {
  test("destroys, removes the stack, its backups and all folders, and restores the stack's file", async () => {
    const { folder, environment, context, screen, asked } = project('"stack ls") echo "[]" ;;');
    await destroy({ yes: true }, context);

    expect(asked()).toEqual([
      "destroy --yes --stack local-dev --color never --non-interactive",
      "stack rm local-dev --yes --preserve-config --remove-backups --color never --non-interactive",
      "stack ls --json --color never --non-interactive",
    ]);
    expect(existsSync(environment.local)).toBe(false);
    expect(readFileSync(join(folder, "Pulumi.local-dev.yaml"), "utf8")).toBe(stackFile);
    expect(screen.output()).toMatch(
      /removed: process, stack, keys, certificates and all data\nkept: the toolchain in \S/,
    );
  });

  test("removes what is left where the stack is gone already", async () => {
    const { environment, context, asked } = project(
      `"destroy --yes") echo "error: no stack named 'local-dev' found" >&2; exit 255 ;; "stack ls") echo "[]" ;;`,
    );
    await destroy({ yes: true }, context);
    expect(asked().some((line) => line.startsWith("stack rm"))).toBe(false);
    expect(existsSync(environment.local)).toBe(false);
  });

  test("keeps everything where the engine could not destroy", async () => {
    const { environment, context } = project('"destroy --yes") echo "error: boom"; exit 1 ;;');
    await expect(destroy({ yes: true }, context)).rejects.toThrow("pulumi destroy failed (exit code 1)");
    expect(existsSync(environment.environment)).toBe(true);
  });

  test("keeps what other stacks need", async () => {
    const { environment, context, screen } = project(
      `"stack ls") echo '[{"name":"aws-dev"},{"name":"organization/fieldlake/local-dev"}]' ;;`,
    );
    await destroy({ yes: true }, context);
    expect(existsSync(environment.environment)).toBe(false);
    expect(existsSync(join(environment.local, "state"))).toBe(true);
    expect(screen.output()).toContain("which other stacks of yours need");
  });

  test("does nothing without a yes that somebody gave", async () => {
    const { folder, context } = project("");
    await expect(destroy({}, context)).rejects.toMatchObject({ exitCode: 2 });
    expect(existsSync(join(folder, "asked"))).toBe(false);
  });
});
