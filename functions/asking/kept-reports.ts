/** Reports that a function made on a schedule, for whoever asks over the API. */
import type { Context } from "hono";
import { nextDue, lastDue, scheduleInWords } from "../../fleet/environment-report/schedule.ts";
import type { ReportList } from "../../site/console/api.ts";
import { NoReportError, reportFile } from "../../site/console/report-desk.ts";
import type { ReportForm } from "../../site/reports/report-forms.ts";
import { reportsFolder } from "../agreements.ts";
import { keptAmong, reportId, reportKey } from "../cloud-report/kept.ts";
import type { ScheduledReports } from "../cloud-report/scheduled.ts";
import type { LakeReading } from "../lake/day-files.ts";

export interface ReportAnswers {
  list(): Promise<ReportList>;
  /** Rejects with NoReportError. */
  file(context: Context, id: string, form: ReportForm): Promise<Response>;
}

export interface KeptReportsArgs extends LakeReading {
  /** Of the curated zone. */
  readonly container: string;
  readonly environment: string;
  readonly declaration: ScheduledReports;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds after which a report that is due is missing: it takes minutes, and is tried again. */
const patienceMs = 3_600_000;

export function keptReportsOf(args: KeptReportsArgs): ReportAnswers {
  const { objects, list, container, environment, declaration, now } = args;
  const { schedule, days } = declaration;
  const kept = async () => {
    const listed = await list.all(container, `${reportsFolder}/`);
    return keptAmong(listed).flatMap(({ id, sizes: { html, pdf } }) => {
      const written = listed.find(({ key }) => key === reportKey(id, "html"));
      if (html === undefined || pdf === undefined || written === undefined) return [];
      return [{ id, madeAt: written.modifiedMs, dueAt: dueAt(id), days, html, pdf }];
    });
  };
  return {
    async list() {
      const reports = await kept();
      const due = lastDue(schedule, now() - patienceMs);
      const isMissing = reports.length > 0 && !reports.some(({ id }) => id === reportId(due));
      return {
        now: now(),
        schedule: scheduleInWords(schedule),
        nextAt: nextDue(schedule, now()),
        making: false,
        failure: isMissing
          ? `the one of ${reportId(due)} is not there: the environment's log says why`
          : null,
        reports,
      };
    },
    async file(context, id, form) {
      if (!(await kept()).some((report) => report.id === id))
        throw new NoReportError(`received ${id}; allowed: the id of a report that is kept`);
      const bytes = await objects.read(container, reportKey(id, form));
      return reportFile(context, { environment, form, bytes, at: dueAt(id) });
    },
  };
}

/** As its id has it: `2026-11-26T06Z`. */
const dueAt = (id: string): number => Date.parse(`${id.slice(0, 13)}:00:00Z`);
