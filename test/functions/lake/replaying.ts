/** Replays over a lake in memory, by profiles as they are now. */
import { uploadPorts } from "../../../functions/adapters/upload-host.ts";
import type { DecoderSettings } from "../../../functions/agreements.ts";
import { createDecoder } from "../../../functions/core/decoder.ts";
import { Dispatcher } from "../../../functions/core/dispatch.ts";
import type { BatchLimits } from "../../../functions/core/files/file-batches.ts";
import type { Binding, Profile } from "../../../functions/core/profiles/profile.ts";
import { replayLake } from "../../../functions/lake/replay.ts";
import type {
  LakeReplayOptions,
  LakeReplayPorts,
  ReplayedSlice,
} from "../../../functions/lake/replay-options.ts";
import { nodePorts } from "../../../functions/platform.ts";
import type { UploadPorts } from "../../../functions/uploaded-file.ts";
import type { MemoryLake } from "../../support/memory-lake.ts";

export const places = { raw: "raw", curated: "curated", quarantine: "quarantine" };
const metrics = { put: () => undefined };

/** What decodes uploaded files of the lake. */
export function uploadsOf(
  lake: MemoryLake,
  profiles: readonly Profile[],
  bindings: readonly Binding[],
  batch?: BatchLimits,
): UploadPorts {
  const clockWindow = { behind: 604_800, ahead: 600 };
  const settings: DecoderSettings = { tenant: "acme", profiles, bindings, clockWindow };
  return uploadPorts(settings, lake.files, lake.objects, places, metrics, batch);
}

export type Replaying = Pick<LakeReplayOptions, "codec" | "from" | "to"> & {
  readonly profiles: readonly Profile[];
  readonly bindings: readonly Binding[];
  readonly batch?: BatchLimits | undefined;
};
type More = Partial<LakeReplayOptions & Pick<LakeReplayPorts, "now" | "onCleared" | "onLeft" | "uploads">>;

/** @returns what it told of */
export async function replayIn(
  lake: MemoryLake,
  { profiles, bindings, batch, ...asked }: Replaying,
  over: More = {},
): Promise<ReplayedSlice[]> {
  const now = () => asked.to / 1_000 + 3_600_000;
  const onLeft = (file: string, why: string) => {
    throw new Error(`${file} is left: ${why}`);
  };
  const slices: ReplayedSlice[] = [];
  const dispatcher = new Dispatcher(bindings, new Map(profiles.map(({ name }) => [name, name])));
  await replayLake(
    places,
    {
      ...{
        tenant: "acme",
        dryRun: false,
        needsBirths: true,
        run: 1,
        files: { codec: "ZSTD", version: "V2" },
      },
      ...{ ...asked, ...over },
    },
    {
      ...lake,
      decoder: createDecoder(profiles, bindings, { ...nodePorts, tenant: "acme" }),
      codecOf: ({ deviceId, channel }) => dispatcher.find(deviceId, channel),
      uploads: uploadsOf(lake, profiles, bindings, batch),
      ...{ memory: "128MB", now, onLeft, onCleared: () => undefined },
      ...over,
      onSlice: (slice) => void slices.push(slice),
    },
  );
  return slices;
}
