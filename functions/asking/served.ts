/** What the API of a cloud answers, and what does the rest. */
import type { OperationName } from "../../site/console/contract/operations.ts";
import type { Elsewhere } from "../../site/console/routes.ts";

/** In every cloud. */
export const lakeOperations = [
  ...(["fleet", "rate", "busiest", "latest", "metrics", "series", "outlook", "insights"] as const),
  ...(["search", "quarantine", "schema", "query", "export"] as const),
  ...(["summary", "models", "lake", "environment"] as const),
  ...(["uploadLanes", "uploadState", "uploadPart", "uploadTake"] as const),
] as const satisfies readonly OperationName[];

/** Where the stack has rules of alarms. */
export const alarmOperations = [
  "alarms",
  "acknowledge",
  "silence",
] as const satisfies readonly OperationName[];

/** Where the stack has reports made on a schedule. */
export const reportOperations = ["reports", "report"] as const satisfies readonly OperationName[];

/** Where the function of these can be asked. */
export const askedReportOperations = ["makeReport"] as const satisfies readonly OperationName[];

const replay = "npx fieldlake replay --stack <stack> does it";
const report = "npx fieldlake report --stack <stack> makes one";
const rules = "this environment has no rules: fieldlake:alarms declares them";

export const elsewhere: Elsewhere = {
  ...{ replay, startReplay: replay, reports: report, makeReport: report, report },
  ...{ alarms: rules, acknowledge: rules, silence: rules },
};
