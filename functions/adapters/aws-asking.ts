import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AskingSettings } from "../agreements.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import { alarmDesk } from "../asking/alarm-desk.ts";
import { askingApp, type AskingApp } from "../asking/app.ts";
import { cloudDevices } from "../asking/devices.ts";
import { functionLake } from "../asking/function-lake.ts";
import { tokenBook } from "../asking/token-book.ts";
import { alarmSettings } from "../aws-agreements.ts";
import type { AwsAccess } from "./aws-client.ts";
import { alarmTable } from "./dynamodb-documents.ts";
import { dynamodbRegistry } from "./dynamodb-registry.ts";
import { required, type Environment } from "./environment.ts";
import { s3List } from "./s3-list.ts";
import { s3Objects } from "./s3.ts";

/** What answers the HTTP API of an AWS environment. Throws an Error that names the variable that is missing. */
export function awsAsking(
  access: AwsAccess,
  env: Environment,
  { profiles, pinned }: AskingSettings,
  folder = join(tmpdir(), "fieldlake-lake"),
): AskingApp {
  const { [alarmSettings.table]: alarms, FLEET_TABLE: fleet } = env;
  const now = Date.now;
  const environment = required(env, "TENANT");
  const lake = functionLake({
    ...{ objects: s3Objects(access), list: s3List(access), tenant: environment, folder },
    containers: [required(env, "CURATED_BUCKET"), required(env, "QUARANTINE_BUCKET")],
  });
  const registry = fleet === undefined ? null : dynamodbRegistry(access, fleet);
  return askingApp({
    ...{ environment, lake, profiles, now },
    fleet: cloudDevices({ lake, registry, pinned, now }),
    tokens: tokenBook(alarmTable(access, required(env, "TOKEN_TABLE"))),
    alarms:
      alarms === undefined ? null : alarmDesk(new CloudBook({ documents: alarmTable(access, alarms), now })),
    complain: (error) => console.error(JSON.stringify({ asking: error.message })),
  });
}
