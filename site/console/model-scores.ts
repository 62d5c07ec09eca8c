/** The models that score, and what they told of devices lately. */
import type { ModelState } from "../scoring/model-scoring.ts";
import { modelVersion, scoreCodec, scoreMetrics } from "../../functions/scoring/score-message.ts";
import type { Models } from "./api.ts";
import { numberOf, numberOrNull, textOf, type LakeQueries } from "./lake-queries.ts";

const recentMs = 86_400_000;
const scoresOfDevice = 60;
const mostDevices = 100;

/** Of the version that is deployed; bounded by the last day, and by so many windows of so many devices. */
const recentScores = `
  SELECT device, time, label, share FROM (
    SELECT device_id AS device, CAST(epoch_us(ts) AS DOUBLE) / 1000 AS time,
      max(value_text) FILTER (WHERE metric = ?) AS label, max(value_double) FILTER (WHERE metric = ?) AS share
    FROM readings WHERE metric IN (?, ?) AND codec = ? AND codec_version = ? AND ts >= make_timestamptz(CAST(? AS BIGINT)) GROUP BY device_id, ts, msg_id)
  WHERE label IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY device ORDER BY time DESC) <= ${scoresOfDevice}
  ORDER BY device, time`;

/** In a cloud nobody counts windows, nor knows up to when arrivals were looked at. */
export type AskedModel = Omit<ModelState, "windows" | "since"> &
  Readonly<Record<"windows" | "since", number | null>>;

export async function readModels(
  queries: LakeQueries,
  models: readonly AskedModel[],
  now: number,
): Promise<Models> {
  const seesAll = queries.scope === undefined;
  const answered: Models["models"][number][] = [];
  for (const { since, trouble, ...model } of models) {
    const { label, share, shares } = scoreMetrics(model);
    const from = Math.floor((now - recentMs) * 1_000);
    const parameters = [label, share, label, share, scoreCodec(model), modelVersion(model), from];
    const rows = await queries.rows(recentScores, parameters, scoresOfDevice * mostDevices);
    const byDevice = Map.groupBy(rows, (row) => textOf(row["device"]));
    answered.push({
      ...model,
      metrics: { label, share, shares },
      lookedUpTo: since === null ? null : since / 1_000,
      // It may name files of the site.
      trouble: seesAll ? trouble : null,
      scores: [...byDevice].map(([device, scores]) => ({
        device,
        recent: scores.map((row) => ({
          time: numberOf(row["time"]),
          label: textOf(row["label"]),
          share: numberOrNull(row["share"]),
        })),
      })),
    });
  }
  return { now, models: answered };
}
