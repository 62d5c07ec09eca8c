import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { controlSocket, makeSocketFolder } from "../../../site/control-socket.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-socket-"));
const runtime = process.env["XDG_RUNTIME_DIR"];
beforeAll(() => {
  process.env["XDG_RUNTIME_DIR"] = folder;
});
afterAll(() => {
  if (runtime === undefined) delete process.env["XDG_RUNTIME_DIR"];
  else process.env["XDG_RUNTIME_DIR"] = runtime;
  rmSync(folder, { recursive: true, force: true });
});

test("is in the run folder, or for a long path in a folder that only the user may enter", () => {
  expect(controlSocket("/data/run")).toBe("/data/run/control.sock");
  const socket = controlSocket(`/${"long/".repeat(30)}run`);
  expect(dirname(dirname(socket))).toBe(folder);
  expect(socket).not.toBe(controlSocket(`/${"long/".repeat(31)}run`));
  makeSocketFolder(socket);
  makeSocketFolder(socket);
  chmodSync(dirname(socket), 0o770);
  makeSocketFolder(socket);
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
});

(process.getuid?.() === 0 ? test : test.skip)(
  "never in a folder that another user prepared (needs root)",
  () => {
    const socket = controlSocket(`/${"long/".repeat(32)}run`);
    rmSync(dirname(socket), { recursive: true });
    mkdirSync(dirname(socket), { mode: 0o700 });
    chownSync(dirname(socket), 12_345, 12_345);
    expect(() => makeSocketFolder(socket)).toThrow(/belongs to another user \(12345\)/);
  },
);
