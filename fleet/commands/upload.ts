import { statSync } from "node:fs";
import { basename } from "node:path";
import cliProgress from "cli-progress";
import type { ClockAnchor } from "../../functions/core/files/clock-repair.ts";
import type { Micros } from "../../functions/core/model.ts";
import { faultsOf, type UploadReport, type UploadRequest } from "../../site/uploads/upload-request.ts";
import { localStack } from "../environment.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import { bytes, count, counted } from "../render/units.ts";
import { channelFor, lanesOfStack } from "../uploads/channel.ts";
import { clockText } from "../uploads/clock.ts";
import { sendWhole, type BulkTarget, type FileToSend } from "../uploads/bulk.ts";
import { filesOf, identify } from "../uploads/content.ts";
import { siteTarget } from "../uploads/targets/site.ts";
import { stackTarget } from "../uploads/targets/stack.ts";
import type { CommandContext } from "./context.ts";

export interface UploadOptions {
  /** The device whose log it is. */
  readonly device: string;
  /** Channel that the records would have come on live. Default: that of the profile, or {@link usualChannel}. */
  readonly channel?: string;
  /** Name of the profile that is to read them. Default: the one that is bound to the channel. */
  readonly profile?: string;
  /** What to add to the device's times, microseconds. */
  readonly offset?: Micros;
  /** What the device's clock showed when it really was another time; two where it drifts. */
  readonly anchor?: readonly ClockAnchor[];
  /** Stack whose raw zone takes the files; default: the site on this machine, which decodes them at once. */
  readonly target?: string;
  readonly json?: boolean;
}

/** Brings log files to the lake. Interrupted, it goes on where it was; a file that is there already changes nothing. */
export async function upload(
  paths: readonly string[],
  { device, channel: named, profile, offset, anchor, target, json }: UploadOptions,
  context: Pick<CommandContext, "terminal" | "site" | "folders">,
): Promise<void> {
  const { terminal, site } = context;
  const isHere = target === undefined || target === localStack;
  const lanes = () =>
    isHere ? site.uploadLanes(device) : lanesOfStack(target, context.folders.project, device);
  const channel = await channelFor({ device, channel: named, profile }, lanes);
  const request = { deviceId: device, channel, clock: clockText(offset, anchor) };
  const files = await filesOf(paths);
  if (isHere) {
    const { done, failures } = await sendAll(files, request, siteTarget(site), terminal);
    for (const { name, wasThere, takenAt } of done)
      if (wasThere) terminal.note(`${name}: taken before, at ${takenAt}; nothing changes`);
    if (json === true) terminal.write(`${JSON.stringify({ files: done, failures }, null, 2)}\n`);
    else print(done, terminal);
    return throwFailures(failures, files.length);
  }
  const refused = faultsOf({ ...request, sha256: "0".repeat(64), bytes: 0, name: "" });
  if (refused.length > 0) throw new CommandError(`not as allowed: ${refused.join("; ")}`, exitCodes.usage);
  const { done, failures } = await sendAll(files, request, await stackTarget(target, context), terminal);
  if (json === true) terminal.write(`${JSON.stringify({ files: done, failures }, null, 2)}\n`);
  else
    for (const { name, address, created } of done)
      terminal.print(`${name}  ${created ? "stored" : "was there before"}  ${address}`);
  throwFailures(failures, files.length);
}

type Sent<Done> = Done & { readonly name: string; readonly wasThere: boolean };

/** One bad file does not keep the others from the lake. */
async function sendAll<Done extends object>(
  files: readonly string[],
  request: Pick<UploadRequest, "deviceId" | "channel" | "clock">,
  target: BulkTarget<Done>,
  terminal: CommandContext["terminal"],
): Promise<{ readonly done: readonly Sent<Done>[]; readonly failures: readonly string[] }> {
  const done: Sent<Done>[] = [];
  const failures: string[] = [];
  for (const path of files) {
    try {
      const name = basename(path);
      const partBytes = target.partBytes(statSync(path).size);
      const file = { ...request, ...(await identify(path, partBytes)), name, path, partBytes };
      const sent = await withBar(file, terminal, (progress) => sendWhole(file, target, progress));
      done.push({ ...sent.done, name, wasThere: sent.wasThere });
    } catch (error) {
      if (error instanceof CommandError && error.exitCode === exitCodes.notRunning) throw error;
      failures.push(`${path}: ${messageOf(error)}`);
    }
  }
  return { done, failures };
}

async function withBar<Result>(
  { name, bytes: size }: FileToSend,
  terminal: CommandContext["terminal"],
  work: (progress: (safe: number) => void) => Promise<Result>,
): Promise<Result> {
  const bar = terminal.isInteractive
    ? new cliProgress.SingleBar({ format: `  ${name}  {bar}  {percentage} %`, hideCursor: true })
    : null;
  let isStarted = false;
  try {
    return await work((safe) => {
      if (isStarted) bar?.update(safe);
      else bar?.start(size, safe);
      isStarted = true;
    });
  } finally {
    bar?.stop();
  }
}

function throwFailures(failures: readonly string[], files: number): void {
  if (failures.length === 0) return;
  throw new CommandError(
    `${counted(failures.length, "file")} of ${files} could not be taken:\n  ${failures.join("\n  ")}`,
    exitCodes.failed,
  );
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
  for (const report of reports) {
    const { name, clock, quarantined, firstQuarantined, undated, firstUndated } = report;
    const { firstUnreadable, clockJumps, firstClockJump } = report;
    if (clock !== null) terminal.note(`${name}: clock put right; ts_raw is what the device said`);
    if (firstQuarantined !== null)
      warn(
        `${name}: ${counted(quarantined ?? 0, "message")} in quarantine, the first for ${firstQuarantined}`,
      );
    // A site that was started before this was counted says nothing of it.
    if ((undated ?? 0) > 0)
      warn(
        `${name}: ${counted(undated ?? 0, "message")} without a time that can be read, whose rows lie at the time of the ` +
          `upload; the first at ${firstUndated}`,
      );
    if (firstUnreadable !== null) warn(`${name}: the first that is no record is at ${firstUnreadable}`);
    if (firstClockJump !== null)
      warn(
        `${name}: ${counted(clockJumps, "jump")} of the device's clock, the first at ${firstClockJump}; ` +
          "the rows have the times that the file says",
      );
  }
}
