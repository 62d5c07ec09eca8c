import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { LoggingOptions } from "@pulumi/aws/iot/loggingOptions.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { arn, iotLogGroup } from "./names.ts";
import { permit, serviceRole } from "./roles.ts";

/** Warnings and errors of IoT Core, once an account and region, into a log group that is encrypted before the first line. */
export function createBrokerLog(name: string, context: AwsContext, opts: CustomResourceOptions): void {
  const logs = new LogGroup(
    `${name}-logs`,
    { name: iotLogGroup, kmsKeyId: context.key.arn, retentionInDays: context.settings.logRetentionDays },
    opts,
  );
  const role = serviceRole(`${name}-log-role`, context, "iot", "writes the broker's log", opts);
  const granted = permit(
    `${name}-log`,
    role,
    {
      data: [
        {
          Sid: "Log",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: arn(context, "logs", `log-group:${iotLogGroup}:*`),
        },
      ],
      keys: [],
    },
    opts,
  );
  new LoggingOptions(
    `${name}-logging`,
    { defaultLogLevel: "WARN", disableAllLogs: false, roleArn: role.arn },
    { ...opts, dependsOn: [...granted, logs] },
  );
}
