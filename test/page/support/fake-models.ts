/** A model that scores wrist bands, as the site tells of it, and rows of its scores. */
import type { ModelState } from "../../../site/scoring/model-scoring.ts";

export const fakeModels = (now: number, empty: boolean): readonly ModelState[] =>
  empty
    ? []
    : [
        {
          name: "activity",
          sha256: "5d41402abc4b2a76b9719d911017c592ae2c3f1c9f3e5d8f7b6a4c3d2e1f0a9b",
          labels: ["badminton", "running", "standing", "walking"],
          devices: "wrist-*",
          table: "frames_wearable_imu",
          facts: {
            ...{ window: 5_000, step: 2_500, trees: 100 },
            evaluation: {
              confusion: [
                [28, 2, 0, 0],
                [1, 29, 0, 0],
                [0, 0, 30, 0],
                [0, 0, 3, 27],
              ],
              ...{ windows: 120, rightWindows: 114, runs: 40, rightRuns: 40, folds: 40 },
            },
            lineage: {
              source: "frames_wearable_imu by activity",
              sha256: "9a0364b9e99bb480dd25e1f0284c8555fe4b6a4c3d2e1f0a9b5d41402abc4b2a",
              ...{ samples: 4_000, runs: 40, codecs: ["wearable-imu@1"], seed: 1 },
            },
          },
          windows: 4_711,
          since: now * 1_000,
          trouble: null,
        },
      ];

/** As rows of the lake: `labels` one window after the other, the last one ten seconds ago. */
export const fakeScores = (now: number, device: string, labels: readonly string[]): string =>
  labels
    .flatMap((label, index) => {
      const time = `make_timestamptz(${(now - 10_000 - (labels.length - 1 - index) * 2_500) * 1_000})`;
      const common = `'demo' AS tenant, '${device}' AS device_id, ${time} AS ts, ${time} AS ingest_ts, 0 AS quality,
        0 AS flags, '\\x${String(index).padStart(2, "0")}'::BLOB AS msg_id, 'live' AS lane, 'score-activity' AS codec, '5d41402abc4b' AS codec_version`;
      return [
        `INSERT INTO kept_readings BY NAME SELECT ${common}, 'activity_label' AS metric, '${label}' AS value_text`,
        `INSERT INTO kept_readings BY NAME SELECT ${common}, 'activity_share' AS metric, 0.97 AS value_double`,
        `INSERT INTO kept_readings BY NAME SELECT ${common}, 'activity_is_${label}' AS metric, 0.97 AS value_double`,
      ];
    })
    .join(";");
