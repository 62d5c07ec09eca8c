import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../toolchain/paths.mjs";
import {
  compareVersions,
  GO_BUILT_LANGUAGE_HOST,
  GO_BUILT_PULUMI,
  MINIMUM_GO,
  MINIMUM_NODE,
  MINIMUM_PULUMI,
  NODE_PACKAGES,
  versionIn,
} from "../../toolchain/versions.mjs";

describe("comparing versions", () => {
  test.each([
    ["3.220.0", "3.220.0", 0],
    ["v3.220.0", "3.220.0", 0],
    ["3.99.0", "3.220.0", -1],
    ["3.220.1", "3.220.0", 1],
    ["4.0.0", "3.220.9", 1],
    ["go1.24.7", "1.24.7", 0],
    ["go1.9", "1.24.7", -1],
    ["1.24", "1.24.0", 0],
    ["go1.25rc1", "1.25.0", -1],
    ["3.221.0-alpha.1", "3.221.0", -1],
    ["3.221.0-alpha.1", "3.220.0", 1],
    ["22.18.0", "22.6.0", 1],
  ])("%s against %s", (left, right, expected) => {
    expect(Math.sign(compareVersions(left, right))).toBe(expected);
    expect(Math.sign(compareVersions(right, left))).toBe(-expected + 0);
  });

  test("what is no version is refused with what was given", () => {
    expect(() => compareVersions("latest", "3.0.0")).toThrow('not a version: "latest"');
  });

  test("finds the version in what a tool prints", () => {
    expect(versionIn("go version go1.26.8 linux/amd64")).toBe("1.26.8");
    expect(versionIn("v3.220.0\nwarning: a new version\n")).toBe("3.220.0");
    expect(versionIn("command not found")).toBeUndefined();
  });
});

describe("the pinned versions fit together", () => {
  const goMod = (module: string) =>
    readFileSync(join(PROJECT_ROOT, "toolchain/engine", module, "go.mod"), "utf8");

  test("go.mod names the engine and the host that versions.mjs names", () => {
    expect(goMod("pulumi")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${GO_BUILT_PULUMI} `);
    expect(goMod("language-nodejs")).toContain(`github.com/pulumi/pulumi/sdk/v3 v${GO_BUILT_LANGUAGE_HOST} `);
    expect(goMod("pulumi")).toMatch(new RegExp(`^go ${MINIMUM_GO}$`, "m"));
  });

  test("go.sum pins every module and nothing else", () => {
    for (const module of ["pulumi", "language-nodejs"]) {
      const lines = readFileSync(join(PROJECT_ROOT, "toolchain/engine", module, "go.sum"), "utf8").trimEnd();
      expect(lines.split("\n").filter((line) => !/^\S+ v\S+ h1:[A-Za-z0-9+/]{43}=$/.test(line))).toEqual([]);
    }
  });

  test("the engine that is built is one that would be accepted on PATH", () => {
    expect(compareVersions(GO_BUILT_PULUMI, MINIMUM_PULUMI)).toBeGreaterThanOrEqual(0);
  });

  test.each(Object.entries(NODE_PACKAGES))("Node for %s is new enough and pinned", (_system, pinned) => {
    expect(compareVersions(pinned.version, MINIMUM_NODE)).toBeGreaterThan(0);
    expect(pinned.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  });
});
