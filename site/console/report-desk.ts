/** Reports over the API: a list, one made now, one as a file. */
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "hono";
import { scheduleInWords } from "../../fleet/environment-report/schedule.ts";
import type { ReportForm } from "../reports/report-forms.ts";
import type { Reports } from "../reports/reports.ts";
import type { ReportList } from "./api.ts";
import { BusyError } from "./work-limit.ts";

export type OpenReports = Pick<
  Reports,
  "declaration" | "isMaking" | "trouble" | "nextAt" | "list" | "read" | "make"
>;

/** There is no report of that id, or none any more. */
export class NoReportError extends Error {
  override readonly name = "NoReportError";
}

/** Milliseconds until an answer says that the report is still being made. */
const waitMs = 5_000;

interface ReportFile {
  readonly environment: string;
  readonly form: ReportForm;
  readonly bytes: Uint8Array;
  /** That its name tells, milliseconds since 1970. */
  readonly at: number;
}

/** As a download: a browser that opened it here would apply this page's own rules to it. */
export function reportFile(context: Context, { environment, form, bytes, at }: ReportFile): Response {
  const made = new Date(at).toISOString().slice(0, 16).replaceAll(":", "");
  return context.body(new Uint8Array(bytes), 200, {
    "Content-Type": types[form],
    "Content-Length": String(bytes.length),
    "Content-Disposition": `attachment; filename="fieldlake-${environment}-${made}Z.${form}"`,
  });
}

const types: Readonly<Record<ReportForm, string>> = {
  html: "text/html; charset=utf-8",
  pdf: "application/pdf",
};

export class ReportDesk {
  readonly #reports: () => OpenReports | undefined;
  readonly #environment: string;

  /** @param reports undefined while nobody makes any */
  constructor(reports: () => OpenReports | undefined, environment: string) {
    this.#reports = reports;
    this.#environment = environment;
  }

  list(): ReportList {
    const open = this.#open();
    const { schedule } = open.declaration;
    return {
      now: Date.now(),
      schedule: schedule === null ? null : scheduleInWords(schedule),
      nextAt: open.nextAt,
      making: open.isMaking,
      failure: open.trouble,
      reports: open
        .list()
        .map(({ id, madeAt, dueAt, days, sizes }) => ({ id, madeAt, dueAt, days, ...sizes })),
    };
  }

  /** The list, with the new one where that took no longer than a moment. */
  async make(): Promise<ReportList> {
    const waiting = new AbortController();
    const still = pause(waitMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    // Why it failed stands in the list.
    await Promise.race([
      this.#open()
        .make()
        .catch(() => undefined),
      still,
    ]);
    waiting.abort();
    return this.list();
  }

  /** Rejects with {@link NoReportError}. */
  async file(context: Context, id: string, form: ReportForm): Promise<Response> {
    const found = await this.#open().read(id, form);
    if (found === null) throw new NoReportError(`received ${id}; allowed: the id of a report that is kept`);
    return reportFile(context, { ...found, form, environment: this.#environment, at: found.report.madeAt });
  }

  #open(): OpenReports {
    const open = this.#reports();
    if (open === undefined) throw new BusyError("nobody makes reports at the moment: ask again");
    return open;
  }
}
