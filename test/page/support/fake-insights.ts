/** The statements that fill the fake lake's tables of insights. */
const columns =
  "tenant, insight, insight_version, kind, device_id, metric, ts, until, detail, rows, codec, model, evidence";

const quoted = (value: string): string => `'${value.replaceAll("'", "''").replaceAll("\u0000", "")}'`;

/** `markup`: what a hostile device calls itself; null for none. `now` in milliseconds. */
export function fakeInsights(now: number, markup: readonly [name: string, text: string] | null): string[] {
  const row = (
    name: string,
    kind: string,
    device: string,
    minutes: number,
    detail: string,
    model: string | null,
  ) =>
    `INSERT INTO kept_insights (${columns}) SELECT 'demo', ${quoted(name)}, 2, '${kind}', ${quoted(device)}, 'temperature',
      make_timestamptz(${(now - minutes * 60_000) * 1000}), make_timestamptz(${(now - minutes * 30_000) * 1000}),
      ${quoted(detail)}, 720, 'machine-json@1', ${model === null ? "NULL" : quoted(model)}, 'e1'`;
  return [
    row("hot", "limit", "press-json-01", 90, "temperature was 91.4, above 80", null),
    row(
      "odd",
      "anomaly",
      "room-senml-01",
      200,
      "temperature was 60; expected was 20.5 (spike)",
      "detector@2",
    ),
    row("gaps", "gap", "wrist-02", 300, "no value of accel_x for 45 minutes", null),
    ...(markup === null ? [] : [row("hot", "limit", markup[0], 400, markup[1], markup[0])]),
    `INSERT INTO kept_insight_evidence SELECT 'demo', '', make_timestamptz(${now * 1000}), 'e1', 'insight/hot/2026-01-01',
      'rollups_1m', 'curated/rollups_1m/dt=2026-01-01/hr=00/' || i || '.parquet', repeat('ab', 32), 60 FROM range(2) t(i)`,
  ];
}
