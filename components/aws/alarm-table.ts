import { getEndpointOutput } from "@pulumi/aws/iot/getEndpoint.js";
import type { Topic } from "@pulumi/aws/sns/topic.js";
import { interpolate, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { alarmRulesFile } from "../../functions/agreements.ts";
import { alarmSettings } from "../../functions/aws-agreements.ts";
import { topicRoot } from "../contracts/secure-ingest.ts";
import type { AlarmArgs } from "../contracts/knowledge-base.ts";
import type { AwsContext } from "./context.ts";
import { createDocumentTable } from "./kept-table.ts";
import { arn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";

/** What a function needs to look after the rules of alarms; nothing where there are none. */
export interface AlarmUse {
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, Input<string>>>;
  readonly data: readonly Statement[];
  readonly keys: readonly Statement[];
}

export const noAlarms: AlarmUse = { files: {}, environment: {}, data: [], keys: [] };

export interface AlarmTable {
  readonly name: Output<string>;
  readonly use: AlarmUse;
}

export interface AlarmTableArgs {
  readonly rules: AlarmArgs["rules"];
  readonly topic: Topic;
  /** The key that the table lies under. */
  readonly keyArn: Input<string>;
  readonly protect: boolean;
}

/** Series that rules watch, what they raised, silences; and who may raise and tell. */
export function createAlarmTable(
  name: string,
  { rules, topic, keyArn, protect }: AlarmTableArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): AlarmTable {
  const table = createDocumentTable(`${name}-alarm-book`, keyArn, protect, opts);
  const { endpointAddress } = getEndpointOutput({ endpointType: "iot:Data-ATS" }, opts);
  const use: AlarmUse = {
    files: { [alarmRulesFile]: JSON.stringify(rules) },
    environment: {
      [alarmSettings.table]: table.name,
      [alarmSettings.topic]: topic.arn,
      [alarmSettings.dataEndpoint]: endpointAddress,
    },
    data: [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
        Resource: arn(context, "dynamodb", interpolate`table/${table.name}`),
      },
      {
        Sid: "TellSubscribers",
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: arn(context, "sns", topic.name),
      },
      {
        Sid: "TellDevice",
        Effect: "Allow",
        Action: "iot:Publish",
        Resource: arn(context, "iot", `topic/${topicRoot}/*/commands/alarm`),
      },
    ],
    keys: [
      useKey(context, "AlarmBook", keyArn, "readWrite", ["dynamodb"]),
      useKey(context, "AlarmTopic", context.key.arn, "readWrite", ["sns"]),
    ],
  };
  return { name: table.name, use };
}
