/** What an environment in a cloud tells of itself, by its listing and its settings. */
import { expect } from "@jest/globals";
import type { AskedTarget } from "./asking-conformance.ts";

const sum = (
  of: readonly { readonly files: number; readonly bytes: number }[],
): readonly [number, number] => [
  of.reduce((total, { files }) => total + files, 0),
  of.reduce((total, { bytes }) => total + bytes, 0),
];

export async function toldOfItself({ began, client }: AskedTarget, target: string): Promise<void> {
  const lake = await client({ scopes: ["environment", "values"] });
  const { zones, tables, days = [], files, since, pipeline, log } = await lake.ask("lake", {});
  expect(zones.map(({ zone }) => zone)).toEqual(["curated", "quarantine"]);
  const names = tables.map(({ table }) => table);
  expect(names).toEqual(expect.arrayContaining(["quarantine", "readings"]));
  expect(sum(zones)).toEqual(sum(tables));
  expect(sum(days)).toEqual(sum(tables));
  const [count, bytes] = sum(zones);
  expect([count, files.length]).toEqual([files.length, count]);
  expect(files.reduce((total, file) => total + file.bytes, 0)).toBe(bytes);
  const hour = Math.floor(began / 3_600_000) * 3_600_000;
  expect(files).toContainEqual(expect.objectContaining({ zone: "curated", rows: null, from: hour }));
  expect([since, pipeline, log, new Set(tables.map(({ rows }) => rows))]).toEqual([
    null,
    null,
    null,
    new Set([null]),
  ]);
  const summary = await lake.ask("summary", {});
  expect(summary).toMatchObject({
    ...{ environment: "acme", target, stored: { files: count, bytes }, pageVersion: null, broker: null },
    fleet: { online: null, silent: null },
  });
  expect(summary.fleet.total).toBeGreaterThan(0);
  expect((await lake.ask("models", {})).models).toEqual([]);
}
