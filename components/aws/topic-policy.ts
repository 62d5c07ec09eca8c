import { interpolate, type Output } from "@pulumi/pulumi";
import { topicRoot } from "../contracts/secure-ingest.ts";
import { physicalName } from "../shared/naming.ts";
import type { AwsContext } from "./context.ts";
import { arn, nameRules } from "./names.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

/** Resolves to the thing that is named as the client is, and that the connecting certificate is attached to. */
const thing = "${iot:Connection.Thing.ThingName}";

/** The kinds of topic that a device writes; the ingest rules read the same ones. */
export const topicKinds = {
  telemetry: "telemetry",
  stream: "telemetry/+",
  events: "events",
  status: "status",
  ack: "commands/+/ack",
} as const;
export type TopicKind = keyof typeof topicKinds;

/** Devices write it into Basic Ingest topics. */
export const ruleName = (environment: string, kind: TopicKind): string =>
  physicalName(nameRules.topicRule, environment, kind);

/** Devices write it into the credential URL. */
export const uploadAlias = (environment: string): string =>
  physicalName(nameRules.roleAlias, environment, "upload");

/** Basic Ingest skips the broker, so only for what nobody but the platform listens to. */
export const basicIngestPrefix = (environment: string): string =>
  `$aws/rules/${ruleName(environment, "telemetry")}`;

/**
 * The one policy of all devices (AWS IoT allows 2,048 characters, blanks not counted): a device connects as the thing
 * its certificate is attached to, and reaches nothing outside `devices/<its id>/`.
 */
export function devicePolicy(environment: string, context: AwsContext): Output<string> {
  const own = `${topicRoot}/${thing}`;
  const topic = (name: string) => arn(context, "iot", `topic/${name}`);
  const statements: Statement[] = [
    {
      Sid: "Connect",
      Effect: "Allow",
      Action: "iot:Connect",
      Resource: arn(context, "iot", `client/${thing}`),
      Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } },
    },
    {
      Sid: "Publish",
      Effect: "Allow",
      Action: "iot:Publish",
      Resource: [
        topic(`${own}/telemetry`),
        topic(`${own}/telemetry/*`),
        topic(`${own}/events`),
        topic(`${own}/status`),
        topic(`${own}/commands/*/ack`),
        ...(context.settings.basicIngest
          ? [topic(`${basicIngestPrefix(environment)}/${own}/telemetry`)]
          : []),
      ],
    },
    { Sid: "Retain", Effect: "Allow", Action: "iot:RetainPublish", Resource: topic(`${own}/status`) },
    {
      Sid: "Subscribe",
      Effect: "Allow",
      Action: "iot:Subscribe",
      Resource: arn(context, "iot", `topicfilter/${own}/commands/*`),
    },
    { Sid: "Receive", Effect: "Allow", Action: "iot:Receive", Resource: topic(`${own}/commands/*`) },
    {
      Sid: "Upload",
      Effect: "Allow",
      Action: "iot:AssumeRoleWithCertificate",
      Resource: arn(context, "iot", interpolate`rolealias/${uploadAlias(environment)}`),
    },
  ];
  return policyDocument(statements);
}
