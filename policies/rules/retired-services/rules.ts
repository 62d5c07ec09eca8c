/** Services that end are not built upon. */
import type { Rule } from "../../kit/rule.ts";
import { fail, pass } from "../../kit/verdict.ts";
import type { View } from "../../kit/view.ts";
import { type Retirement, retirements } from "./dates.ts";

const concerning = (view: View): Retirement | undefined =>
  retirements.find(
    ({ types, only }) =>
      types.includes(view.resource.type) &&
      (only === undefined || only.is.includes(String(view.value(only.property)))),
  );
const retiredRule = (target: "aws" | "azure", prefix: string): Rule => ({
  id: `${target}-services-forbid-retired`,
  theme: "retired-services",
  description: "Nothing is built on a service that has ended or is closed to new customers",
  severity: "medium",
  types: [...new Set(retirements.flatMap(({ types }) => types))].filter((type) => type.startsWith(prefix)),
  controls: ["NIST SP 800-53 SA-22"],
  why: "Nobody mends its flaws, and one day it is gone with the data.",
  fix: "move to what the message names instead",
  concerns: (view) => concerning(view) !== undefined,
  check: (view, { today }) => {
    const retirement = concerning(view);
    if (retirement === undefined || retirement.date > today) return [pass("", "in service")];
    const { service, kind, date, instead, source } = retirement;
    const state = kind === "ends" ? "which ended" : "which closed to new customers";
    return [fail("", `${service}, ${state} on ${date} (${source})`, instead)];
  },
  example:
    target === "aws"
      ? {
          violation: "new aws.kinesisanalytics.AnalyticsApplication(…)",
          fixed: "new aws.kinesisanalyticsv2.Application(…)",
        }
      : { violation: "new timeseriesinsights.Gen2Environment(…)", fixed: "new kusto.Cluster(…)" },
});

export const retiredServiceRules: readonly Rule[] = [
  retiredRule("aws", "aws:"),
  retiredRule("azure", "azure-native:"),
];
