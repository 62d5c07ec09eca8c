/** Alarms as a table: one definition for every engine, as in core/table.ts. */
import { optional, required, type TableSchema } from "../core/table.ts";
import type { Micros } from "../core/model.ts";
import { isSilencedBy } from "./alarm-state.ts";
import type { Alarm, Silence } from "./alarm.ts";

export const alarmsTable: TableSchema = {
  name: "alarms",
  doc: "What the rules of fieldlake:alarms found, each alarm once, as it is now",
  columns: [
    required("tenant", "text", "Customer environment"),
    required("device_id", "text", "The device that it is about"),
    optional("sub_device", "text", "As in readings"),
    optional("metric", "text", "Null for an alarm about the device as a whole"),
    required("ts", "timestamp", "Opened: when it was raised"),
    optional("cleared_ts", "timestamp", "Closed; null while it lasts"),
    optional("acknowledged_ts", "timestamp", "When somebody took it on; null before"),
    optional("acknowledged_by", "text", "Who did"),
    optional("note", "text", "What they found"),
    optional(
      "silenced_until",
      "timestamp",
      "Until when nobody is told of it; null where no silence is in force",
    ),
    required("alarm", "text", "16 digits 0-9 a-f; the same for the same rule, subject and moment"),
    required("rule", "text", "Name of the rule"),
    required("rule_version", "int32", "Its version"),
    required("kind", "text", "limit, late or anomaly"),
    required("severity", "text", "info, warning or critical"),
    required("value", "double", "The value that raised it; for a late device the minutes of silence that do"),
    required("detail", "text", "In words"),
    optional("msg_id", "bytes", "The message that raised it, as in readings; null where none did"),
    optional("codec", "text", "Device profile that decoded it"),
    optional("codec_version", "text", "Version of that profile"),
  ],
  sortBy: ["device_id", "ts"],
  partitionBy: "ts",
};

/** A row of {@link alarmsTable}, but for its tenant: times in microseconds, the id of a message as hex. */
export interface AlarmRow {
  readonly device_id: string;
  readonly sub_device: string | null;
  readonly metric: string | null;
  readonly ts: Micros;
  readonly cleared_ts: Micros | null;
  readonly acknowledged_ts: Micros | null;
  readonly acknowledged_by: string | null;
  readonly note: string | null;
  readonly silenced_until: Micros | null;
  readonly alarm: string;
  readonly rule: string;
  readonly rule_version: number;
  readonly kind: string;
  readonly severity: string;
  readonly value: number;
  readonly detail: string;
  readonly msg_id: string | null;
  readonly codec: string | null;
  readonly codec_version: string | null;
}

/** @param silences those in force */
export function alarmRow(alarm: Alarm, silences: readonly Silence[]): AlarmRow {
  const { acknowledged, evidence } = alarm;
  const until = silences.filter((one) => isSilencedBy([one], alarm)).map((one) => one.until);
  return {
    ...{ device_id: alarm.device, sub_device: alarm.sub, metric: alarm.metric },
    ...{ ts: alarm.raisedAt, cleared_ts: alarm.clearedAt },
    acknowledged_ts: acknowledged?.at ?? null,
    acknowledged_by: acknowledged?.by ?? null,
    note: acknowledged?.note ?? null,
    silenced_until: until.length === 0 ? null : Math.max(...until),
    ...{ alarm: alarm.id, rule: alarm.rule, rule_version: alarm.ruleVersion },
    ...{ kind: alarm.kind, severity: alarm.severity, value: alarm.value, detail: alarm.detail },
    msg_id: evidence?.msgId ?? null,
    codec: evidence?.codec ?? null,
    codec_version: evidence?.codecVersion ?? null,
  };
}
