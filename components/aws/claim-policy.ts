import type { Output } from "@pulumi/pulumi";
import { answersTo, claimClientPrefix, createTopic, provisionTopic } from "../../fleet/claim/topics.ts";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";
import { policyDocument } from "./policy-document.ts";

/**
 * What the holder of a claim may do: ask for a certificate by a request of its own (never for a key that AWS makes), and
 * to become a device by the one template that has the hook. Its client id can be no device's.
 */
export function claimPolicy(template: string, context: AwsContext): Output<string> {
  const asks = [createTopic, provisionTopic(template)];
  const answers = asks.flatMap(answersTo);
  const iot = (kind: "client" | "topic" | "topicfilter", name: string) =>
    arn(context, "iot", `${kind}/${name}`);
  return policyDocument([
    {
      Sid: "Connect",
      Effect: "Allow",
      Action: "iot:Connect",
      Resource: iot("client", `${claimClientPrefix}*`),
    },
    { Sid: "Ask", Effect: "Allow", Action: "iot:Publish", Resource: asks.map((one) => iot("topic", one)) },
    {
      Sid: "Subscribe",
      Effect: "Allow",
      Action: "iot:Subscribe",
      Resource: answers.map((one) => iot("topicfilter", one)),
    },
    {
      Sid: "Hear",
      Effect: "Allow",
      Action: "iot:Receive",
      Resource: answers.map((one) => iot("topic", one)),
    },
  ]);
}
