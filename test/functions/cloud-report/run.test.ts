/** Runs of a report function over a lake in memory: a fleet of any size, early timers, and runs that end half-way. */
import { expect, test } from "@jest/globals";
import type { CloudSource } from "../../../fleet/environment-report/cloud-facts.ts";
import type { CertificateRecord } from "../../../fleet/registry/model.ts";
import { keptReports } from "../../../functions/cloud-report/kept.ts";
import { runReport, type ReportPorts } from "../../../functions/cloud-report/run.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { day, issuerPem, opened } from "./support.ts";

const monday = Date.UTC(2026, 10, 23, 6);
const issuer = await issuerPem();

const portsOf = (lake: MemoryLake, at: number, source: Partial<CloudSource> = {}): ReportPorts => ({
  ...{ objects: lake.objects, list: lake.list, removal: lake.removal, container: "curated" },
  source: {
    ...{ alarms: null, registry: null, latest: { silentSince: async () => [] }, issuer },
    ...{ files: lake.list, zones: [{ zone: "curated", place: "curated" }], ...source },
  },
  ...{ environment: "acme", complain: () => undefined, now: () => at },
  declaration: { schedule: { every: "week", weekday: "monday", hourUtc: 6 }, days: 7, keep: 2 },
});

test("a timer that is early, late or twice means the same report", async () => {
  const lake = memoryLake(() => monday);
  const runs = [];
  for (const at of [monday - 30_000, monday + 5_000, monday + 6 * day])
    runs.push(await runReport(portsOf(lake, at)));
  expect(runs.map(({ report, isNew }) => [report, isNew])).toEqual([
    ["2026-11-23T06Z", true],
    ["2026-11-23T06Z", false],
    ["2026-11-23T06Z", false],
  ]);
});

test("a run that ended between the forms is ended by the next, and what is not of reports stays", async () => {
  const lake = memoryLake(() => monday);
  lake.stored.set("curated/_reports/notes.txt", { bytes: Buffer.from("mine"), modifiedMs: 0 });
  lake.onStep = (step) => {
    if (step.endsWith("report.html")) throw new Error("killed");
  };
  await expect(runReport(portsOf(lake, monday))).rejects.toThrow("killed");
  expect(await keptReports(lake.list, "curated")).toEqual([
    { id: "2026-11-23T06Z", sizes: { pdf: expect.any(Number) } },
  ]);
  lake.onStep = () => undefined;
  expect((await runReport(portsOf(lake, monday))).isNew).toBe(true);
  for (const weeks of [1, 2]) await runReport(portsOf(lake, monday + weeks * 7 * day));
  expect([...lake.stored.keys()].sort()).toEqual([
    ...["2026-11-30T06Z", "2026-12-07T06Z"].flatMap((id) =>
      ["html", "pdf"].map((form) => `curated/_reports/${id}/report.${form}`),
    ),
    "curated/_reports/notes.txt",
  ]);
});

test("of a fleet of a hundred thousand it lists the first that end and counts the rest", async () => {
  const lake = memoryLake(() => monday);
  const many = 100_000;
  const registry: NonNullable<CloudSource["registry"]> = {
    async *devices() {
      for (let at = 0; at < many; at++) yield {} as never;
    },
    async *certificates() {
      // The soonest comes last.
      for (let at = many; at > 0; at--) {
        const notAfter = new Date(monday + at * 1_000);
        yield { deviceId: `press-${at}`, serial: "0a", notAfter } as CertificateRecord;
      }
    },
  };
  await runReport(portsOf(lake, monday, { registry }));
  const { html, pdf } = await opened(lake, "curated", "2026-11-23T06Z");
  expect(html.match(/press-\d+/g)).toEqual(Array.from({ length: 200 }, (_, at) => `press-${at + 1}`));
  for (const form of [html, pdf]) {
    expect(form).toContain("99,800 more are not listed.");
    expect(form).toContain("100,000");
  }
});
