import type { ModuleHealth, SiteHealth } from "../../site/client.ts";
import type { DeviceState, LakeStats } from "../../site/ports.ts";
import { readNote } from "../environment.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { pageLink, readOutputs } from "../outputs.ts";
import { renderTable } from "../render/table.ts";
import { ago, bytes, count, counted } from "../render/units.ts";
import type { SiteStatus } from "../site-client.ts";
import type { Terminal } from "../terminal.ts";
import type { CommandContext } from "./context.ts";

export interface StatusOptions {
  readonly json?: boolean;
  /** Print the page's address with its access token. */
  readonly token?: boolean;
}

/**
 * What runs, who is online, what the lake holds. Throws {@link CommandError}: not running, or a module failed
 * (after everything was printed).
 */
export async function status(options: StatusOptions, context: CommandContext): Promise<void> {
  const { terminal, site } = context;
  const health = await site.health();
  const state = await site.status();
  const page = await pageAddress(options, context);
  if (options.json === true) {
    terminal.write(`${JSON.stringify({ site: health, ...state, page }, null, 2)}\n`);
  } else {
    statusLines(health, state, page, terminal, Date.now()).forEach((line) => terminal.print(line));
  }
  const failed = Object.entries(health.modules).filter(([, { state: is }]) => is === "failed");
  if (failed.length > 0) {
    throw new CommandError(
      failed.map(([name, { error }]) => `${name}: ${error ?? "failed"}`).join("\n"),
      exitCodes.failed,
      "npm start starts what does not run",
    );
  }
}

/** Without a token from the note of the last start; with one the engine has to be asked. */
async function pageAddress(options: StatusOptions, { folders }: CommandContext): Promise<string | null> {
  if (options.token === true) return pageLink(await readOutputs(folders.project));
  return readNote(folders)?.dashboardUrl ?? null;
}

export function statusLines(
  health: SiteHealth,
  { fleet, broker, log, lake }: SiteStatus,
  page: string | null,
  terminal: Terminal,
  now: number,
): string[] {
  const heading = (text: string) => ["", terminal.style("heading", text)];
  const connected = fleet.filter((device) => device.connected).length;
  return [
    `${terminal.style("good", "running")} since ${ago(Date.parse(health.startedAt), now)} (process ${health.pid}, version ${health.version})`,
    ...heading("Modules"),
    ...Object.entries(health.modules).map(([name, module]) => moduleLine(name, module, terminal)),
    ...heading(`Devices: ${count(fleet.length)}, ${count(connected)} connected`),
    ...(fleet.length === 0 ? ["  none yet"] : [deviceTable(fleet, terminal, now)]),
    ...(lake === null ? [] : [...heading("Lake"), ...lakeLines(lake, terminal)]),
    ...(log === null
      ? []
      : [
          `  ${counted(log.lag, "message")} on the way from the log to the lake, ${bytes(log.bytes)} in the log`,
        ]),
    ...(log !== null && log.damaged > 0
      ? [terminal.style("bad", `  ${counted(log.damaged, "record")} of the log damaged on disk`)]
      : []),
    ...(broker === null ? [] : [...heading("Broker"), ...refusals(broker.refused, broker.published)]),
    ...(page === null ? [] : [...heading("Page"), `  ${page}${tokenHint(page)}`]),
  ];
}

const tokenHint = (page: string): string =>
  page.includes("token=") ? "" : "   (npm run status -- --token prints the link that opens it)";

function moduleLine(name: string, { state, error }: ModuleHealth, terminal: Terminal): string {
  const style = state === "running" ? "good" : state === "failed" ? "bad" : "warning";
  return `  ${name.padEnd(10)}${terminal.style(style, state)}${error === undefined ? "" : `: ${error}`}`;
}

function deviceTable(fleet: readonly DeviceState[], terminal: Terminal, now: number): string {
  const rows = fleet.map((device) => [
    device.deviceId,
    device.profile ?? "",
    stateOf(device),
    device.lastSeen === null ? "never" : ago(device.lastSeen / 1000, now),
    device.certificateNotAfter === null
      ? ""
      : new Date(device.certificateNotAfter / 1000).toISOString().slice(0, 10),
  ]);
  const titles = ["device", "profile", "state", "last seen", "certificate until"].map((title) => ({ title }));
  const styles = { online: "good", offline: "faint", revoked: "bad" } as const;
  return renderTable(titles, rows, terminal, (text, row, column) => {
    const device = fleet[row];
    return column === 2 && device !== undefined ? terminal.style(styles[stateOf(device)], text) : text;
  });
}

const stateOf = ({ revoked, connected }: DeviceState): "online" | "offline" | "revoked" =>
  revoked ? "revoked" : connected ? "online" : "offline";

function lakeLines({ zones, tables, pipeline }: LakeStats, terminal: Terminal): string[] {
  return [
    `  ${counted(pipeline.messages, "message")} taken in: ${counted(pipeline.rows, "row")}, ` +
      `${counted(pipeline.frames, "sample")} of frames, ${count(pipeline.quarantined)} quarantined, ` +
      `${counted(pipeline.duplicates, "duplicate")} dropped`,
    renderTable(
      [
        { title: "zone" },
        { title: "table" },
        { title: "rows", align: "right" },
        { title: "files", align: "right" },
        { title: "size", align: "right" },
      ],
      [
        ...zones.map(({ zone, files, bytes: size }) => [zone, "", "", count(files), bytes(size)]),
        ...tables.map(({ table, files, rows, bytes: size }) => [
          "",
          table,
          count(rows),
          count(files),
          bytes(size),
        ]),
      ],
      terminal,
    ),
  ];
}

function refusals(refused: Readonly<Record<string, number>>, published: number): string[] {
  const reasons = Object.entries(refused).filter(([, times]) => times > 0);
  return [
    `  ${counted(published, "message")} published since the start`,
    `  refused: ${reasons.length === 0 ? "nothing" : reasons.map(([reason, times]) => `${reason} ${count(times)}`).join(", ")}`,
  ];
}
