/** What the documents name is there: files, npm scripts, commands. */
import { describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { environmentFolders } from "../../fleet/environment.ts";
import { buildProgram } from "../../fleet/program.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { fakeTerminal } from "./support/terminal.ts";

const root = join(import.meta.dirname, "..", "..");
const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .trim()
  .split("\n")
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

interface Known {
  readonly scripts: ReadonlySet<string>;
  readonly commands: ReadonlySet<string>;
  readonly exists: (path: string) => boolean;
}

/** Names in a document that lead nowhere. */
function deadNames(path: string, text: string, { scripts, commands, exists }: Known): readonly string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !exists(join(dirname(path), target)));
  const npm = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
  const fieldlake = [...text.matchAll(/npx fieldlake ([a-z][\w-]*)/g)].map(([, name = ""]) => name);
  return [
    ...links,
    ...npm.filter((name) => !scripts.has(name)),
    ...fieldlake.filter((name) => !commands.has(name)),
  ];
}

const folders = environmentFolders(root);
const program = buildProgram({
  terminal: fakeTerminal({ width: 80 }).terminal,
  folders,
  signal: new AbortController().signal,
  site: connectSite(root),
});
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const known: Known = {
  scripts: new Set(Object.keys(manifest.scripts)),
  // The toolchain's own, which bring in what the others need.
  commands: new Set([...program.commands.map((command) => command.name()), "pulumi", "toolchain"]),
  exists: (path) => existsSync(join(root, path)),
};

describe("documents", () => {
  test.each(documents)("$path names what is there", ({ path, text }) => {
    expect(deadNames(path, text, known)).toEqual([]);
  });

  test("a dead link, an unknown script and an unknown command are found", () => {
    const text = "[a](gone.md) [b](README.md#x) [c](https://example.com) npm run nothing npx fieldlake dance";
    expect(deadNames("README.md", text, known)).toEqual(["gone.md", "nothing", "dance"]);
  });
});
