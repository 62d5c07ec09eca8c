/** What was found, in words, and where it leads. Pure: no document. */
import type { Search } from "../../console/api.ts";
import { counted } from "../lib/format.ts";
import type { ViewName } from "../lib/route.ts";
import { keyOf, labelOf } from "../plot/metric-key.ts";

export type Result = Search["found"][number];

export interface Place {
  readonly view: ViewName;
  readonly parameters: URLSearchParams;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export function placeOf({ kind, about, title }: Result): Place {
  const { device = "", metric = title, sub = null, reason = title, profile = title, insight = title } = about;
  if (kind === "quarantine") {
    const where = `device_id = ${literal(device)} AND reason = ${literal(reason)}`;
    const sql = `SELECT received_at, detail, channel, payload\nFROM quarantine\nWHERE ${where}\nORDER BY received_at DESC\nLIMIT 100`;
    return { view: "sql", parameters: new URLSearchParams({ q: sql }) };
  }
  if (kind === "profile") {
    const sql = `SELECT device_id, metric, count(*) AS "values", max(ts) AS newest\nFROM readings\nWHERE codec = ${literal(profile)}\nGROUP BY ALL\nORDER BY ALL`;
    return { view: "sql", parameters: new URLSearchParams({ q: sql }) };
  }
  if (kind === "insight") return { view: "insights", parameters: new URLSearchParams({ insight, device }) };
  const parameters = new URLSearchParams({ device });
  if (kind === "series") parameters.set("metric", keyOf({ metric, sub }));
  return { view: "fleet", parameters };
}

export function describe({ kind, about, title, text }: Result): {
  kind: string;
  title: string;
  detail: string;
} {
  const { device = "", metric = title, sub = null, count } = about;
  switch (kind) {
    case "series":
      return { kind: "Series", title: labelOf({ metric, sub }), detail: device };
    case "quarantine":
      return { kind: "Quarantine", title, detail: `${device}, ${counted(count ?? 0, "message")}` };
    case "insight":
      return { kind: "Insight", title, detail: [device, about.metric].filter(Boolean).join(", ") };
    case "profile":
      return { kind: "Profile", title, detail: text.slice(0, 120) };
    default:
      return { kind: "Device", title, detail: text.replace(/^device /, "") };
  }
}
