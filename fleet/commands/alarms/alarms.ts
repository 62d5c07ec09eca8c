import { isoMicros } from "../../../functions/core/instant.ts";
import type { ListedAlarm } from "../../../functions/alarms/alarm.ts";
import { renderTable } from "../../render/table.ts";
import { ago, counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { openAlarms } from "./open-alarms.ts";

type Context = Pick<CommandContext, "terminal" | "site" | "folders">;

interface OfStack {
  /** Default: the one on this machine. */
  readonly stack?: string;
}

export interface ListOptions extends OfStack {
  readonly state: string;
  readonly device?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export interface AcknowledgeOptions extends OfStack {
  readonly by: string;
  readonly note: string;
  readonly json?: boolean;
}

export interface SilenceOptions extends OfStack {
  readonly rule: string;
  readonly device: string;
  readonly minutes: number;
  readonly by: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** Prints the newest alarms and the silences in force. Throws CommandError, as all of these. */
export async function listAlarms(options: ListOptions, context: Context): Promise<void> {
  const { terminal } = context;
  const { state, device, limit, stack } = options;
  const desk = await openAlarms(stack, context);
  const list = await desk.alarms({ state, limit, ...(device !== undefined && { device }) });
  if (options.json === true) {
    terminal.write(`${JSON.stringify(list, null, 2)}\n`);
    return;
  }
  if (list.alarms.length > 0) {
    const titles = ["id", "severity", "device", "what", "raised", "state"].map((title) => ({ title }));
    const rows = list.alarms.map((alarm) => [
      alarm.id,
      alarm.severity,
      alarm.sub === null ? alarm.device : `${alarm.device} ${alarm.sub}`,
      `${alarm.rule}: ${alarm.detail}`,
      ago(alarm.raisedAt / 1000, list.now),
      stateOf(alarm),
    ]);
    const styles = { critical: "bad", warning: "warning", info: "faint" } as const;
    terminal.print(
      renderTable(titles, rows, terminal, (text, row, column) => {
        const alarm = list.alarms[row];
        return column === 1 && alarm !== undefined ? terminal.style(styles[alarm.severity], text) : text;
      }),
    );
  }
  terminal.print(
    `${counted(list.matching, "alarm")}${state === "all" ? "" : ` (${state})`}; ${list.open} open, ${list.unacknowledged} not acknowledged`,
  );
  for (const { rule, device: devices, until, by, reason } of list.silences)
    terminal.print(
      `silenced by ${by} until ${isoMicros(until)}: rules ${rule}, devices ${devices} (${reason})`,
    );
}

const stateOf = ({ clearedAt, acknowledged, silenced }: ListedAlarm): string =>
  [
    clearedAt === null ? "open" : "over",
    acknowledged === null ? "" : `acknowledged by ${acknowledged.by}`,
    silenced ? "silenced" : "",
  ]
    .filter((text) => text !== "")
    .join(", ");

export async function acknowledgeAlarm(
  id: string,
  { by, note, json, stack }: AcknowledgeOptions,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  const desk = await openAlarms(stack, context);
  const alarm = await desk.acknowledge({ id, by, note });
  if (json === true) terminal.write(`${JSON.stringify(alarm, null, 2)}\n`);
  else terminal.print(`${id} (${alarm.rule} of ${alarm.device}) acknowledged by ${alarm.acknowledged?.by}`);
}

export async function silenceAlarms(
  { json, stack, ...wanted }: SilenceOptions,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  const desk = await openAlarms(stack, context);
  const { rule, device, minutes, by, reason } = wanted;
  const silence = await desk.silence({ rule, device, minutes, by, reason });
  if (json === true) terminal.write(`${JSON.stringify(silence, null, 2)}\n`);
  else
    terminal.print(`nobody is told of rules ${rule}, devices ${device}, until ${isoMicros(silence.until)}`);
}
