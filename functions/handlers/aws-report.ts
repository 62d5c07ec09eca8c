/** Lambda on a schedule, and where the API asks for one: a report of the environment into the lake, as HTML and PDF. Bundled by functions/build.ts. */

import { awsReportSource } from "../adapters/aws-report-source.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { required, type Environment } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { scheduledReports } from "../adapters/report-settings.ts";
import { s3List } from "../adapters/s3-list.ts";
import { s3Objects, s3Removal } from "../adapters/s3.ts";
import { runReport, type ReportPorts, type ReportRun } from "../cloud-report/run.ts";

/** What `over` names takes the place of what the environment says. */
export function handlerOf(
  env: Environment,
  over: Partial<ReportPorts> = {},
): (event?: unknown) => Promise<ReportRun> {
  const access = awsAccess(env);
  const ports: ReportPorts = {
    ...{ objects: s3Objects(access), list: s3List(access), removal: s3Removal(access) },
    source: awsReportSource(access, env),
    ...{ container: required(env, "CURATED_BUCKET"), environment: required(env, "TENANT") },
    ...{ declaration: scheduledReports(env), complain: console.error, now: Date.now },
    ...over,
  };
  return (event) => runReport(ports, event);
}

export const handler = lazily(() => handlerOf(process.env));
