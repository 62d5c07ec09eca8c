import { packHygieneRules } from "../../../policies/rules/pack-hygiene/escapes.ts";
import { retiredServiceRules } from "../../../policies/rules/retired-services/rules.ts";
import { describe, expect, test } from "@jest/globals";
import { findings, resource, type Written } from "../support/stack.ts";

const failing = (one: Written): readonly string[] =>
  findings([...packHygieneRules, ...retiredServiceRules], [one])
    .filter(({ verdict }) => verdict === "fail")
    .map(({ rule }) => rule.id);

describe("ways round the rules", () => {
  test.each([
    ["aws:cloudformation/stack:Stack"],
    ["azure-native:resources/v20240301:Deployment"],
    ["command:local:Command"],
    ["pulumi-nodejs:dynamic:Resource"],
  ])("%s makes what no rule sees", (token) => {
    expect(failing(resource(token, {}))).toEqual(["pack-forbid-escape-hatches"]);
  });
  test.each([["aws-native:s3:Bucket"], ["azure:storage/account:Account"]])(
    "%s is a store that no rule knows",
    (token) => {
      expect(failing(resource(token, {}))).toEqual(["pack-forbid-uncovered-providers"]);
    },
  );
  test.each([
    ["random:index/randomId:RandomId"],
    ["kubernetes:core/v1:ConfigMap"],
    ["aws-native:ec2:Vpc"],
    ["mine:index:Thing"],
  ])("%s is none of the pack's business", (token) => {
    expect(
      findings([...packHygieneRules, ...retiredServiceRules], [resource(token, { url: "http://plain" })]),
    ).toEqual([]);
  });
  test.each([["http://sink/path"], ["mqtt://broker:1883"], ["redis://cache:6379"], ["ws://feed"]])(
    "the plain address %s is found anywhere",
    (address) => {
      expect(failing(resource("aws:ecs/service:Service", { deep: [{ er: { endpoint: address } }] }))).toEqual(
        ["pack-forbid-plain-addresses"],
      );
    },
  );
  test.each([
    [{ description: "see http://intranet" }],
    [{ uri: "http://acs.amazonaws.com/groups/s3/LogDelivery" }],
    [{ schema: "http://json-schema.org/draft-07/schema#" }],
    [{ corsRules: [{ allowedOrigins: ["http://localhost:3000"] }] }],
    [{ url: "https://sink" }],
  ])("%j names no place that data is sent to", (inputs) => {
    expect(failing(resource("aws:ecs/service:Service", inputs))).toEqual([]);
  });
});

describe("services that have ended", () => {
  const flinkSql = resource("aws:kinesisanalytics/analyticsApplication:AnalyticsApplication", {});
  const redis = resource("azure-native:redis:Redis", {});
  const verdict = (one: Written, today: string): readonly string[] =>
    findings(retiredServiceRules, [one], { today }).map((finding) => finding.verdict);

  test("are refused from their day on", () => {
    expect(verdict(flinkSql, "2026-01-26")).toEqual(["pass"]);
    expect(verdict(flinkSql, "2026-01-27")).toEqual(["fail"]);
    expect(verdict(redis, "2026-11-25")).toEqual(["pass"]);
    expect(verdict(redis, "2028-10-01")).toEqual(["fail"]);
  });
  test("are told by a property where only a kind of them ends", () => {
    const account = (kind: string) => resource("azure-native:cognitiveservices:Account", { kind });
    expect(verdict(account("MetricsAdvisor"), "2026-11-25")).toEqual(["fail"]);
    expect(verdict(account("OpenAI"), "2026-11-25")).toEqual([]);
  });
});
