/** Who is told of an alarm in a cloud. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsAccess, type AwsAccess } from "../../../functions/adapters/aws-client.ts";
import { snsNotices } from "../../../functions/adapters/sns-notices.ts";
import { traceNotices } from "../../../functions/adapters/trace-notices.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";

const notice = {
  id: "4be1c0a2d3e4f567-raised",
  body: '{"type":"alarm.raised","data":{"device":"press-1"}}',
  device: "press-1",
  rule: "hot",
  severity: "critical",
  isOver: false,
};

describe("SNS and the device's own topic, against moto", () => {
  let moto: Moto | null = null;
  let access: AwsAccess;
  let topicArn = "";
  let queue = "";
  const query = async (service: "sns" | "sqs", form: Record<string, string>): Promise<string> => {
    const answer = await access.fetch(service, `${access.address(service)}/`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
  const element = (text: string, name: string): string =>
    new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? "";

  beforeAll(async () => {
    moto = await startMoto();
    if (moto === null) return;
    access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    const version = "2010-03-31";
    topicArn = element(
      await query("sns", { Action: "CreateTopic", Version: version, Name: "alarms" }),
      "TopicArn",
    );
    queue = element(
      await query("sqs", { Action: "CreateQueue", Version: "2012-11-05", QueueName: "told" }),
      "QueueUrl",
    );
    const endpoint = topicArn.replace(":sns:", ":sqs:").replace(/alarms$/, "told");
    await query("sns", {
      Action: "Subscribe",
      Version: version,
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: endpoint,
    });
  }, 120_000);
  afterAll(() => moto?.stop());

  test("subscribers get the notice as it is, with what they may filter by", async () => {
    if (moto === null) return;
    const warnings: string[] = [];
    const tell = snsNotices(access, { topicArn, dataEndpoint: moto.endpoint }, (line) => warnings.push(line));
    await tell(notice);
    const received = await query("sqs", { Action: "ReceiveMessage", Version: "2012-11-05", QueueUrl: queue });
    const { Message, Subject, MessageAttributes } = JSON.parse(
      element(received, "Body").replaceAll("&quot;", '"').replaceAll("&amp;", "&"),
    ) as { Message: string; Subject: string; MessageAttributes: Record<string, { Value: string }> };
    expect(Message).toBe(notice.body);
    expect(Subject).toBe("critical: hot of press-1");
    expect(
      Object.fromEntries(Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value])),
    ).toEqual({
      ...{ device: "press-1", rule: "hot", severity: "critical", event: "raised", id: notice.id },
    });
    expect(warnings).toEqual([]);
  });

  test("a topic that is gone is a failure; a device that can't be told is not", async () => {
    if (moto === null) return;
    const warnings: string[] = [];
    const dataEndpoint = moto.endpoint;
    const gone = snsNotices(access, { topicArn: `${topicArn}-gone`, dataEndpoint });
    await expect(gone(notice)).rejects.toThrow(
      /could not publish to the topic .*alarms-gone: HTTP 404, NotFound/,
    );
    const broken: AwsAccess = {
      ...access,
      fetch: (service, url, init) =>
        service === "iotdata" ? Promise.reject(new Error("no route")) : access.fetch(service, url, init),
    };
    await snsNotices(broken, { topicArn, dataEndpoint }, (line) => warnings.push(line))(notice);
    expect(warnings).toEqual([`the device press-1 was not told of ${notice.id}: no route`]);
  });
});

test("on Azure a notice is a line of the trace, by which the alert on alarms knows it", async () => {
  const lines: string[] = [];
  await traceNotices("acme", (line) => lines.push(line))({ ...notice, isOver: true });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      fieldlake: "acme",
      alarm: { id: notice.id, device: "press-1", rule: "hot", severity: "critical", isOver: true },
      notice: { type: "alarm.raised", data: { device: "press-1" } },
    },
  ]);
});
