/** A report of a real lake: what it says of devices, volume and quarantine, and that nothing of a device becomes markup. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ListedAlarm } from "../../functions/alarms/alarm.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { report } from "../../fleet/commands/report/report.ts";
import { reportContent } from "../../fleet/environment-report/content.ts";
import { reportFacts } from "../../fleet/environment-report/facts.ts";
import { reportPdf } from "../../fleet/environment-report/pdf.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import type { DeviceState } from "../../site/ports.ts";
import { pdfText } from "../support/pdf-text.ts";
import { storeFolder, type Store } from "../site/store/support.ts";
import { fakeTerminal } from "./support/terminal.ts";

const micros = (days: number): number => (Date.now() + days * 86_400_000) * 1000;
const device = (deviceId: string, given: Partial<DeviceState> = {}): DeviceState => ({
  deviceId,
  profile: "machine-json",
  pinned: false,
  connected: false,
  online: null,
  lastSeen: micros(-0.1),
  revoked: false,
  certificateNotAfter: micros(80),
  ...given,
});
const fleet = [
  device("press-01", { connected: true }),
  device("press-02", { lastSeen: micros(-3) }),
  device("press-03", { lastSeen: null, certificateNotAfter: micros(5) }),
  device("press-04", { lastSeen: micros(-9), certificateNotAfter: micros(1), revoked: true }),
  device("press-05", { profile: "<img src=x onerror=alert(1)>", lastSeen: micros(-2) }),
];

const alarm: ListedAlarm = {
  id: "4be1c0a2d3e4f567",
  rule: "hot",
  ruleVersion: 1,
  kind: "limit",
  severity: "critical",
  device: "press-01",
  sub: null,
  metric: "temperature",
  raisedAt: micros(-0.1),
  clearedAt: null,
  value: 91,
  evidence: null,
  detail: "temperature is 91, above 80 \u2103",
  silenced: false,
  acknowledged: { at: micros(-0.05), by: "kim", note: "" },
};

const place = storeFolder();
const folder = mkdtempSync(join(tmpdir(), "fieldlake-report-"));
let store: Store;
let site: Pick<SiteConnection, "health" | "status" | "query" | "alarms">;
beforeAll(async () => {
  store = await place.open();
  const now = Date.now();
  await store.send("press-01", { seq: 1, ts: now, temperature: 1 }, { seq: 2, ts: now, temperature: 2 });
  await store.send("press-02", { seq: 1, ts: now, temperature: 3 }, "{not json", "{nor this");
  await store.lake.flush();
  site = {
    health: async () => ({
      pid: 1,
      version: "0",
      startedAt: "",
      modules: {
        lake: { state: "running" },
        alarms: { state: "running" },
        broker: { state: "failed", error: "port <in> use" },
      },
    }),
    status: async () => ({
      fleet,
      broker: null,
      log: store.log.stats(),
      lake: await store.lake.stats(),
    }),
    query: (sql, options) => store.lake.query(sql, options),
    alarms: async ({ state, limit }) => {
      expect(limit).toBe(100);
      const ended = [
        { ...alarm, rule: "was-hot", clearedAt: micros(-0.02) },
        { ...alarm, rule: "long-ago", raisedAt: micros(-8), clearedAt: micros(-7.5) },
      ];
      const alarms = state === "open" ? [alarm] : [alarm, ...ended];
      return { now: Date.now(), matching: 101, open: 101, unacknowledged: 1, alarms, silences: [] };
    },
  };
}, 60_000);
afterAll(async () => {
  await store.close();
  place.remove();
  rmSync(folder, { recursive: true });
});

const context = () => ({
  terminal: fakeTerminal({ width: 80 }).terminal,
  site: site as SiteConnection,
  folders: environmentFolders(folder),
});
/** Texts of the cells of each row of a section. */
function rowsOf(html: string, title: string): string[][] {
  const section = html.split("<section>").find((part) => part.startsWith(`<h2>${title}`)) ?? "";
  const rows = [...section.matchAll(/<tr>(<td.*?)<\/tr>/g)];
  return rows.map(([, cells = ""]) =>
    [...cells.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, text = ""]) => text),
  );
}

test("the report says who is silent, what ends, what came in and what was refused", async () => {
  const file = join(folder, "week.html");
  await report({ html: file, days: 7 }, context());
  const html = readFileSync(file, "utf8");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(rowsOf(html, "Modules")).toEqual([["broker", "failed", "port &lt;in&gt; use"]]);
  expect(rowsOf(html, "Alarms").map(([, ...told]) => told)).toEqual([
    ["critical", "press-01", "hot: temperature is 91, above 80 \u2103", "kim"],
    ["critical", "press-01", "was-hot: temperature is 91, above 80 \u2103", "kim", expect.any(String)],
  ]);
  expect(html).toContain("The newest 100 of 101.");
  const [sums, ...silent] = rowsOf(html, "Devices");
  expect(sums).toEqual(["5", "1", "3", "1"]);
  expect(silent.map(([id]) => id)).toEqual(["press-02", "press-03", "press-05"]);
  expect(rowsOf(html, "Certificates").map(([id]) => id)).toEqual(["press-03"]);
  expect(rowsOf(html, "Rows by day").map(([, ...sum]) => sum)).toEqual([["3", "2"]]);
  expect(rowsOf(html, "Quarantine").map(([id, reason, , messages]) => [id, reason, messages])).toEqual([
    ["press-02", "not-well-formed", "2"],
  ]);
  expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(html).not.toMatch(/<(img|script)/);
});

test("as PDF it says the same, and no character of a device reads as another one", async () => {
  const file = join(folder, "week.pdf");
  await report({ pdf: file, days: 7 }, context());
  const bytes = readFileSync(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  const text = pdfText(bytes);
  for (const said of [
    "Fieldlake report, page 1 of",
    "press-03",
    "not-well-formed",
    "<img src=x",
    "\\u{2103}",
    "kim",
  ])
    expect(text).toContain(said);
  const facts = await reportFacts(site, 7, 1_773_100_800_000);
  const again = () => reportPdf(reportContent(facts), facts.at);
  expect(await again()).toEqual(await again());
  await expect(report({ days: 7 }, context())).rejects.toThrow("received no file to write");
});

test("a file that is there is not written over", async () => {
  const file = join(folder, "kept.html");
  await report({ html: file, days: 1 }, context());
  const before = readFileSync(file);
  await expect(report({ html: file, days: 7 }, context())).rejects.toThrow(/--html .*kept\.html: .*EEXIST/);
  expect(readFileSync(file)).toEqual(before);
});

test("what a cloud kept is asked of a stack in a cloud", async () => {
  const of = { days: 7, html: join(folder, "none.html") };
  await expect(report({ ...of, list: true }, context())).rejects.toThrow("--list: received no stack");
  await expect(report({ ...of, kept: "newest", stack: "local-dev" }, context())).rejects.toThrow(
    "--kept: received no stack in a cloud; allowed: with --stack NAME",
  );
});
