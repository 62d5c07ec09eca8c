import { afterEach, describe, expect, test } from "@jest/globals";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  endpointOf,
  pageLink,
  parseOutputs,
  runFolderFromOutputs,
  type StackOutputs,
} from "../../fleet/outputs.ts";
import { explainPulumiFailure, isStackMissing, resourceChanges, runPulumi } from "../../fleet/pulumi.ts";

const failed = (output: string) => ({ exitCode: 255, stdout: "", output });

describe("why the engine failed", () => {
  test.each([
    [
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end",
      "pulumi up: another pulumi command is at work on the stack local-dev",
      5,
    ],
    [
      "error: [409] Conflict: Another update is currently in progress.",
      "pulumi up: another pulumi command is at work on the stack local-dev",
      5,
    ],
    [
      "error: incorrect passphrase",
      "pulumi up: the passphrase does not open the secrets of the stack local-dev",
      1,
    ],
    [
      "error: listen EADDRINUSE: address already in use 127.0.0.1:8883",
      "pulumi up: port 8883 is taken by another program",
      1,
    ],
    [
      "error: the broker cannot listen on 127.0.0.1:18901: the port is in use; stop what listens there, or set another one (fieldlake:local.mqttPort and fieldlake:local.host)",
      "pulumi up: port 18901 is taken by another program",
      1,
    ],
    ["error: ENOSPC: no space left on device, write", "the disk is full: pulumi up could not write", 1],
    ["error: something new", "pulumi up failed (exit code 255); what it printed above says why", 1],
  ])("%s", (output, message, exitCode) => {
    const error = explainPulumiFailure("pulumi up", failed(output));
    expect(error).toMatchObject({ message, exitCode });
    expect(error.advice.length).toBeGreaterThan(0);
  });

  test("a port that is taken comes with the commands that choose another", () => {
    const { advice } = explainPulumiFailure(
      "pulumi up",
      failed("EADDRINUSE: address already in use ::1:8484"),
    );
    expect(advice).toContain(
      "npm run pulumi -- config set --stack local-dev --path fieldlake:local.mqttPort 18883",
    );
  });

  test("a missing stack is told from other faults", () => {
    expect(isStackMissing(failed("error: no stack named 'local-dev' found"))).toBe(true);
    expect(isStackMissing(failed("error: boom"))).toBe(false);
  });
});

test("counts what changed, from the last summary that the engine printed", () => {
  const preview = "\nResources:\n    + 9 to create\n";
  expect(
    resourceChanges(
      `${preview}\nResources:\n    + 7 created\n    ~ 1 updated\n    +-2 replaced\n    60 unchanged\n`,
    ),
  ).toEqual({ changed: 10, unchanged: 60 });
  expect(resourceChanges(`${preview}\nResources:\n    70 unchanged\n\nDuration: 3s\n`)).toEqual({
    changed: 0,
    unchanged: 70,
  });
  expect(resourceChanges("")).toEqual({ changed: 0, unchanged: 0 });
});

describe("running the engine", () => {
  const folders: string[] = [];
  const path = process.env["PATH"];
  afterEach(() => {
    process.env["PATH"] = path;
    folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  });

  function engine(script: string): string {
    const folder = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
    folders.push(folder);
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
    process.env["PATH"] = `${folder}:${path}`;
    return folder;
  }

  test("passes its output on as it comes, and keeps it without colours", async () => {
    const cwd = engine('printf "\\033[32m$*\\033[0m\\n"; echo "error: no" >&2; exit 3');
    const shown: string[] = [];
    const run = await runPulumi(["up", "--yes"], {
      cwd,
      color: true,
      onOutput: (text) => void shown.push(text),
    });
    expect(run.exitCode).toBe(3);
    expect(run.output).toContain("up --yes --color always --non-interactive\n");
    expect(run.output).toContain("error: no\n");
    expect(run.stdout).not.toContain("error");
    expect(shown.join("")).toContain("\u001b[32m");
  });

  test("says what to do where there is no engine", async () => {
    process.env["PATH"] = "/nonexistent";
    await expect(runPulumi(["up"], { cwd: tmpdir() })).rejects.toMatchObject({
      message: "pulumi is not on PATH",
      exitCode: 1,
    });
  });
});

describe("the stack's outputs", () => {
  const outputs = {
    environment: "demo",
    mqttEndpoint: { host: "127.0.0.1", port: 8883, trustBundle: "PEM" },
    topicRoot: "devices",
    devices: { "wrist-01": { profile: null, certificate: "PEM", privateKey: "PEM" } },
    rawUri: "file:///srv/lake%20one/lake/raw",
    dashboardUrl: "http://127.0.0.1:8484/",
    dashboardToken: "s3cr+t",
  } satisfies StackOutputs;

  test("lead to the run folder, the endpoint and the page", () => {
    const parsed = parseOutputs(JSON.stringify({ ...outputs, more: 1 }));
    expect(runFolderFromOutputs(parsed)).toBe("/srv/lake one/run");
    expect(endpointOf(parsed)).toMatchObject({ host: "127.0.0.1", port: 8883, topicRoot: "devices" });
    expect(pageLink(parsed)).toBe("http://127.0.0.1:8484/?token=s3cr%2Bt");
  });

  test("that are missing are named; a stack without any was never brought up", () => {
    expect(() =>
      parseOutputs(JSON.stringify({ ...outputs, mqttEndpoint: {}, dashboardToken: undefined })),
    ).toThrow(
      "the stack local-dev is not whole: outputs mqttEndpoint.host, mqttEndpoint.port, mqttEndpoint.trustBundle, dashboardToken are missing or not as expected",
    );
    expect(() => parseOutputs("{}")).toThrow("there is no environment on this machine yet");
  });
});
