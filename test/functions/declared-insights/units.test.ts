import { describe, expect, test } from "@jest/globals";
import { insightDeclaration } from "../../../functions/declared-insights/declaration.ts";
import { dueUnits, emptiedUnits, type Part, type Unit } from "../../../functions/declared-insights/units.ts";

const hour = 3_600_000_000;
const day = 24 * hour;
const midnight = Date.parse("2026-03-10T00:00:00Z") * 1000;
const declaration = insightDeclaration.parse({
  declared: [
    { kind: "anomaly", name: "odd" },
    { kind: "late", name: "late" },
  ],
});

const part = (table: string, from: number, sha256: string, derived?: Part["derived"]): Part => ({
  ...{ table, path: `${table}/${sha256}`, rows: 1, sha256, shape: "" },
  ...{ minTs: from + 1, maxTs: from + 2, ...(derived && { derived }) },
});

/** What a computation of these leaves behind. */
function results(units: readonly Unit[]): Part[] {
  return units.flatMap(({ kind, from, unit, basis }) => {
    const tables = { hour: ["rollups_1m", "rollups_1h"], day: ["rollups_1d"], insight: ["insights"] }[kind];
    return tables.map((table) => part(table, from, `${table} ${basis}`, { unit, basis }));
  });
}

/** Files after everything that is due was computed, and the names of what was. */
function settled(files: readonly Part[], now: number): { files: readonly Part[]; done: string[] } {
  const done: string[] = [];
  for (;;) {
    const [next] = dueUnits(files, declaration, now).units;
    if (next === undefined) return { files, done };
    done.push(next.unit);
    files = [...files.filter(({ derived }) => derived?.unit !== next.unit), ...results([next])];
  }
}

const readings = [part("readings", midnight, "a"), part("readings", midnight + hour, "b")];
const quarantined = part("quarantine", midnight, "q");
const later = midnight + 2 * hour;

describe("what is due", () => {
  test("hours before days before insights, and nothing a second time", () => {
    const first = settled([...readings, quarantined], later);
    expect(first.done).toEqual([
      ...["hour/2026-03-10T01", "hour/2026-03-10T00", "day/2026-03-10"],
      // The hour that ended just now is not judged yet.
      ...["insight/late/now", "insight/odd/2026-03-10"],
    ]);
    expect(settled(first.files, later).done).toEqual([]);
    expect(settled(first.files, later + 120_000_000).done).toEqual(["insight/odd/2026-03-10"]);
  });

  test("a file that comes late concerns its hour, its day and what is judged of it", () => {
    const { files } = settled(readings, midnight + day + hour);
    const late = settled([...files, part("readings", midnight, "c")], midnight + day + hour);
    expect(late.done).toEqual(["hour/2026-03-10T00", "day/2026-03-10", "insight/odd/2026-03-10"]);
    const merged = files.filter(({ table }) => table !== "readings");
    expect(
      settled([...merged, part("readings", midnight, "a"), part("readings", midnight + hour, "d")], later)
        .done[0],
    ).toBe("hour/2026-03-10T01");
  });

  test("what retention takes is not computed from what is left", () => {
    const { files } = settled(readings, later);
    const less = [...files.filter(({ sha256 }) => sha256 !== "a"), part("readings", midnight, "late")];
    const names = dueUnits(less, declaration, later, midnight + hour).units.map(({ unit }) => unit);
    expect(names).not.toContain("hour/2026-03-10T00");
    expect(dueUnits(less, declaration, later).units[0]?.unit).toBe("hour/2026-03-10T00");
  });

  test("an hour whose values a replay took away loses its results; one that retention has begun to take keeps them", () => {
    const { files } = settled(readings, later);
    const less = files.filter(({ sha256 }) => sha256 !== "a");
    expect(emptiedUnits(files, declaration, later)).toEqual([]);
    expect(emptiedUnits(less, declaration, later)).toEqual(["hour/2026-03-10T00"]);
    expect(emptiedUnits(less, declaration, later, midnight + hour)).toEqual([]);
  });

  test("another declaration makes its own results due, and results of none go", () => {
    const { files } = settled(readings, midnight + day);
    const changed = insightDeclaration.parse({ declared: [{ kind: "anomaly", name: "odd", version: 2 }] });
    const { units, gone } = dueUnits(files, changed, midnight + day);
    expect(units.map(({ unit }) => unit)).toEqual(["insight/odd/2026-03-10"]);
    expect(gone).toEqual(["insight/late/now"]);
  });

  test("detectors learn from the three days before, and no more", () => {
    const early = [1, 2, 3, 4].map((days) => part("readings", midnight - days * day, `d${days}`));
    const { files } = settled([...early, ...readings], midnight + day);
    const less = files.filter(({ derived }) => derived?.unit !== "insight/odd/2026-03-10");
    const [unit] = dueUnits(less, declaration, midnight + day).units;
    expect(unit?.history.map(({ minTs }) => Math.floor((midnight - minTs) / day) + 1)).toEqual([1, 2, 3]);
  });
});
