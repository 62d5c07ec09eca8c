import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportSettings, type AskingSettings } from "../agreements.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import { alarmDesk } from "../asking/alarm-desk.ts";
import { askingApp, type AskingApp } from "../asking/app.ts";
import { cloudDevices } from "../asking/devices.ts";
import { functionLake } from "../asking/function-lake.ts";
import { keptReportsOf } from "../asking/kept-reports.ts";
import { tokenBook } from "../asking/token-book.ts";
import { alarmSettings } from "../aws-agreements.ts";
import type { AwsAccess } from "./aws-client.ts";
import { alarmTable } from "./dynamodb-documents.ts";
import { dynamodbRegistry } from "./dynamodb-registry.ts";
import { required, type Environment } from "./environment.ts";
import { scheduledReports } from "./report-settings.ts";
import { s3List } from "./s3-list.ts";
import { s3Objects } from "./s3.ts";

/** What answers the HTTP API of an AWS environment. Throws an Error that names the variable that is missing. */
export function awsAsking(
  access: AwsAccess,
  env: Environment,
  { profiles, pinned }: AskingSettings,
  folder = join(tmpdir(), "fieldlake-lake"),
): AskingApp {
  const { [alarmSettings.table]: alarms, FLEET_TABLE: fleet, [reportSettings]: declared } = env;
  const now = Date.now;
  const environment = required(env, "TENANT");
  const reading = { objects: s3Objects(access), list: s3List(access) };
  const curated = required(env, "CURATED_BUCKET");
  const lake = functionLake({
    ...{ ...reading, tenant: environment, folder },
    containers: [curated, required(env, "QUARANTINE_BUCKET")],
  });
  const registry = fleet === undefined ? null : dynamodbRegistry(access, fleet);
  return askingApp({
    ...{ environment, lake, profiles, now },
    fleet: cloudDevices({ lake, registry, pinned, now }),
    tokens: tokenBook(alarmTable(access, required(env, "TOKEN_TABLE"))),
    alarms:
      alarms === undefined ? null : alarmDesk(new CloudBook({ documents: alarmTable(access, alarms), now })),
    reports:
      declared === undefined
        ? null
        : keptReportsOf({
            ...reading,
            container: curated,
            environment,
            declaration: scheduledReports(env),
            now,
          }),
    complain: (error) => console.error(JSON.stringify({ asking: error.message })),
  });
}
