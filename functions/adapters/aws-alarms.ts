import { alarmSettings } from "../aws-agreements.ts";
import type { AwsAccess } from "./aws-client.ts";
import { cloudAlarms, type CloudAlarms } from "./cloud-alarms.ts";
import { documentTable } from "./dynamodb-documents.ts";
import { required, type Environment } from "./environment.ts";
import { snsNotices } from "./sns-notices.ts";

/** Null where the environment has no rules. @param folder where the bundle and its rules lie */
export function awsAlarms(folder: string, access: AwsAccess, env: Environment): CloudAlarms | null {
  const table = env[alarmSettings.table];
  if (table === undefined) return null;
  const tell = snsNotices(access, {
    topicArn: required(env, alarmSettings.topic),
    dataEndpoint: `https://${required(env, alarmSettings.dataEndpoint)}`,
  });
  return cloudAlarms(folder, documentTable(access, table), tell, Date.now);
}
