/** Reports as the site would make them, made at once. */
import { reportDeclaration } from "../../../fleet/environment-report/declaration.ts";
import { lastDue, nextDue } from "../../../fleet/environment-report/schedule.ts";
import type { OpenReports } from "../../../site/console/report-desk.ts";
import type { KeptReport } from "../../../site/reports/report-book.ts";

const schedule = { every: "day", hourUtc: 6 } as const;

export function fakeReports({ now, empty = false }: { now: number; empty?: boolean }): OpenReports {
  const files = {
    html: Buffer.from("<!doctype html><p>all is well"),
    pdf: Buffer.from("%PDF-1.7 all is well"),
  };
  const sizes = { html: files.html.length, pdf: files.pdf.length };
  const dueAt = lastDue(schedule, now);
  const reports: KeptReport[] = empty
    ? []
    : [{ id: "00000000000000aa", madeAt: dueAt + 40_000, dueAt, days: 7, sizes }];
  return {
    declaration: reportDeclaration.parse(empty ? {} : { schedule }),
    isMaking: false,
    trouble: null,
    nextAt: empty ? null : nextDue(schedule, now),
    list: () => reports,
    async read(id, form) {
      const report = reports.find((one) => one.id === id);
      return report === undefined ? null : { report, bytes: files[form] };
    },
    async make() {
      const id = reports.length.toString(16).padStart(16, "0");
      const made = { id, madeAt: Date.now(), dueAt: null, days: 7, sizes };
      reports.unshift(made);
      return made;
    },
  };
}
