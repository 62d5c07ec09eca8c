/** Statements to begin with; they run on every environment. */
export const examples: readonly { readonly title: string; readonly sql: string }[] = [
  {
    title: "Latest values",
    sql: "SELECT device_id, metric, ts, value_double, value_int, value_text, unit\nFROM latest\nORDER BY ts DESC\nLIMIT 50",
  },
  {
    title: "Hourly mean of each metric, last day",
    sql: `SELECT device_id, metric, date_trunc('hour', ts) AS hour, round(avg(value_double), 3) AS mean, count(*) AS n
FROM readings
WHERE ts > now() - INTERVAL 1 DAY AND value_double IS NOT NULL
GROUP BY ALL
ORDER BY hour DESC, device_id, metric
LIMIT 200`,
  },
  {
    title: "Silent longest",
    sql: "SELECT device_id, max(ts) AS newest, now() - max(ts) AS silence\nFROM latest\nGROUP BY device_id\nORDER BY newest\nLIMIT 20",
  },
  {
    title: "Late or clock-suspect readings",
    sql: `SELECT device_id, count(*) AS readings,
  count(*) FILTER (WHERE flags & 1 > 0) AS late,
  count(*) FILTER (WHERE flags & 2 > 0) AS clock_suspect,
  count(*) FILTER (WHERE quality = 2) AS bad
FROM readings
GROUP BY device_id
ORDER BY late + clock_suspect + bad DESC
LIMIT 50`,
  },
  {
    title: "Quarantine by reason",
    sql: "SELECT reason, count(*) AS messages\nFROM quarantine\nGROUP BY reason\nORDER BY messages DESC",
  },
  {
    title: "Rows per minute, busiest first",
    sql: 'SELECT minute, sum("rows") AS rows\nFROM rows_per_minute\nGROUP BY minute\nORDER BY rows DESC\nLIMIT 20',
  },
  {
    title: "Newest quarantined messages",
    sql: "SELECT received_at, device_id, channel, reason, detail, octet_length(payload) AS bytes\nFROM quarantine\nORDER BY received_at DESC\nLIMIT 20",
  },
];
