import type { CloudSource } from "../../fleet/environment-report/cloud-facts.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import { alarmSettings } from "../aws-agreements.ts";
import type { AwsAccess } from "./aws-client.ts";
import { documentTable } from "./dynamodb-documents.ts";
import { dynamodbRegistry } from "./dynamodb-registry.ts";
import { latestStateTable } from "./dynamodb.ts";
import { required, type Environment } from "./environment.ts";
import { s3List } from "./s3-list.ts";

/** Reading needs no retention: what is past it is gone. */
const anyDays = 1;

/** What a report of an AWS environment asks. Throws an Error that names the variable that is missing. */
export function awsReportSource(access: AwsAccess, env: Environment): CloudSource {
  const { [alarmSettings.table]: alarms, FLEET_TABLE: fleet } = env;
  const book =
    alarms === undefined ? null : new CloudBook({ documents: documentTable(access, alarms), now: Date.now });
  return {
    alarms: book === null ? null : (request) => book.list(request),
    latest: latestStateTable(access, required(env, "LATEST_TABLE"), anyDays),
    registry: fleet === undefined ? null : dynamodbRegistry(access, fleet),
    issuer: required(env, "ISSUER_CERTIFICATE"),
    files: s3List(access),
    zones: [
      { zone: "curated", place: required(env, "CURATED_BUCKET") },
      { zone: "quarantine", place: required(env, "QUARANTINE_BUCKET") },
    ],
  };
}
