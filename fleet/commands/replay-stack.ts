/** Replay over the lake of a stack in a cloud: the raw zone is read and rows are replaced from here, by who runs it. */
import type { Config } from "../../config.ts";
import { uploadPorts } from "../../functions/adapters/upload-host.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import { Dispatcher } from "../../functions/core/dispatch.ts";
import { statusBinding, statusProfile } from "../../functions/core/profiles/builtin.ts";
import type { ReplayPlaces } from "../../functions/lake/replay-options.ts";
import { replayLake } from "../../functions/lake/replay.ts";
import { nodePorts } from "../../functions/platform.ts";
import { deployScoring } from "../../functions/scoring/deployed.ts";
import { formerCodec } from "../../functions/scoring/score-message.ts";
import { readProfiles } from "../../profiles/read.ts";
import { ReplayTally } from "../../site/replay/replay-tally.ts";
import { counted } from "../render/units.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { stackOutputs } from "../outputs.ts";
import { configOf } from "../stack-config.ts";
import type { CommandContext } from "./context.ts";
import { filesOf, storeOf, withoutScheme, zoneOutputs, type LakeStore } from "./lake-store.ts";
import { print, type ReplayOptions } from "./replay.ts";
import { StackScores } from "./replay-scores.ts";
import { UnbornDevices } from "./unborn-devices.ts";

/** Rows of what came later may be on their way still: the longest buffer is 15 minutes. */
const underWayMicros = 3_600_000_000;
const memory = "1GB";
/** What was counted when the files came is not counted once more. */
const noMetrics = { put: () => undefined };

export async function replayStack(
  stack: string,
  options: ReplayOptions,
  { terminal, folders }: Pick<CommandContext, "terminal" | "folders">,
): Promise<void> {
  const { rawUri, curatedUri, quarantineUri } = await stackOutputs(stack, folders.project, zoneOutputs);
  const config = await configOf(stack, folders.project);
  const places = { raw: rawUri, curated: curatedUri, quarantine: quarantineUri };
  await replayConfigured(config, withoutScheme(places), storeOf(config, "replay"), options, terminal);
}

/** @param store where the places are */
export async function replayConfigured(
  config: Config,
  places: ReplayPlaces,
  store: LakeStore,
  { codec, from, to, dryRun = false, json }: ReplayOptions,
  terminal: CommandContext["terminal"],
): Promise<void> {
  const latest = Date.now() * 1_000 - underWayMicros;
  const until = to ?? latest;
  if (until > latest || from >= until)
    throw new CommandError(
      `--to: received ${timeOf(until)}; allowed: after --from, and at least an hour ago, because rows of later messages may be on their way`,
      exitCodes.usage,
    );
  const scores = await StackScores.of(config, places.curated, store, dryRun);
  const model = scores.modelOf(codec);
  // Scores are no messages of a device: what they would be is told by the samples.
  if (model !== undefined)
    return scores.again(model, { codec, from, to: until, dryRun, json: json === true }, terminal);
  const { decoding, codec: asked, format, settings } = await decoderOf(config, codec);
  const uploads = uploadPorts(
    { ...settings, codec: filesOf(config).codec },
    store.files,
    store.objects,
    places,
    noMetrics,
  );
  const tally = new ReplayTally();
  let files = 0;
  const waiting = new UnbornDevices();
  const left: { readonly file: string; readonly why: string }[] = [];
  try {
    await replayLake(
      places,
      {
        ...{ tenant: config.environment, codec: asked, from, to: until, dryRun },
        needsBirths: format === "sparkplug-b",
        ...{ run: Date.now(), files: filesOf(config) },
      },
      {
        ...{ ...scores.store, ...decoding, uploads, memory, now: Date.now },
        onCleared(files) {
          if (files > 0 && json !== true)
            terminal.note(`${files} files that runs had left which ended early are taken away`);
        },
        onSlice({ hour, ...counts }) {
          const { messages, unborn } = counts;
          for (const one of unborn) waiting.add(one);
          tally.add(counts);
          files += counts.files;
          const of = counts.files > 0 ? ` of ${counted(counts.files, "uploaded file")}` : "";
          if (json !== true) terminal.note(`${timeOf(hour).slice(0, 13)}h  ${messages} messages${of}`);
        },
        onLeft(file, why) {
          left.push({ file, why });
          if (json !== true)
            terminal.note(terminal.style("warning", `${file} keeps the rows that it has: ${why}`));
        },
      },
    );
    tally.add({ scores: await scores.replayed() });
  } catch (error) {
    throw new CommandError(
      `the replay ended early: ${messageOf(error)}`,
      exitCodes.failed,
      "what it had replaced stays, nothing is lost or doubled; the same command does the rest",
    );
  }
  const { counts } = tally;
  const unborn = waiting.all;
  if (json === true)
    terminal.write(
      `${JSON.stringify({ codec, from, to: until, dryRun, counts, files, left, unborn }, null, 2)}\n`,
    );
  else {
    print({ codec, dryRun, counts }, terminal);
    for (const { device, messages, first, last } of unborn)
      terminal.note(`${device}: ${counted(messages, "message")} from ${first} to ${last} without a birth`);
  }
}

/** As the stack has them in this folder, which may be newer than what is deployed. */
async function decoderOf(config: Config, codec: string) {
  const { profiles, bindings } = await deployScoring(
    config,
    await readProfiles(config.profiles, config.trustedCodecs),
  );
  const former = new Set(config.scoring.models.map(formerCodec));
  const replayed = profiles.filter(({ name }) => !former.has(name));
  const profile = replayed.find(({ name, version }) => `${name}@${version}` === codec);
  if (profile === undefined)
    throw new CommandError(
      `--codec: received ${codec}; allowed are the profiles of the stack, as they are in this folder: ${replayed.map(({ name, version }) => `${name}@${version}`).join(", ") || "none"}`,
      exitCodes.usage,
    );
  const { clockBehindSeconds: behind, clockAheadSeconds: ahead } = config.stream;
  const clockWindow = { behind, ahead };
  const known = [statusProfile, ...profiles];
  const dispatcher = new Dispatcher(
    [...bindings, statusBinding],
    new Map(known.map(({ name }) => [name, name])),
  );
  const decoder = createDecoder(profiles, bindings, {
    ...nodePorts,
    ...{ tenant: config.environment, clockWindow },
  });
  const codecOf = ({ deviceId, channel }: { readonly deviceId: string; readonly channel: string }) =>
    dispatcher.find(deviceId, channel);
  const settings = { tenant: config.environment, profiles, bindings, clockWindow };
  const { name, version, format } = profile;
  return { decoding: { decoder, codecOf }, codec: { name, version }, format, settings };
}

const timeOf = (micros: number): string => new Date(micros / 1_000).toISOString();
