import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../toolchain/paths.mjs";
import { rememberStackFiles } from "../../toolchain/steps/stack-files.mjs";
import { temporaryFolder, write } from "./fixtures.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const SALT = "v1:KE6Y8Xm09nI=:v1:gDnsnkQLozfS0JIP:kMS4Fchcl9VEbMBEk2f8kEWVZG5Eeg==";
const COMMITTED = `# Everything on this machine.
config:

  fieldlake:target:   local   # aligned
  fieldlake:bindings:
    - { devices: "wrist-*", profile: imu }
`;
/** What the engine makes of it: another layout, and the salt. */
const WRITTEN = `# Everything on this machine.
config:
  fieldlake:target: local # aligned
  fieldlake:bindings:
    - {devices: "wrist-*", profile: imu}
encryptionsalt: ${SALT}
`;

let root: string;
let count = 0;
beforeEach(() => {
  root = join(folder.path, `project-${(count += 1)}`);
  write(file("Pulumi.local-dev.yaml"), COMMITTED);
  write(join(root, "state/.pulumi/stacks/fieldlake/local-dev.json"), JSON.stringify({ salt: SALT }));
  symlinkSync(join(PROJECT_ROOT, "node_modules"), join(root, "node_modules"));
});
const file = (name: string) => join(root, name);
const remember = () => rememberStackFiles(root, join(root, "memory"), join(root, "state"));
const stackFile = () => readFileSync(file("Pulumi.local-dev.yaml"), "utf8");

test("a file that differs only in salt and layout afterwards is put back to the byte", () => {
  const putBack = remember();
  write(file("Pulumi.local-dev.yaml"), WRITTEN);
  putBack();
  expect(stackFile()).toBe(COMMITTED);
  expect(readdirSync(join(root, "memory"))).toEqual([]);
});

test.each([
  ["a value", WRITTEN.replace("target: local", "target: aws"), /target: aws # aligned/],
  ["a comment", WRITTEN.replace("# aligned", "# mine"), /target: local # mine/],
])("what the command changed stays, without the salt: %s", (_what, written, expected) => {
  const putBack = remember();
  write(file("Pulumi.local-dev.yaml"), written);
  putBack();
  expect(stackFile()).toMatch(expected);
  expect(stackFile()).toBe(written.replace(`encryptionsalt: ${SALT}\n`, ""));
});

test("the salt stays where it is needed: with encrypted values, or unknown to the state", () => {
  const encrypted = WRITTEN.replace("target: local", "target:\n    secure: v1:abc");
  const putBack = remember();
  write(file("Pulumi.local-dev.yaml"), encrypted);
  putBack();
  expect(stackFile()).toBe(encrypted);

  write(file("Pulumi.local-dev.yaml"), COMMITTED);
  const putBackOther = remember();
  const other = WRITTEN.replace(SALT, "v1:other:v1:salt");
  write(file("Pulumi.local-dev.yaml"), other);
  putBackOther();
  expect(stackFile()).toBe(other);
});

test("a salt that was in the file before is the user's", () => {
  write(file("Pulumi.local-dev.yaml"), WRITTEN);
  remember()();
  expect(stackFile()).toBe(WRITTEN);
});

test("a new stack's file is left as Pulumi made it, a removed one stays removed", () => {
  const putBack = remember();
  write(file("Pulumi.mine.yaml"), `encryptionsalt: ${SALT}\n`);
  putBack();
  expect(readFileSync(file("Pulumi.mine.yaml"), "utf8")).toContain(SALT);
  expect(existsSync(file("Pulumi.gone.yaml"))).toBe(false);
});

test("what a killed command left is put right by the next one, also one that runs at the same time", () => {
  remember();
  write(file("Pulumi.local-dev.yaml"), WRITTEN);
  const second = remember();
  expect(stackFile()).toBe(COMMITTED);
  write(file("Pulumi.local-dev.yaml"), WRITTEN);
  const third = remember();
  third();
  write(file("Pulumi.local-dev.yaml"), WRITTEN);
  second();
  expect(stackFile()).toBe(COMMITTED);
});
