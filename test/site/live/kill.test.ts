/** The shorter form of the soaks in test/soak: those run for as long as one likes. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { runKillSoak } from "../../soak/kill.ts";

test("kill -9 while devices publish and files are written: each acknowledged message is there exactly once", async () => {
  const { lost, doubled, quarantined, acknowledged, found } = await runKillSoak({
    messages: 8000,
    kills: 3,
    seed: 11,
  });
  expect({ lost, doubled, quarantined, acknowledged }).toEqual({
    lost: 0,
    doubled: 0,
    quarantined: 16,
    acknowledged: 8000,
  });
  expect(found.steady).toBeLessThan(3);
}, 120_000);

test("a kill at any step of a flush, a release, a replay and a compaction: each acknowledged message is there exactly once", async () => {
  const child = spawn(process.execPath, ["test/soak/crash-points.ts"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const [printed, faults] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([await ended, faults]).toEqual([0, ""]);
  // What the moments are is part of the promise: before and within the commit, the move of a segment, files of a replay, a compaction.
  for (const moment of [
    /lake-\d+-\d+-before-rename-readings/,
    /lake-\d+-\d+-half-write-journal/,
    /lake-\d+-\d+-before-rm-[0-9a-f]+\.parquet/,
    /main-\d+-before-rename-\d+\.log/,
    /main-\d+-before-rm-[0-9a-f]+\.parquet/,
  ]) {
    expect(printed).toMatch(moment);
  }
}, 120_000);
