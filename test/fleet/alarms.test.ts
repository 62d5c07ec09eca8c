/** Alarms of a stack in a cloud from the command line, over documents in memory. */
import { describe, expect, test } from "@jest/globals";
import { CloudBook } from "../../functions/alarms/cloud-book.ts";
import { alarmRules, type LimitRule } from "../../functions/core/alarm-rule.ts";
import { cloudDesk, openAlarms } from "../../fleet/commands/alarms/open-alarms.ts";
import { CommandError } from "../../fleet/errors.ts";
import { memoryDocuments } from "../functions/alarms/memory-documents.ts";

const at = Date.UTC(2026, 10, 26);
const [rule] = alarmRules.parse([{ kind: "limit", name: "hot", metric: "temperature", above: 80 }]) as [
  LimitRule,
];

async function desk() {
  const book = new CloudBook({ documents: memoryDocuments(), now: () => at });
  const subject = { device: "press-1", sub: null, metric: "temperature" };
  await book.raise({
    rule,
    subject,
    raisedAt: at * 1_000,
    value: 81,
    detail: "temperature is 81",
    evidence: null,
  });
  return cloudDesk(book);
}

describe("alarms of a cloud", () => {
  test("are listed, acknowledged and silenced as the site's are", async () => {
    const cloud = await desk();
    const { alarms } = await cloud.alarms({ state: "open" });
    expect(alarms).toMatchObject([{ device: "press-1", rule: "hot", acknowledged: null }]);
    const id = String(alarms[0]?.id);
    expect(await cloud.acknowledge({ id, by: "kim" })).toMatchObject({
      acknowledged: { by: "kim", note: "" },
    });
    expect(await cloud.silence({ minutes: 5, by: "kim", reason: "test" })).toMatchObject({
      rule: "*",
      device: "*",
    });
    expect(await cloud.alarms({})).toMatchObject({ unacknowledged: 0, alarms: [{ silenced: true }] });
  });

  test("refuse what the site refuses, by name", async () => {
    const cloud = await desk();
    const mistake = (work: () => Promise<unknown>): Promise<string> =>
      (async () => work())().then(
        () => "nothing",
        (error: unknown) =>
          error instanceof CommandError ? error.message : `no CommandError: ${String(error)}`,
      );
    expect(await mistake(() => cloud.acknowledge({ id: "x", by: "kim" }))).toMatch(
      /^id: received "x"; allowed: the id of an alarm, 16 digits/,
    );
    expect(await mistake(() => cloud.acknowledge({ id: "0".repeat(16), by: "kim" }))).toMatch(
      /allowed: the id of an alarm/,
    );
    expect(await mistake(() => cloud.alarms({ state: "odd" }))).toMatch(/^state: received "odd"/);
    expect(await mistake(() => cloud.silence({ minutes: -1, by: " ", reason: "r" }))).toMatch(
      /minutes: .*; by: /,
    );
  });

  test("of this machine come from its site, without the engine", async () => {
    const site = { alarms: 1 } as never;
    expect(await openAlarms(undefined, { site, folders: {} as never })).toBe(site);
    expect(await openAlarms("local-dev", { site, folders: {} as never })).toBe(site);
  });
});
