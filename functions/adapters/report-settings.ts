import { reportSettings } from "../agreements.ts";
import type { ScheduledReports } from "../cloud-report/scheduled.ts";
import { required, type Environment } from "./environment.ts";

/** What is declared, checked when the environment was composed. Throws an Error that names the variable. */
export const scheduledReports = (env: Environment): ScheduledReports =>
  JSON.parse(required(env, reportSettings)) as ScheduledReports;
