/** The statements that make the fake lake's tables, with the columns and views of the real ones. */
import { duckdbDdl, frameTable, quarantineTable, readingsTable } from "../../../functions/core/table.ts";
import { evidenceTable, insightsTable } from "../../../functions/declared-insights/tables.ts";
import { latestView, rateView } from "../../../site/store/views.ts";
import { fakeInsights } from "./fake-insights.ts";

const imu = frameTable({
  name: "frames_wearable_imu",
  columns: ["accel_x", "accel_y", "accel_z", "gyro_x", "gyro_y", "gyro_z"].map((name) => ({
    name,
    unit: null,
  })),
});

/** What the hostile device calls itself; the page must show it as text. */
export const hostileName = `<img src=x onerror="globalThis.pwned=1">`;
export const hostileText = `</td><script>globalThis.pwned=1</script>"'\`&amp;\u202e\u0000`;

interface Sensor {
  readonly device: string;
  readonly sub?: string;
  readonly metric: string;
  readonly unit: string;
  /** Seconds between two values, and how long back the first one lies. */
  readonly every: number;
  readonly span: number;
  /** SQL over `s`, seconds since 1970. */
  readonly value: string;
}

const day = 86_400;
const noise = (amplitude: number): string => `(hash(s) % 1000 / 1000.0 - 0.5) * ${amplitude}`;

const rooms: Sensor[] = ["room-senml-01", "room-senml-02", "room-cbor-01"].flatMap((device, index) => [
  {
    device,
    metric: "temperature",
    unit: "Cel",
    every: 10,
    span: day,
    value: `${20.5 + index} + 2.4 * sin(s / 13750.0 + ${index}) + ${noise(0.3)}`,
  },
  {
    device,
    metric: "humidity",
    unit: "%RH",
    every: 10,
    span: day,
    value: `${46 - 3 * index} + 6 * cos(s / 13750.0) + ${noise(1.2)}`,
  },
  {
    device,
    metric: "co2",
    unit: "ppm",
    every: 60,
    span: day,
    value: `620 + 180 * sin(s / 6875.0 + ${index}) + ${noise(25)}`,
  },
]);

const sensors: Sensor[] = [
  ...rooms,
  ...["1", "2"].map((sub) => ({
    device: "tracker-lpp-01",
    sub,
    metric: "temperature",
    unit: "Cel",
    every: 60,
    span: day,
    value: `${8 * Number(sub)} + 3 * sin(s / 9000.0)`,
  })),
  {
    device: "tracker-lpp-01",
    metric: "battery_voltage",
    unit: "V",
    every: 60,
    span: day,
    value: `3.9 - (s % 86400) / 172800.0`,
  },
  {
    device: "press-json-01",
    metric: "temperature",
    unit: "Cel",
    every: 5,
    span: day / 4,
    value: `61 + 9 * sin(s / 1200.0) + ${noise(1.5)}`,
  },
  {
    device: "press-json-01",
    metric: "vibration",
    unit: "m/s2",
    every: 5,
    span: day / 4,
    value: `abs(1.8 * sin(s / 31.0)) + ${noise(0.6)}`,
  },
];

const provenance = (codec: string): string =>
  `0 AS quality, 0 AS flags, NULL AS seq, ts AS ingest_ts, '\\x01\\x02'::BLOB AS msg_id, 'live' AS lane, '${codec}' AS codec, '1' AS codec_version`;

const text = (value: string | undefined): string =>
  value === undefined ? "NULL" : `'${value.replaceAll("'", "''").replaceAll("\u0000", "")}'`;

function sensorRows({ device, sub, metric, unit, every, span, value }: Sensor, now: number): string {
  const last = Math.floor(now / 1000 / every) * every;
  return `INSERT INTO kept_readings BY NAME
    SELECT 'demo' AS tenant, '${device}' AS device_id, ${text(sub)} AS sub_device, to_timestamp(s) AS ts, '${metric}' AS metric,
      ${value} AS value_double, '${unit}' AS unit, ${provenance(device.replace(/-\d+$/, ""))}
    FROM (SELECT ${last} - i * ${every} AS s FROM range(${Math.floor(span / every)}) t(i))`;
}

