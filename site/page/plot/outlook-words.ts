/** An outlook in words: below the plot, and for those who don't see it. Pure: no document. */
import type { Metric, Outlook } from "../../console/api.ts";
import { counted, formatTime, formatValue } from "../lib/format.ts";
import { unitText } from "../lib/units.ts";
import { labelOf } from "./metric-key.ts";
import type { Shown } from "./outlook-drawing.ts";

const kinds = { spike: "far off", shift: "stays on one side", stuck: "does not change" } as const;

/** At most one sentence for what comes next, and one for what stood out. */
export function outlookWords(
  metric: Metric,
  { forecast, anomalies }: Outlook,
  show: Shown,
): readonly string[] {
  const unit = unitText(metric.unit);
  const next =
    forecast === null
      ? `${labelOf(metric)}: too few values for a forecast`
      : `${labelOf(metric)}: ${formatValue(forecast.point.at(-1) ?? 0)} ${unit} expected at ${formatTime(forecast.time.at(-1) ?? 0)}, ` +
        `${Math.round(forecast.level * 100)} % between ${formatValue(forecast.lower.at(-1) ?? 0)} and ${formatValue(forecast.upper.at(-1) ?? 0)}; by ${forecast.model}`;
  const [worst] = anomalies.toSorted((a, b) => b.score - a.score);
  const odd =
    worst === undefined
      ? `${labelOf(metric)}: nothing stands out`
      : `${labelOf(metric)}: ${counted(anomalies.length, "anomaly", "anomalies")}, most at ${formatTime(worst.peak)}: ` +
        `${formatValue(worst.value)} ${unit} ${worst.expected === null ? "" : `in place of ${formatValue(worst.expected)} `}(${kinds[worst.kind]})`;
  return [...(show.forecast ? [next] : []), ...(show.anomalies ? [odd] : [])].map((text) =>
    text.replace(/ +/g, " "),
  );
}
