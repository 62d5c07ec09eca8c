import { afterEach, describe, expect, test } from "@jest/globals";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../fleet/commands/start.ts";
import { runFolderOf } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { wholeEnvironment } from "./support/environment.ts";
import { fakeTerminal } from "./support/terminal.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function setUp(...args: Parameters<typeof wholeEnvironment>) {
  const environment = await wholeEnvironment(...args);
  closers.push(() => environment.close());
  const run = async (options: Partial<Parameters<typeof start>[0]> = {}) => {
    const screen = fakeTerminal();
    const error: unknown = await start(
      { speed: null, samples: true, ...options },
      {
        terminal: screen.terminal,
        folders: environment.folders,
        signal: new AbortController().signal,
        site: connectSite(runFolderOf(environment.folders)),
      },
    ).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return { text: screen.output(), error };
  };
  return { environment, run };
}

describe("fieldlake start", () => {
  test("sends everything once; again, and again without its note, it stores nothing twice", async () => {
    const { environment, run } = await setUp();
    const first = await run();
    expect(first.error).toBeNull();
    expect(first.text).toContain(
      "15 devices sent 1,214 messages, all acknowledged: 1,209 new, 3 quarantined, 2 duplicates dropped",
    );
    expect(first.text).toContain("nothing changed: all 70 resources are as declared");
    expect(first.text).toMatch(/press, JSON +40\/40 acknowledged/);
    expect(first.text).toMatch(/│ badminton +│ +\d+\.\d+ │ +1000 │ +10 │/);
    expect(first.text).toContain("http://127.0.0.1:8484/?token=token-of-the-test");

    const second = await run();
    expect(second.error).toBeNull();
    expect(second.text).toMatch(/all acknowledged: 0 new, 0 quarantined, [\d,]+ duplicates dropped/);
    expect(second.text).toContain("nothing was stored twice");
    const answers = (text: string) =>
      text.slice(text.indexOf("How strongly"), text.indexOf("What does each"));
    expect(answers(second.text)).toBe(answers(first.text));

    rmSync(join(environment.folders.environment, "samples.json"));
    const third = await run();
    expect(third.error).toBeNull();
    expect(third.text).toContain("nothing was stored twice");
  });

  test("finds that an acknowledged message was lost", async () => {
    let lost = 0;
    const { run } = await setUp(({ topic }) => topic === "devices/wrist-07/telemetry" && (lost += 1) === 50);
    const { error, text } = await run();
    expect(error).toMatchObject({ exitCode: 4 });
    expect((error as Error).message).toContain("1 acknowledged message not in the lake, of wrist-07");
    expect(text).toContain("Summary");
  });

  test("--no-samples brings the environment up only", async () => {
    const { run } = await setUp();
    const { error, text } = await run({ samples: false });
    expect(error).toBeNull();
    expect(text).toContain("none sent (--no-samples)");
    expect(text).not.toContain("How strongly");
  });

  test("sends nothing to a site that is not healthy", async () => {
    const { environment, run } = await setUp();
    environment.modules.lake.state = "failed";
    const { error, text } = await run();
    expect(error).toMatchObject({ message: "the site is not healthy: lake is failed", exitCode: 1 });
    expect(text).not.toContain("Sending");
  });
});
