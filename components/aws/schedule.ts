import { Schedule } from "@pulumi/aws/scheduler/schedule.js";
import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import type { BuiltFunction } from "./function.ts";
import { arn } from "./names.ts";
import { permit, serviceRole, useKey } from "./roles.ts";

export interface Timing {
  /** What its role does. */
  readonly starts: string;
  readonly description: string;
  /** When, as EventBridge Scheduler writes it. */
  readonly expression: string;
}

export const everyMinutes = (minutes: number): string =>
  minutes === 1 ? "rate(1 minute)" : `rate(${minutes} minutes)`;

/** Starts a function by the clock, under the schedule's name; what could not be started goes to the function's own dead letters. */
export function onSchedule(
  name: string,
  built: BuiltFunction,
  { starts, description, expression }: Timing,
  context: AwsContext,
  opts: CustomResourceOptions,
): void {
  const role = serviceRole(`${name}-role`, context, "scheduler", starts, opts);
  const granted = permit(
    name,
    role,
    {
      data: [
        {
          Sid: "Invoke",
          Effect: "Allow",
          Action: "lambda:InvokeFunction",
          Resource: arn(context, "lambda", interpolate`function:${built.function.name}`),
        },
        {
          Sid: "DeadLetter",
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: arn(context, "sqs", built.deadLetter.name),
        },
      ],
      keys: [useKey(context, "Operate", context.key.arn, "readWrite", ["scheduler", "sqs"])],
    },
    opts,
  );
  new Schedule(
    name,
    {
      description: `Fieldlake: ${description}`,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: context.key.arn,
      target: {
        arn: built.function.arn,
        roleArn: role.arn,
        input: "{}",
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 600 },
        deadLetterConfig: { arn: built.deadLetter.arn },
      },
    },
    { ...opts, dependsOn: granted },
  );
}
