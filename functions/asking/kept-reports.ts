/** Reports that a function made on a schedule or because somebody asked, for whoever asks over the API. */
import type { Context } from "hono";
import { nextDue, lastDue, scheduleInWords } from "../../fleet/environment-report/schedule.ts";
import type { ReportList } from "../../site/console/api.ts";
import { NoReportError, reportFile } from "../../site/console/report-desk.ts";
import type { ReportForm } from "../../site/reports/report-forms.ts";
import { reportsFolder } from "../agreements.ts";
import { askedReportId, isAskedFor, keptAmong, momentOf, reportId, reportKey } from "../cloud-report/kept.ts";
import type { ReportRequest } from "../cloud-report/run.ts";
import type { ScheduledReports } from "../cloud-report/scheduled.ts";
import type { LakeReading } from "../lake/day-files.ts";

export interface ReportAnswers {
  list(): Promise<ReportList>;
  /** Null where nobody can be asked for one. */
  readonly make: (() => Promise<ReportList>) | null;
  /** Rejects with NoReportError. */
  file(context: Context, id: string, form: ReportForm): Promise<Response>;
}

export interface KeptReportsArgs extends LakeReading {
  /** Of the curated zone. */
  readonly container: string;
  readonly environment: string;
  readonly declaration: ScheduledReports;
  /** Null where the function of reports runs by its timer alone. */
  readonly ask: ((request: ReportRequest) => Promise<void>) | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds after which a report that is due is missing: it takes minutes, and is tried again. */
const patienceMs = 3_600_000;

/** Of one that was asked for: as long as its function may run, and be tried again. */
const makingMs = 900_000;

export function keptReportsOf(args: KeptReportsArgs): ReportAnswers {
  const { objects, list: listing, container, environment, declaration, ask, now } = args;
  const { schedule, days } = declaration;
  /** By this instance. */
  let askedAt = -Infinity;
  const kept = async () => {
    const listed = await listing.all(container, `${reportsFolder}/`);
    return keptAmong(listed).flatMap(({ id, sizes: { html, pdf } }) => {
      const written = listed.find(({ key }) => key === reportKey(id, "html"));
      if (html === undefined || pdf === undefined || written === undefined) return [];
      const dueAt = isAskedFor(id) ? null : momentOf(id);
      return [{ id, madeAt: written.modifiedMs, dueAt, days, html, pdf }];
    });
  };
  const list = async (): Promise<ReportList> => {
    const reports = await kept();
    const has = (id: string): boolean => reports.some((one) => one.id === id);
    const due = reportId(lastDue(schedule, now() - patienceMs));
    const isAsked = askedAt > -Infinity && !has(askedReportId(askedAt));
    const making = isAsked && now() - askedAt < makingMs;
    const missing =
      isAsked && !making ? askedReportId(askedAt) : reports.length > 0 && !has(due) ? due : null;
    return {
      ...{ now: now(), schedule: scheduleInWords(schedule), nextAt: nextDue(schedule, now()), making },
      failure: missing === null ? null : `the one of ${missing} is not there: the environment's log says why`,
      reports,
    };
  };
  const make = async (request: NonNullable<typeof ask>): Promise<ReportList> => {
    const before = await list();
    if (before.making) return before;
    const at = now();
    await request({ askedAt: at });
    askedAt = at;
    return list();
  };
  return {
    list,
    make: ask === null ? null : () => make(ask),
    async file(context, id, form) {
      if (!(await kept()).some((report) => report.id === id))
        throw new NoReportError(`received ${id}; allowed: the id of a report that is kept`);
      const bytes = await objects.read(container, reportKey(id, form));
      return reportFile(context, { environment, form, bytes, at: momentOf(id) });
    },
  };
}
