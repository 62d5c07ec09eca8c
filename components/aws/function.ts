import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import { Function } from "@pulumi/aws/lambda/function.js";
import type { Queue } from "@pulumi/aws/sqs/queue.js";
import { basename } from "node:path";
import { asset, interpolate, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import { codecFolder } from "../../functions/codecs/files.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { permit, serviceRole, useKey } from "./roles.ts";
import { deadLetterQueue } from "./queue.ts";

export interface FunctionArgs {
  readonly description: string;
  readonly bundle: FunctionBundle;
  /** Files beside the bundle, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, Input<string>>>;
  readonly memoryMegabytes: number;
  /** Of disk for what it works with. Default 512. */
  readonly diskMegabytes?: number;
  /** Default `arm64`, which costs a fifth less; compiled code beside the bundle is for `x86_64`. */
  readonly architecture?: "arm64" | "x86_64";
  readonly timeoutSeconds: number;
  /** Of the account's concurrent executions, kept for this function and its limit at once. */
  readonly reservedConcurrency: number;
  readonly permissions: { readonly data: readonly Statement[]; readonly keys: readonly Statement[] };
}

export interface BuiltFunction {
  readonly function: Function;
  readonly role: Role;
  readonly deadLetter: Queue;
}

/** A Lambda with a role, a log group and a dead letter queue of its own; nothing of it is under a key of AWS's. */
export function createFunction(
  name: string,
  args: FunctionArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): BuiltFunction {
  const { bundle, files = {}, permissions } = args;
  const { key, settings } = context;
  const deadLetter = deadLetterQueue(`${name}-dead-letter`, context, opts);
  const logs = new LogGroup(
    `${name}-logs`,
    { kmsKeyId: key.arn, retentionInDays: settings.logRetentionDays },
    opts,
  );
  const role = serviceRole(`${name}-role`, context, "lambda", args.description, opts);
  const granted = permit(
    name,
    role,
    {
      data: [
        {
          Sid: "Log",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: arn(context, "logs", interpolate`log-group:${logs.name}:*`),
        },
        // X-Ray knows no resources: its write actions take no other.
        {
          Sid: "Trace",
          Effect: "Allow",
          Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
          Resource: "*",
        },
        {
          Sid: "DeadLetter",
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: arn(context, "sqs", deadLetter.name),
        },
        ...permissions.data,
      ],
      keys: [useKey(context, "Operate", key.arn, "readWrite", ["lambda", "sqs"]), ...permissions.keys],
    },
    opts,
  );
  const made = new Function(
    name,
    {
      description: args.description,
      runtime: "nodejs24.x",
      architectures: [args.architecture ?? "arm64"],
      handler: "index.handler",
      code: new asset.AssetArchive({
        "index.mjs": new asset.FileAsset(bundle.file),
        // Under the name that the bundle points to: a stack trace then names the source.
        [`${basename(bundle.file)}.map`]: new asset.FileAsset(`${bundle.file}.map`),
        ...Object.fromEntries(
          (bundle.codecs ?? []).map((file) => [
            `${codecFolder}/${basename(file)}`,
            new asset.FileAsset(file),
          ]),
        ),
        ...Object.fromEntries(
          Object.entries(bundle.files ?? {}).map(([file, path]) => [file, new asset.FileAsset(path)]),
        ),
        ...Object.fromEntries(
          Object.entries(files).map(([file, text]) => [file, new asset.StringAsset(text)]),
        ),
      }),
      role: role.arn,
      memorySize: args.memoryMegabytes,
      ...(args.diskMegabytes === undefined ? {} : { ephemeralStorage: { size: args.diskMegabytes } }),
      timeout: args.timeoutSeconds,
      reservedConcurrentExecutions: args.reservedConcurrency,
      environment: { variables: { ...args.environment, NODE_OPTIONS: "--enable-source-maps" } },
      kmsKeyArn: key.arn,
      sourceKmsKeyArn: key.arn,
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logs.name,
        applicationLogLevel: "INFO",
        systemLogLevel: "INFO",
      },
      tracingConfig: { mode: "Active" },
      deadLetterConfig: { targetArn: deadLetter.arn },
    },
    { ...opts, dependsOn: granted },
  );
  return { function: made, role, deadLetter };
}
