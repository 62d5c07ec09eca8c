import type { Tell } from "../alarms/tell.ts";
import { topicOf } from "../core/envelope.ts";
import type { AwsAccess } from "./aws-client.ts";

/** Of an SNS subject: ASCII without line breaks, at most 99 characters (Amazon SNS API reference, "Publish"). */
const mostSubject = 99;
const version = "2010-03-31";

export interface NoticeTargets {
  readonly topicArn: string;
  /** Host of the account's MQTT data endpoint: tells the device itself. */
  readonly dataEndpoint: string;
}

/**
 * To the environment's SNS topic, then to the device's own MQTT topic. A device that can't be told is not waited for: the
 * alarm is in the book. Rejects with an Error that names the topic.
 */
export function snsNotices(
  { fetch, address }: AwsAccess,
  { topicArn, dataEndpoint }: NoticeTargets,
  warn: (message: string) => void = (message) => console.warn(message),
): Tell {
  return async ({ id, body, device, rule, severity, isOver }) => {
    const attributes = { device, rule, severity, event: isOver ? "cleared" : "raised", id };
    const form = new URLSearchParams({
      Action: "Publish",
      Version: version,
      TopicArn: topicArn,
      Subject: `${severity}: ${rule} of ${device}${isOver ? " is over" : ""}`.slice(0, mostSubject),
      Message: body,
    });
    Object.entries(attributes).forEach(([name, value], index) => {
      const entry = `MessageAttributes.entry.${index + 1}`;
      form.set(`${entry}.Name`, name);
      form.set(`${entry}.Value.DataType`, "String");
      form.set(`${entry}.Value.StringValue`, value);
    });
    const answer = await fetch("sns", `${address("sns")}/`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    if (!answer.ok) {
      const code = /<Code>([^<]+)<\/Code>/.exec(await answer.text())?.[1] ?? "no code";
      throw new Error(`could not publish to the topic ${topicArn}: HTTP ${answer.status}, ${code}`);
    }
    const topic = topicOf({ deviceId: device, channel: "commands/alarm" });
    try {
      const told = await fetch("iotdata", `${dataEndpoint}/topics/${encodeURIComponent(topic)}?qos=1`, {
        method: "POST",
        body,
      });
      if (!told.ok) warn(`the device ${device} was not told of ${id}: HTTP ${told.status}`);
    } catch (error) {
      warn(`the device ${device} was not told of ${id}: ${(error as Error).message}`);
    }
  };
}
