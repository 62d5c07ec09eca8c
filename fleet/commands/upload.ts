import { basename } from "node:path";
import cliProgress from "cli-progress";
import type { ClockAnchor } from "../../functions/core/files/clock-repair.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { UploadReport, UploadRequest, UploadState } from "../../site/uploads/upload-request.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import { bytes, count, counted } from "../render/units.ts";
import { clockText } from "../uploads/clock.ts";
import { filesOf, identify, partsOf } from "../uploads/content.ts";
import type { CommandContext } from "./context.ts";

export interface UploadOptions {
  /** The device whose log it is. */
  readonly device: string;
  /** Channel that the records would have come on live. */
  readonly channel: string;
  /** What to add to the device's times, microseconds. */
  readonly offset?: Micros;
  /** What the device's clock showed when it really was another time; two where it drifts. */
  readonly anchor?: readonly ClockAnchor[];
  readonly json?: boolean;
}

const partBytes = 4 << 20;

/** Brings log files to the lake. Interrupted, it goes on where it was; a file that is there already changes nothing. */
export async function upload(
  paths: readonly string[],
  { device, channel, offset, anchor, json }: UploadOptions,
  { terminal, site }: Pick<CommandContext, "terminal" | "site">,
): Promise<void> {
  const clock = clockText(offset, anchor);
  const files = await filesOf(paths);
  const reports: UploadReport[] = [];
  const failures: string[] = [];
  for (const file of files) {
    try {
      const content = await identify(file);
      const request: UploadRequest = { ...content, name: basename(file), deviceId: device, channel, clock };
      reports.push(await send(file, request, { terminal, site }));
    } catch (error) {
      if (error instanceof CommandError && error.exitCode === exitCodes.notRunning) throw error;
      failures.push(`${file}: ${messageOf(error)}`);
    }
  }
  if (json === true) terminal.write(`${JSON.stringify({ files: reports, failures }, null, 2)}\n`);
  else print(reports, terminal);
  if (failures.length > 0)
    throw new CommandError(
      `${counted(failures.length, "file")} of ${files.length} could not be taken:\n  ${failures.join("\n  ")}`,
      exitCodes.failed,
    );
}

async function send(
  file: string,
  request: UploadRequest,
  { terminal, site }: Pick<CommandContext, "terminal" | "site">,
): Promise<UploadReport> {
  const { received, report }: UploadState = await site.uploadState(request);
  if (report !== null) {
    terminal.note(`${request.name}: taken before, at ${report.takenAt}; nothing changes`);
    return report;
  }
  const bar = terminal.isInteractive
    ? new cliProgress.SingleBar({ format: `  ${request.name}  {bar}  {percentage} %`, hideCursor: true })
    : null;
  bar?.start(request.bytes, received);
  try {
    let offset = received;
    for await (const part of partsOf(file, received, partBytes)) {
      await site.uploadPart(request, offset, part);
      offset += part.length;
      bar?.update(offset);
    }
  } finally {
    bar?.stop();
  }
  return site.takeUpload(request);
}

function print(reports: readonly UploadReport[], terminal: CommandContext["terminal"]): void {
  if (reports.length === 0) return;
  const titles = ["file", "size", "profile", "messages", "new", "known before", "unreadable"];
  const rows = reports.map((report) => [
    report.name,
    bytes(report.bytes),
    report.profile,
    ...[report.messages, report.messages - report.known, report.known, report.unreadable].map(count),
  ]);
  terminal.print(
    renderTable(
      titles.map((title, at) => ({ title, align: at === 0 || at === 2 ? "left" : "right" })),
      rows,
      terminal,
    ),
  );
  const warn = (text: string): void => terminal.note(terminal.style("warning", text));
  for (const { name, clock, firstUnreadable, clockJumps, firstClockJump } of reports) {
    if (clock !== null) terminal.note(`${name}: clock put right; ts_raw is what the device said`);
    if (firstUnreadable !== null) warn(`${name}: the first that is no record is at ${firstUnreadable}`);
    if (firstClockJump !== null)
      warn(
        `${name}: ${counted(clockJumps, "jump")} of the device's clock, the first at ${firstClockJump}; ` +
          "the rows have the times that the file says",
      );
  }
}
