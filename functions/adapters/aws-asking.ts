import { reportSettings, type AskingSettings } from "../agreements.ts";
import type { AskingApp } from "../asking/app.ts";
import { functionAsking } from "../asking/function-asking.ts";
import { alarmSettings } from "../aws-agreements.ts";
import type { AwsAccess } from "./aws-client.ts";
import { documentTable } from "./dynamodb-documents.ts";
import { dynamodbRegistry } from "./dynamodb-registry.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { required, type Environment } from "./environment.ts";
import { invokeLater } from "./lambda-invoke.ts";
import { scheduledReports } from "./report-settings.ts";
import { s3List } from "./s3-list.ts";
import { s3Objects } from "./s3.ts";

/** What answers the HTTP API of an AWS environment. Throws an Error that names the variable that is missing. */
export function awsAsking(
  access: AwsAccess,
  env: Environment,
  settings: AskingSettings,
  folder?: string,
): AskingApp {
  const { [alarmSettings.table]: alarms, FLEET_TABLE: fleet, [reportSettings]: declared } = env;
  const { REPORT_FUNCTION: report } = env;
  const environment = required(env, "TENANT");
  return functionAsking({
    ...{ environment, target: "aws", settings, folder },
    ...{ objects: s3Objects(access), list: s3List(access) },
    ...{ curated: required(env, "CURATED_BUCKET"), quarantine: required(env, "QUARANTINE_BUCKET") },
    raw: required(env, "RAW_BUCKET"),
    tokens: documentTable(access, required(env, "TOKEN_TABLE")),
    alarms: alarms === undefined ? null : documentTable(access, alarms),
    registry: fleet === undefined ? null : dynamodbRegistry(access, fleet),
    reports: declared === undefined ? null : scheduledReports(env),
    askForReport: report === undefined ? null : invokeLater(access, report),
    metrics: embeddedMetrics(environment),
  });
}
