import { Dashboard } from "@pulumi/aws/cloudwatch/dashboard.js";
import { all, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { metricDimension, metricNamespace } from "../../functions/aws-agreements.ts";
import { physicalName } from "../shared/naming.ts";
import type { Watched } from "./alarms.ts";
import type { AwsContext } from "./context.ts";
import { nameRules } from "./names.ts";

type Metric = readonly (string | { readonly label?: string; readonly stat?: string })[];

/** Twenty-four columns wide; three graphs a row. */
const width = 8;
const height = 6;

/** What arrived, what became of it, how late, and what failed; answers the address of the page. */
export function createDashboard(
  name: string,
  { environment, stream, deadLetters }: Watched,
  { region }: AwsContext,
  opts: CustomResourceOptions,
): Output<string> {
  const own = (metric: string, label: string): Metric => [
    metricNamespace,
    metric,
    metricDimension,
    environment,
    { label },
  ];
  const body = all([stream.lag.dimensions, deadLetters]).apply(([lagDimensions, queues]) => {
    const graphs: readonly [title: string, stat: string, metrics: readonly Metric[]][] = [
      [
        "Messages and rows",
        "Sum",
        [own("Messages", "messages"), own("Readings", "readings"), own("Frames", "frames")],
      ],
      [
        "Not decoded, repeated, remarked on",
        "Sum",
        [own("Quarantined", "quarantined"), own("Repeats", "repeats"), own("Warnings", "warnings")],
      ],
      ["Age of rows when they land, seconds", "Maximum", [own("FreshnessSeconds", "freshness")]],
      [
        `Waiting in the stream, ${stream.lag.unit}`,
        "Maximum",
        [[stream.lag.namespace, stream.lag.metric, ...Object.entries(lagDimensions).flat()]],
      ],
      [
        "Silent devices; days left of the issuer",
        "Maximum",
        [own("SilentDevices", "silent devices"), own("IssuerDaysLeft", "issuer, days")],
      ],
      ["Files of devices", "Sum", [own("FilesTaken", "taken"), own("FilesRefused", "refused")]],
      [
        "Insights worked out or failed, windows scored",
        "Sum",
        [
          own("InsightUnits", "hours and days of insights"),
          own("InsightFailures", "failed"),
          own("ScoredWindows", "windows"),
        ],
      ],
      [
        "Dead letters",
        "Maximum",
        Object.entries(queues).map(([what, queue]) => [
          "AWS/SQS",
          "ApproximateNumberOfMessagesVisible",
          "QueueName",
          queue,
          { label: what },
        ]),
      ],
    ];
    return JSON.stringify({
      widgets: graphs.map(([title, stat, metrics], index) => ({
        type: "metric",
        x: (index % 3) * width,
        y: Math.floor(index / 3) * height,
        width,
        height,
        properties: { title, region, stat, period: 300, view: "timeSeries", metrics },
      })),
    });
  });
  const dashboardName = physicalName(nameRules.dashboard, "fieldlake", environment);
  const dashboard = new Dashboard(`${name}-dashboard`, { dashboardName, dashboardBody: body }, opts);
  const home = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return dashboard.dashboardName.apply((its) => `${home}#dashboards/dashboard/${its}`);
}
