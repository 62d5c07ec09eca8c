/** `fieldlake lake copy`: what one stack's lake has, into the lake of another one. */
import { join } from "node:path";
import cliProgress from "cli-progress";
import type { Micros } from "../../../functions/core/model.ts";
import { CloudDestination } from "../../lake-copy/cloud-destination.ts";
import { cloudSource } from "../../lake-copy/cloud-source.ts";
import { CopyEngine, type KeyName } from "../../lake-copy/copy-engine.ts";
import { copyLake } from "../../lake-copy/copy-lake.ts";

import { LocalDestination } from "../../lake-copy/local-destination.ts";
import { localSource, type LocalLake } from "../../lake-copy/local-source.ts";
import type { LakeDestination, LakeSource } from "../../lake-copy/places.ts";
import { workFolder } from "../../lake-copy/work-folder.ts";
import { CommandError, exitCodes, interrupted, messageOf } from "../../errors.ts";
import { connectSite } from "../../site-client.ts";
import type { CommandContext } from "../context.ts";
import { filesOf } from "../lake-store.ts";
import { tellCopy } from "./tell-copy.ts";
import { stackLake, type StackLake } from "./stack-lake.ts";

export interface LakeCopyOptions {
  /** Of whole hours; default: the first there are, and all. */
  readonly from?: Micros;
  readonly to?: Micros;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

type Context = Pick<CommandContext, "terminal" | "folders" | "signal">;

/** @param source and @param destination names of stacks. Rejects with {@link CommandError} */
export async function lakeCopy(
  source: string,
  destination: string,
  options: LakeCopyOptions,
  context: Context,
): Promise<void> {
  if (source === destination)
    throw new CommandError(`${source} is both: name the stack that is to take over`, exitCodes.usage);
  hoursOf(options);
  const { project } = context.folders;
  const from = await stackLake(source, project);
  const to = await stackLake(destination, project);
  // What is on its way in their logs is then in files.
  for (const { local } of [from, to])
    if (local !== null && options.dryRun !== true) await siteOf(local).settle();
  await copyBetween(from, to, options, context);
}

export async function copyBetween(
  from: StackLake,
  to: StackLake,
  options: LakeCopyOptions,
  { terminal, folders, signal }: Context,
): Promise<void> {
  const { dryRun = false } = options;
  const isWanted = hoursOf(options);
  if (from.config.environment !== to.config.environment)
    throw new CommandError(
      `${from.stack} is the environment "${from.config.environment}" and ${to.stack} "${to.config.environment}": an environment keeps its name when it moves`,
      exitCodes.usage,
      "rows and certificates carry it; set fieldlake:environment of the new stack before its first up",
    );
  const work = workFolder(join(folders.local, "lake-copy"));
  try {
    const engine = await CopyEngine.start({
      work: work.path,
      folders: [from, to].flatMap(({ local }) => (local === null ? [] : [join(local.dataFolder, "lake")])),
      keys: keysOf(from, to),
      extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    });
    try {
      const ends = { source: sourceOf(from, engine), destination: destinationOf(from, to, engine) };
      const sums = await withBar(terminal, (progress) =>
        copyLake({ ...ends, engine, isWanted, dryRun, signal, progress }),
      );
      tellCopy(sums, { dryRun, json: options.json === true, from: from.stack, to: to.stack }, terminal);
    } finally {
      engine.close();
    }
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `the copy ended early: ${messageOf(error)}`,
      exitCodes.failed,
      "what was copied stays, nothing is lost or doubled; the same command does the rest",
    );
  } finally {
    work.remove();
  }
}

const siteOf = ({ dataFolder }: LocalLake) => connectSite(join(dataFolder, "run"));

function keysOf(from: StackLake, to: StackLake) {
  const keys = new Map<KeyName, ReturnType<NonNullable<StackLake["local"]>["keyring"]["key"]>>();
  if (from.local !== null) keys.set("source", from.local.keyring.key("curated"));
  if (to.local !== null) keys.set("lake", to.local.keyring.key("curated"));
  return keys;
}

function sourceOf({ name, config, local, cloud }: StackLake, engine: CopyEngine): LakeSource {
  if (local !== null) return localSource(name, local);
  return cloudSource(name, config.environment, cloud as NonNullable<typeof cloud>, engine);
}

function destinationOf(
  from: StackLake,
  { name, config, local, cloud }: StackLake,
  engine: CopyEngine,
): LakeDestination {
  if (local !== null)
    return new LocalDestination(name, from.name, local, (request) => siteOf(local).takeOver(request));
  return new CloudDestination(name, from.name, cloud as NonNullable<typeof cloud>, filesOf(config), engine);
}

const hourMicros = 3_600_000_000;

/** Which hours are copied, `2026-11-21T07`. Throws {@link CommandError}. */
function hoursOf({ from = 0, to }: LakeCopyOptions): (hour: string) => boolean {
  for (const [name, time] of [["--from", from] as const, ["--to", to] as const])
    if (time !== undefined && time % hourMicros !== 0)
      throw new CommandError(
        `${name}: received ${timeOf(time)}; allowed: full hours, as files of the lake have them`,
        exitCodes.usage,
      );
  if (to !== undefined && from >= to)
    throw new CommandError(`--from ${timeOf(from)} is not before --to ${timeOf(to)}`, exitCodes.usage);
  const [first, end] = [timeOf(from).slice(0, 13), to === undefined ? null : timeOf(to).slice(0, 13)];
  return (hour) => hour >= first && (end === null || hour < end);
}

const timeOf = (micros: Micros): string => new Date(micros / 1_000).toISOString();

async function withBar<Result>(
  { isInteractive }: CommandContext["terminal"],
  work: (progress: (done: number, of: number) => void) => Promise<Result>,
): Promise<Result> {
  const bar = isInteractive
    ? new cliProgress.SingleBar({
        format: "  {bar}  {percentage} %  {value} of {total} bytes",
        hideCursor: true,
      })
    : null;
  bar?.start(0, 0);
  try {
    return await work((done, of) => {
      bar?.setTotal(of);
      bar?.update(done);
    });
  } finally {
    bar?.stop();
  }
}
