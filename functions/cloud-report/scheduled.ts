/** Reports that a cloud makes by itself. */
import type { ReportDeclaration, ReportSchedule } from "../../fleet/environment-report/declaration.ts";

export type ScheduledReports = ReportDeclaration & { readonly schedule: ReportSchedule };

/** Null where no report is made by itself. */
export const scheduled = ({ schedule, ...rest }: ReportDeclaration): ScheduledReports | null =>
  schedule === null ? null : { schedule, ...rest };