/** One value of each other kind, as the newest of its series. */
function otherKinds(now: number): string[] {
  const row = (device: string, metric: string, column: string, value: string, quality = 0): string =>
    `INSERT INTO kept_readings BY NAME SELECT 'demo' AS tenant, ${text(device)} AS device_id, ${text(metric)} AS metric,
      to_timestamp(${(now - 4000) / 1000}) AS ts, ${value} AS ${column}, ${provenance("press-json").replace("0 AS quality", `${quality} AS quality`)}`;
  return [
    row("press-json-01", "cycles", "value_int", "9007199254740993"),
    row("press-json-01", "state", "value_text", "'forming'"),
    row("press-json-01", "running", "value_bool", "true"),
    row("press-json-01", "signature", "value_bytes", "'\\xDE\\xAD\\xBE\\xEF'::BLOB"),
    row("press-json-01", "pressure", "value_double", "NULL", 2),
    row("press-json-01", "torque", "value_double", "'NaN'::DOUBLE"),
  ];
}

/** Somebody who stands, walks, runs and plays for minutes at a time: each is stronger than the one before. */
const frames = (now: number): string => `INSERT INTO kept_frames_wearable_imu BY NAME
  SELECT 'demo' AS tenant, format('wrist-{:02}', w) AS device_id, to_timestamp(t) AS ts,
    0.3 * w + strength * sin(t * 5.3 + w) + jitter * (hash(t, w) % 1000 / 1000.0 - 0.5) AS accel_x,
    -1.1 + 0.6 * strength * cos(t * 5.3) + jitter * (hash(t, w, 1) % 1000 / 1000.0 - 0.5) AS accel_y,
    1.4 + 0.4 * strength * sin(t * 10.6) + jitter * (hash(t, w, 2) % 1000 / 1000.0 - 0.5) AS accel_z,
    0.8 * strength * sin(t * 2.6) AS gyro_x, 0.5 * strength * cos(t * 2.6) AS gyro_y, 0.2 * sin(t * 0.5) AS gyro_z,
    ${provenance("wearable-imu")}
  FROM (
    SELECT w, t, [0.03, 0.25, 0.9, 1.6][1 + CAST(floor(t / 420 + w) AS BIGINT) % 4] AS strength, 0.05 + 0.4 * strength AS jitter
    FROM (SELECT w, ${Math.floor(now / 1000)} - i * 0.1 AS t FROM range(1, 4) a(w), range(36000) b(i))
  )`;

/** Rows of `LakeReader.files`: an hour of a table makes a file, a day of messages one of the raw zone. */
export const fakeFilesQuery = [
  ["readings", "curated/readings", 9.4, "hour"],
  ["frames_wearable_imu", "curated/frames_wearable_imu", 31.2, "hour"],
  ["frames_wearable_imu", "raw", 21.9, "day"],
  ["(SELECT received_at AS ts FROM quarantine)", "quarantine", 240, "day"],
]
  .map(
    ([source, folder, bytesARow, step]) => `
    SELECT '${folder}' AS folder,
      format('${folder}/dt={}/hr={}/{}.parquet', strftime(step, '%Y-%m-%d'), strftime(step, '%H'), md5(step::VARCHAR || '${folder}')) AS path,
      CAST(count(*) AS DOUBLE) AS rows, CAST(floor(count(*) * ${bytesARow}) + 812 AS DOUBLE) AS bytes,
      CAST(epoch_us(min(ts)) AS DOUBLE) AS oldest, CAST(epoch_us(max(ts)) AS DOUBLE) AS newest
    FROM (SELECT ts, date_trunc('${step}', ts) AS step FROM ${source}) GROUP BY step`,
  )
  .join(" UNION ALL ");

export function fakeTables({
  now,
  empty,
  hostile,
}: {
  now: number;
  empty: boolean;
  hostile: boolean;
}): string[] {
  const rows = empty
    ? []
    : [
        ...sensors.map((sensor) => sensorRows(sensor, now)),
        ...[
          ...otherKinds(now),
          frames(now),
          ...fakeInsights(now, hostile ? [hostileName, hostileText] : null),
        ],
      ];
  const markup = `INSERT INTO kept_readings BY NAME SELECT ${text(hostileName)} AS tenant, ${text(hostileName)} AS device_id,
    ${text(hostileText)} AS sub_device, ${text(hostileText)} AS metric, to_timestamp(${now / 1000} - i) AS ts,
    CASE WHEN i > 0 THEN i END AS value_double, CASE WHEN i = 0 THEN ${text(hostileText)} END AS value_text,
    ${text(hostileName)} AS unit, ${provenance("x")} FROM range(10) t(i)`;
  // As in the real lake, what is queried are views.
  const tables = [readingsTable, imu, quarantineTable, insightsTable, evidenceTable].flatMap((table) => [
    duckdbDdl(table, `kept_${table.name}`),
    `CREATE VIEW ${table.name} AS SELECT * FROM kept_${table.name}`,
  ]);
  return [...tables, ...rows, ...(hostile ? [markup] : []), latestView([imu]), rateView([imu])];
}
