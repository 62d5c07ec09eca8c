/** Services that end are refused from their day on. */
import { expect, test } from "@jest/globals";
import { retiredServiceRules } from "../../../policies/rules/retired-services/rules.ts";
import { findings, resource, type Written } from "../support/stack.ts";

const verdict = (one: Written, today: string): readonly string[] =>
  findings(retiredServiceRules, [one], { today }).map((finding) => finding.verdict);

test.each([
  ["aws:kinesisanalytics/analyticsApplication:AnalyticsApplication", "2026-01-26", "2026-01-27"],
  ["azure-native:redis:Redis", "2028-09-29", "2028-09-30"],
])("%s is let through on %s and refused on %s", (token, before, after) => {
  expect(verdict(resource(token, {}), before)).toEqual(["pass"]);
  expect(verdict(resource(token, {}), after)).toEqual(["fail"]);
});
