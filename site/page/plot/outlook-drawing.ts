/** Forecasts and anomalies on a plot's canvas. */
import type uPlot from "uplot";
import type { Outlook } from "../../console/api.ts";
import { translucent } from "./chart-style.ts";

export interface Shown {
  readonly forecast: boolean;
  readonly anomalies: boolean;
}

export interface DrawnOutlook {
  readonly outlook: Outlook;
  readonly scale: string;
  readonly color: string;
  readonly warning: string;
  readonly show: Shown;
}

/** On the canvas, below the cursor; uPlot calls it with every drawing. */
export function drawOutlook(chart: uPlot, { outlook, scale, color, warning, show }: DrawnOutlook): void {
  const { ctx, bbox } = chart;
  const x = (time: number): number => chart.valToPos(time, "x", true);
  const y = (value: number): number => chart.valToPos(value, scale, true);
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const { forecast } = outlook;
  if (show.forecast && forecast !== null) {
    ctx.fillStyle = translucent(color, 0.16);
    ctx.beginPath();
    forecast.time.forEach((time, index) => ctx.lineTo(x(time), y(forecast.upper[index] ?? 0)));
    forecast.time
      .toReversed()
      .forEach((time, index) => ctx.lineTo(x(time), y(forecast.lower.at(-1 - index) ?? 0)));
    ctx.fill();
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    forecast.time.forEach((time, index) => ctx.lineTo(x(time), y(forecast.point[index] ?? 0)));
    ctx.stroke();
  }
  if (show.anomalies) {
    ctx.setLineDash([]);
    ctx.lineWidth = 2 * ratio;
    for (const { from, to, peak, value } of outlook.anomalies) {
      ctx.fillStyle = translucent(warning, 0.14);
      const left = x(from) - 3 * ratio;
      ctx.fillRect(left, bbox.top, Math.max(6 * ratio, x(to) - left + 3 * ratio), bbox.height);
      ctx.strokeStyle = warning;
      ctx.beginPath();
      ctx.arc(x(peak), y(value), 6 * ratio, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }
  ctx.restore();
}
